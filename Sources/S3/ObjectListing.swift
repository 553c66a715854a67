internal import ByteCore
internal import HTTP
internal import XML

/// The objects of a bucket whose keys start with a prefix, page by page.
///
/// Each page is fetched when it is asked for. Pages come in the server's order, which is that of the keys' bytes except
/// with some servers; an object that is written while it is listed can come twice.
public struct ObjectListing: AsyncSequence, Sendable {
    /// Fetches one page after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var pages: ListPages

        /// Returns the next page's objects, possibly none; nil after the last page.
        ///
        /// - Throws: `S3Error`; `invalidResponse` for pages that would never end.
        public mutating func next() async throws(S3Error) -> [ObjectSummary]? { try await pages.next()?.objects }
    }

    let client: S3Client
    let prefix: [UInt8]

    /// Starts at the first page.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pages: ListPages(client: client, prefix: prefix))
    }
}

extension S3Client {
    /// Returns the objects whose keys start with a prefix.
    public func listObjects(prefix: [UInt8] = []) -> ObjectListing {
        ObjectListing(client: self, prefix: prefix)
    }

    /// Returns what the bucket lists of one object now; nil where there is none.
    public func object(_ key: ObjectKey) async throws(S3Error) -> ObjectSummary? {
        var pages = listObjects(prefix: key.bytes).makeAsyncIterator()
        while let page = try await pages.next() {
            if let found = page.first(where: { $0.key == key }) { return found }
            // The key itself is the first of those that start with it, where they come in order.
            if !page.isEmpty && !isDirectoryBucket { return nil }
        }
        return nil
    }

    /// Fetches one page.
    func page(_ request: S3Request) async throws(S3Error) -> ListPage {
        var attempts = Attempts(clock)
        while true {
            do throws(S3Error) {
                let response = try await send(request, &attempts)
                let body = try await read(response.body, limit: ListPage.maximumByteCount, request, &attempts)
                let page = try page(Array(body), response, request, attempts)
                finish(&attempts)
                return page
            } catch {
                try await recover(from: error, request, &attempts)
            }
        }
    }

    private func page(
        _ body: [UInt8], _ response: HTTPResponse, _ request: S3Request, _ attempts: Attempts
    ) throws(S3Error) -> ListPage {
        do throws(ListPage.Fault) {
            return try ListPage(parsing: body, tellsRestored: listsRestored)
        } catch {
            switch error {
            case .error(let document): throw failure(response, document, request, attempts)
            case .xml(let fault): throw failure(.invalidResponse, request, detail: "not a listing: " + fault.message)
            case .invalid(let text):
                throw failure(.invalidResponse, request, quoting: "not a listing: " + text, attempts)
            }
        }
    }
}
