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
        let client: S3Client
        let prefix: [UInt8]
        var token: [UInt8]?
        var isAtEnd = false
        /// Every token sent, so that a server that repeats one does not make the listing endless.
        var tokens: Set<[UInt8]> = []
        var emptyPageCount = 0

        /// Returns the next page's objects, possibly none; nil after the last page.
        ///
        /// - Throws: `S3Error`; `invalidResponse` for pages that would never end.
        public mutating func next() async throws(S3Error) -> [ObjectSummary]? {
            guard !isAtEnd, emptyPageCount < ObjectListing.maximumEmptyPageCount else {
                if isAtEnd { return nil }
                isAtEnd = true
                throw client.failure(.invalidResponse, request, detail: "\(emptyPageCount) pages in a row are empty")
            }
            let page: ListPage
            do throws(S3Error) {
                page = try await client.page(request)
            } catch {
                isAtEnd = true
                throw error
            }
            emptyPageCount = page.objects.isEmpty ? emptyPageCount + 1 : 0
            if let next = page.continuationToken {
                guard tokens.insert(next).inserted else {
                    isAtEnd = true
                    throw client.failure(
                        .invalidResponse, request, detail: "a page's NextContinuationToken came before")
                }
                token = next
            } else {
                isAtEnd = true
            }
            return isWider ? page.objects.filter { $0.key.bytes.starts(with: prefix) } : page.objects
        }

        /// The prefix that is asked for: directory buckets are listed by whole directories.
        private var askedPrefix: [UInt8] {
            guard client.route.current.endpoint.service == .s3Express else { return prefix }
            return Array(prefix[..<(prefix.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)])
        }

        /// Whether more is asked for than wanted.
        private var isWider: Bool { askedPrefix.count < prefix.count }

        private var request: S3Request {
            .listObjects(prefix: askedPrefix, token: token, pageSize: client.configuration.pageSize)
        }
    }

    /// More pages without a key in a row than this are not a listing.
    static let maximumEmptyPageCount = 10_000

    let client: S3Client
    let prefix: [UInt8]

    /// Starts at the first page.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client, prefix: prefix) }

    /// Returns all objects, each key once with the newest of its contents, in the order in which keys first came.
    public func all() async throws(S3Error) -> [ObjectSummary] {
        var objects = [ObjectSummary]()
        var indices = [ObjectKey: Int]()
        var pages = makeAsyncIterator()
        while let page = try await pages.next() {
            for object in page {
                if let index = indices[object.key] {
                    if objects[index].lastModified <= object.lastModified { objects[index] = object }
                } else {
                    indices[object.key] = objects.count
                    objects.append(object)
                }
            }
        }
        return objects
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
        // The key itself is the first of those that start with it, in the order of all servers but a few.
        return try await pages.next()?.first { $0.key == key }
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
            return try ListPage(parsing: body)
        } catch {
            switch error {
            case .error(let document): throw failure(response, document, request, attempts)
            case .xml(let fault): throw failure(.invalidResponse, request, detail: "not a listing: " + fault.message)
            case .invalid(let text): throw failure(.invalidResponse, request, detail: "not a listing: " + text)
            }
        }
    }
}
