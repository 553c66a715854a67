extension ObjectListing {
    /// Number of pages that are under way, or wait to be taken, at once.
    private static let pageCount = 8
    /// A directory is listed apart where the first page has so many of its keys, as far as the page tells: each costs
    /// a request, and pages follow one another only one at a time.
    private static let keysPerDirectory = 250
    /// After so many pages of directories it is told whether they are as large as the first page made them seem.
    private static let pagesToJudgeBy = 32

    /// A prefix that is being listed: with all that is below it, or one level of it.
    private struct Part: Sendable {
        var pages: ListPages
        var isAtFirstPage = true
        /// The level whose directories are listed.
        var lists: Int?
        /// The level that the prefix is a directory of.
        var belongs: Int?
        /// The level whose rest is listed: all that is in directories which were not begun.
        var completes: Int?
    }

    /// The directories directly below a prefix, listed apart.
    private struct Level {
        let prefix: [UInt8]
        /// Keys of the page that had it listed so.
        let keysPerPage: Int
        /// The directories found: a server may name one again.
        var found: Set<[UInt8]> = []
        var begun: Set<[UInt8]> = []
        /// Pages of the directories so far, and keys on them.
        var pageCount = 0
        var keyCount = 0
        /// Whether the directories that were not begun are listed together.
        var isGivenUp = false

        /// Whether pages of the directories bring so little that a directory is not worth a request.
        var isNotWorthIt: Bool {
            pageCount >= pagesToJudgeBy && keyCount < pageCount * Swift.min(keysPerPage / 4, keysPerDirectory)
        }

        /// Whether the listing of the rest is to hand over a key: those directly in the level come with its directories.
        func leaves(_ key: ObjectKey) -> Bool {
            guard let end = key.bytes[prefix.count...].firstIndex(of: UInt8(ascii: "/")) else { return false }
            return !begun.contains(Array(key.bytes[...end]))
        }
    }

    /// What is to be listed, and what was found of it.
    private struct Work {
        var waiting: [Part]
        var levels: [Level] = []
    }

    /// Calls `take` with all objects, page by page in no order, possibly with empty ones.
    ///
    /// A listing of more than one page goes on by directories, several at a time; no more pages are fetched while
    /// `take` does not return. That no key is lost does not rest on the order in which a server lists.
    ///
    /// - Throws: `S3Error`, and what `take` throws; then nothing is under way any more.
    public func forEachPage(_ take: ([ObjectSummary]) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: (id: Int, page: ListPage).self) { group in
            var work = Work(waiting: [Part(pages: ListPages(client: client, prefix: prefix))])
            var asked: [Int: Part] = [:]
            var nextID = 0
            func ask() {
                while asked.count < Self.pageCount, let part = work.waiting.popLast() {
                    let (id, request) = (nextID, part.pages.request)
                    if let level = part.belongs { work.levels[level].begun.insert(part.pages.prefix) }
                    group.addTask { (id, try await client.page(request)) }
                    asked[id] = part
                    nextID += 1
                }
            }
            ask()
            while let answer = try await group.next(), var part = asked.removeValue(forKey: answer.id) {
                let objects = try accept(answer.page, of: &part, &work)
                if !part.pages.isAtEnd { work.waiting.append(part) }
                ask()
                try await take(objects)
            }
        }
    }

    /// Takes in a page of a part; returns the objects to hand over.
    private func accept(_ page: ListPage, of part: inout Part, _ work: inout Work) throws(S3Error) -> [ObjectSummary] {
        let request = part.pages.request
        let page = try part.pages.accept(page)
        let prefix = part.pages.prefix
        if let level = part.lists {
            for directory in page.commonPrefixes where !work.levels[level].isGivenUp {
                guard work.levels[level].found.insert(directory).inserted else { continue }
                // A prefix that is no longer than the one it is below of would be listed for ever.
                guard directory.count > prefix.count, directory.starts(with: prefix) else {
                    throw client.failure(
                        .invalidResponse, request, detail: "a common prefix is not below the prefix asked for")
                }
                work.waiting.append(Part(pages: ListPages(client: client, prefix: directory), belongs: level))
            }
            return page.objects
        }
        if let level = part.completes { return page.objects.filter { work.levels[level].leaves($0.key) } }
        if let level = part.belongs { judge(level, by: page, &work) }
        if part.isAtFirstPage, !part.pages.isAtEnd, Self.isWorthSplitting(page.objects, prefix: prefix) {
            // All that the page has comes again.
            part = Part(
                pages: ListPages(client: client, prefix: prefix, byDirectories: true), lists: work.levels.count)
            work.levels.append(Level(prefix: prefix, keysPerPage: page.objects.count))
            return []
        }
        part.isAtFirstPage = false
        return page.objects
    }

    /// Counts a page of a directory, and has the directories that were not begun listed together where they turn out
    /// small: then what is listed twice is no more than what was listed before.
    private func judge(_ level: Int, by page: ListPage, _ work: inout Work) {
        work.levels[level].pageCount += 1
        work.levels[level].keyCount += page.objects.count
        guard !work.levels[level].isGivenUp, work.levels[level].isNotWorthIt else { return }
        work.levels[level].isGivenUp = true
        let begun = work.levels[level].begun
        work.waiting.removeAll { $0.belongs == level && !begun.contains($0.pages.prefix) }
        work.waiting.append(
            Part(pages: ListPages(client: client, prefix: work.levels[level].prefix), completes: level))
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
