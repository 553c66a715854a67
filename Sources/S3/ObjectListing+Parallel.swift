extension ObjectListing {
    /// Number of pages that are under way, or wait to be taken, at once.
    private static let pageCount = 8
    /// A directory is listed apart where the first page has so many of its keys, as far as the page tells: each costs
    /// a request, and pages follow one another only one at a time.
    private static let keysPerDirectory = 250

    /// A prefix that is being listed: with all that is below it, or one level of it.
    private struct Part: Sendable {
        var pages: ListPages
        var isAtFirstPage = true
        /// The directories found of a level: a server may name one again.
        var directories: Set<[UInt8]> = []
    }

    /// Calls `take` with all objects, page by page in no order, possibly with empty ones.
    ///
    /// A listing of more than one page goes on by directories, several at a time; no more pages are fetched while
    /// `take` does not return. That no key is lost does not rest on the order in which a server lists.
    ///
    /// - Throws: `S3Error`, and what `take` throws; then nothing is under way any more.
    public func forEachPage(_ take: ([ObjectSummary]) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: (id: Int, page: ListPage).self) { group in
            var waiting = [Part(pages: ListPages(client: client, prefix: prefix))]
            var asked: [Int: Part] = [:]
            var nextID = 0
            func ask() {
                while asked.count < Self.pageCount, let part = waiting.popLast() {
                    let (id, request) = (nextID, part.pages.request)
                    group.addTask { (id, try await client.page(request)) }
                    asked[id] = part
                    nextID += 1
                }
            }
            ask()
            while let answer = try await group.next(), var part = asked.removeValue(forKey: answer.id) {
                let objects = try accept(answer.page, of: &part, &waiting)
                if !part.pages.isAtEnd { waiting.append(part) }
                ask()
                try await take(objects)
            }
        }
    }

    /// Takes in a page of a part; returns the objects to hand over.
    private func accept(_ page: ListPage, of part: inout Part, _ waiting: inout [Part]) throws(S3Error)
        -> [ObjectSummary]
    {
        let request = part.pages.request
        let page = try part.pages.accept(page)
        let prefix = part.pages.prefix
        if part.pages.byDirectories {
            for directory in page.commonPrefixes where part.directories.insert(directory).inserted {
                // A prefix that is no longer than the one it is below of would be listed for ever.
                guard directory.count > prefix.count, directory.starts(with: prefix) else {
                    throw client.failure(
                        .invalidResponse, request, detail: "a common prefix is not below the prefix asked for")
                }
                waiting.append(Part(pages: ListPages(client: client, prefix: directory)))
            }
        } else if part.isAtFirstPage, !part.pages.isAtEnd, Self.isWorthSplitting(page.objects, prefix: prefix) {
            // All that the page has comes again.
            part = Part(pages: ListPages(client: client, prefix: prefix, byDirectories: true))
            return []
        }
        part.isAtFirstPage = false
        return page.objects
    }

    /// Returns whether the first page shows few directories with many keys.
    private static func isWorthSplitting(_ objects: [ObjectSummary], prefix: [UInt8]) -> Bool {
        var directories: Set<ArraySlice<UInt8>> = []
        var keyCount = 0
        for object in objects {
            let rest = object.key.bytes.dropFirst(prefix.count)
            guard let end = rest.firstIndex(of: UInt8(ascii: "/")) else { continue }
            directories.insert(rest[...end])
            keyCount += 1
        }
        return keyCount > 0 && keyCount >= directories.count * keysPerDirectory
    }
}
