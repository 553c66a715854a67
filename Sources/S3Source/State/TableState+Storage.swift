import AWSAuth
import CloudQueryPlugin
import Crypto

extension TableState {
    /// Where the state of a table, or of one shard of it, is kept.
    ///
    /// A shard's state says nothing of the objects of others, so each has keys of its own.
    struct Keys: Hashable {
        private let base: String

        init(bucket: String, table: String, shard: Shard? = nil) {
            base = Self.base(bucket: bucket, table: table) + (shard.map { "shards/\($0.number)_\($0.total)/" } ?? "")
        }

        /// The key of the cursor, which is the Go plugin's.
        var cursor: String { base + "last_modified_cursor" }
        /// The key of what is said of all parts of the list of recent objects.
        var recent: String { base + "recent_objects" }
        /// The key of a part of the list of recent objects.
        func recent(part: Int) -> String { "\(recent)/\(part)" }
        /// The key of the list of keys without rows.
        var absent: String { base + "absent_objects" }
        /// The key of the list of objects that cannot be read.
        var unreadable: String { base + "unreadable_objects" }
        /// The key of the schema that all objects fit.
        var schema: String { base + "schema" }
        /// The key of what is said of all parts of the record of objects sent.
        var sentObjects: String { base + Self.sentObjects }

        /// The key of a part of the record of objects sent.
        func sentObjects(part: Int) -> String { "\(sentObjects)/\(part)" }

        private static let sentObjects = "sent_objects"

        private static func base(bucket: String, table: String) -> String { "s3/\(bucket)/\(table)/" }

        /// What a store has of a bucket's tables.
        struct Found {
            /// The shards of which there is a state, by table.
            var shards: [String: [Shard]] = [:]
            /// The parts of tables, nil for the whole, of which there is a record of objects sent, by table.
            var sentObjects: [String: [Shard?]] = [:]
        }

        /// Looks for the state of a bucket's tables.
        static func find(bucket: String, in store: any StateStore) async -> Found {
            var found = Found()
            // The name of an access point has slashes of its own.
            let prefix = "s3/\(bucket)/"
            for key in await store.keys(withPrefix: prefix) {
                let parts = key.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
                let table = String(parts[0])
                if parts.count == 2, parts[1] == sentObjects {
                    found.sentObjects[table, default: []].append(nil)
                } else if parts.count == 4, parts[1] == "shards", let shard = shard(named: parts[2]) {
                    if parts[3] == "last_modified_cursor" { found.shards[table, default: []].append(shard) }
                    if parts[3] == sentObjects { found.sentObjects[table, default: []].append(shard) }
                }
            }
            return found
        }

        private static func shard(named name: Substring) -> Shard? {
            let name = name.split(separator: "_")
            guard name.count == 2, let number = Int(name[0]), let total = Int(name[1]), number >= 1, number <= total
            else { return nil }
            return Shard(number: number, total: total)
        }
    }

    /// Reads a state.
    ///
    /// - Throws: `StateError` for a value that cannot be read: the caller warns and starts anew.
    init(_ keys: Keys, from store: any StateStore) async throws(StateError) {
        if let cursor = await store.value(for: keys.cursor), !cursor.isEmpty {
            self.cursor = try Self.cursor(of: cursor)
        }
        if let text = await store.value(for: keys.recent), !text.isEmpty {
            var recent: [UInt64: Content] = [:]
            for part in 0..<(try Self.partCount(of: text)) {
                // A part that was never written has nothing.
                guard let text = await store.value(for: keys.recent(part: part)), !text.isEmpty else { continue }
                try Self.read(text) { item throws(StateError) in
                    let (hash, content) = try item.content()
                    recent[hash] = content
                }
            }
            self.recent = recent
        }
        if let text = await store.value(for: keys.absent), !text.isEmpty {
            try Self.read(text) { item throws(StateError) in
                let hash = try item.bits(64)
                absent[hash] = try item.seconds()
            }
        }
        if let text = await store.value(for: keys.unreadable), !text.isEmpty {
            try Self.read(text) { item throws(StateError) in
                // A cause of a later version is none: the object is looked at again.
                let cause = SkipCause(number: Int64(try item.bits(8)))
                let (hash, content) = try item.content()
                unreadable[hash] = cause.map { Unreadable(content: content, cause: $0) }
            }
        }
    }

