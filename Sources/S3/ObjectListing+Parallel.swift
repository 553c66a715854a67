extension ObjectListing {
    /// Number of directories that are listed at once.
    private static let directoryCount = 8
    /// A directory is listed apart where the first page has so many of its keys, as far as the page tells: each costs
    /// a request, and pages follow one another only one at a time.
    private static let keysPerDirectory = 250

    /// What became of listing one prefix.
    private struct Part: Sendable {
        var objects: [ObjectSummary]
        /// Prefixes that are still to be listed: all keys that are not among the objects begin with one of them.
        var directories: [[UInt8]] = []
    }

    /// Returns all objects, each key once with the newest of its contents, in the order of their keys.
    ///
    /// A listing of more than one page goes on by directories, several at a time. That no key is lost does not rest
    /// on the order in which a server lists.
    public func all() async throws(S3Error) -> [ObjectSummary] {
        var parts: [[ObjectSummary]] = []
        do {
            try await withThrowingTaskGroup(of: Part.self) { group in
                var waiting = [prefix]
                var runningCount = 0
                while runningCount > 0 || !waiting.isEmpty {
                    while runningCount < Self.directoryCount, let next = waiting.popLast() {
                        group.addTask { try await part(of: next) }
                        runningCount += 1
                    }
                    guard let part = try await group.next() else { return }
                    runningCount -= 1
                    parts.append(part.objects)
                    waiting += part.directories
                }
            }
        } catch let error as S3Error {
            throw error
        } catch {
            throw S3Error(.cancelled, operation: .listObjects, bucket: client.bucket)
        }
        return Self.merged(parts)
    }

    /// Lists a prefix: to its end, or one level of it.
    private func part(of prefix: [UInt8]) async throws(S3Error) -> Part {
        var pages = ListPages(client: client, prefix: prefix)
        guard let first = try await pages.next() else { return Part(objects: []) }
        var part = Part(objects: first.objects)
        guard first.continuationToken != nil else { return part }
        if Self.isWorthSplitting(first.objects, prefix: prefix) {
            var level = ListPages(client: client, prefix: prefix, byDirectories: true)
            while let page = try await level.next() {
                part.objects += page.objects
                part.directories += page.commonPrefixes
                // A prefix that is no longer than the one it is below of would be listed for ever.
                guard page.commonPrefixes.allSatisfy({ $0.count > prefix.count && $0.starts(with: prefix) }) else {
                    throw client.failure(
                        .invalidResponse, level.request, detail: "a common prefix is not below the prefix asked for")
                }
            }
        } else {
            while let page = try await pages.next() { part.objects += page.objects }
        }
        return part
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

    /// Joins parts, in which a key may come again.
    private static func merged(_ parts: [[ObjectSummary]]) -> [ObjectSummary] {
        var objects: [ObjectSummary] = []
        objects.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { objects += part }
        // Of one key the newest comes first; it is the one that stays.
        let isSorted = zip(objects, objects.dropFirst()).allSatisfy { $0.key < $1.key }
        if isSorted { return objects }
        objects.sort { $0.key == $1.key ? $0.lastModified > $1.lastModified : $0.key < $1.key }
        var last: ObjectKey?
        objects.removeAll { object in
            defer { last = object.key }
            return object.key == last
        }
        return objects
    }
}