    /// Sets a state; it is kept when the store is flushed.
    ///
    /// Only parts that changed are written, so that a few new objects among very many cost little.
    func store(_ keys: Keys, into store: any StateStore) async {
        guard let cursor else { return }
        await store.set(cursor.description, for: keys.cursor)
        let parts = recentTexts
        let before = try? Self.partCount(of: await store.value(for: keys.recent) ?? "")
        for (part, text) in parts.enumerated() { await store.set(text, for: keys.recent(part: part)) }
        for part in parts.count..<max(before ?? 0, parts.count) { await store.set("", for: keys.recent(part: part)) }
        await store.set("\(Self.version)\(parts.count)", for: keys.recent)
        let absentText = Self.text(absent.keys) { text, hash in
            text.append(bits: hash, count: 64)
            text.append(seconds: absent[hash] ?? 0)
        }
        await store.set(absentText, for: keys.absent)
        let unreadableText = Self.text(unreadable.keys) { text, hash in
            guard let object = unreadable[hash], let number = object.cause.number else { return }
            text.append(bits: UInt64(number), count: 8)
            text.append(hash, object.content)
        }
        await store.set(unreadableText, for: keys.unreadable)
    }

    private static func cursor(of text: String) throws(StateError) -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw StateError(description: "the stored cursor \"\(text.prefix(64))\" is not an RFC 3339 time")
        }
        // Clocks differ, but not by days.
        guard time.seconds <= Timestamp.now.seconds + windowSeconds else {
            throw StateError(description: "the stored cursor \(text.prefix(64)) is in the future")
        }
        return time
    }

    /// What stands before the items of a list: the version of its form. A list of another version is not read, and then
    /// all objects are.
    private static let version = "2:"
    /// Objects in a part of the list of recent ones, at most: some 2 MiB of text.
    private static let partObjectCount = 1 << 16
    private static let maximumPartCount = 1 << 16

    /// The parts of the list of recent objects as they are kept, by the low bits of the keys' hashes.
    ///
    /// Shape: `2:`, then for each object in the order of the hashes the 64 bits of its key's hash and the 32 of its
    /// fingerprint in hexadecimal, `@`, its seconds and a comma.
    private var recentTexts: [String] {
        let recent = recent ?? [:]
        var count = 1
        while count * Self.partObjectCount < recent.count, count < Self.maximumPartCount { count *= 2 }
        var hashes = [[UInt64]](repeating: [], count: count)
        for hash in recent.keys { hashes[Int(truncatingIfNeeded: hash & UInt64(count - 1))].append(hash) }
        return hashes.map { hashes in
            Self.text(hashes) { text, hash in
                guard let content = recent[hash] else { return }
                text.append(hash, content)
            }
        }
    }

    private static func partCount(of text: String) throws(StateError) -> Int {
        guard text.utf8.starts(with: version.utf8), let count = Int(text.dropFirst(version.count)),
            (1...maximumPartCount).contains(count)
        else { throw .unknownForm }
        return count
    }

    private static func text(_ hashes: some Sequence<UInt64>, _ append: (inout StateText, UInt64) -> Void) -> String {
        var text = StateText(version)
        for hash in hashes.sorted() { append(&text, hash) }
        return text.string
    }

    /// Hands over the items of a list.
    private static func read(
        _ text: String, _ take: (inout StateText.Reader) throws(StateError) -> Void
    ) throws(StateError) {
        guard var items = StateText.Reader(text, version: version) else { throw .unknownForm }
        while !items.isAtEnd { try take(&items) }
    }
}

/// A stored value that cannot be read.
struct StateError: Error, Equatable, CustomStringConvertible {
    let description: String

    static let unknownForm = StateError(description: "a stored list of objects has an unknown form")
}
