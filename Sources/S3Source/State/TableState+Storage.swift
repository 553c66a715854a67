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
        /// The key of the list of recent objects.
        var recent: String { base + "recent_objects" }
        /// The key of the list of unread objects.
        var unread: String { base + "unread_objects" }
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
        let cursor = await store.value(for: keys.cursor) ?? ""
        let recent = await store.value(for: keys.recent) ?? ""
        let unread = await store.value(for: keys.unread) ?? ""
        try self.init(cursor: cursor, recent: recent, unread: unread)
    }

    /// Sets a state; it is kept when the store is flushed.
    func store(_ keys: Keys, into store: any StateStore) async {
        guard let cursor else { return }
        await store.set(cursor.description, for: keys.cursor)
        await store.set(recentText, for: keys.recent)
        await store.set(unreadText, for: keys.unread)
    }

    /// Parses the three values of a state; an empty one was never set.
    init(cursor: String, recent: String, unread: String) throws(StateError) {
        if !cursor.isEmpty {
            guard let time = Timestamp(rfc3339: cursor) else {
                throw StateError(description: "the stored cursor \"\(cursor.prefix(64))\" is not an RFC 3339 time")
            }
            // Clocks differ, but not by days.
            guard time.seconds <= Timestamp.now.seconds + Self.windowSeconds else {
                throw StateError(description: "the stored cursor \(cursor.prefix(64)) is in the future")
            }
            self.cursor = time
        }
        var times: [UInt64: Int64] = [:]
        let isKnown = try Self.parse(recent) { fingerprint, seconds throws(StateError) in
            guard let seconds else { throw .unknownForm }
            times[fingerprint] = max(seconds, times[fingerprint] ?? .min)
        }
        if isKnown { self.recent = times }
        var fingerprints: Set<UInt64> = []
        _ = try Self.parse(unread) { fingerprint, number throws(StateError) in
            skipCauses[fingerprint] = number.flatMap { SkipCause(number: Int64(clamping: $0.magnitude)) }
            if number ?? 0 >= 0 { fingerprints.insert(fingerprint) }
        }
        self.unread = fingerprints
    }

    /// The list of recent objects as it is kept: `1:`, then `fingerprint@seconds` separated by commas.
    ///
    /// What stands before the colon is the version of the form: a list of another version is not read, and then all
    /// objects are.
    var recentText: String {
        let recent = recent ?? [:]
        return Self.text(recent.keys.sorted()) { digits, fingerprint in
            digits.append(UInt8(ascii: "@"))
            digits.append(contentsOf: String(recent[fingerprint] ?? 0).utf8)
        }
    }

    /// The list of unread objects as it is kept: `1:`, then fingerprints separated by commas, those of objects that stay
    /// unreadable with `@` and the number of the cause, which is negative where the object counts as done.
    ///
    /// Earlier versions take no notice of the numbers, and read such objects again.
    var unreadText: String {
        Self.text(unread.union(skipCauses.keys).sorted()) { digits, fingerprint in
            guard let number = skipCauses[fingerprint]?.number else { return }
            digits.append(UInt8(ascii: "@"))
            digits.append(contentsOf: String(unread.contains(fingerprint) ? number : -number).utf8)
        }
    }

    private static let version = "1:"

    private static func text(_ fingerprints: [UInt64], _ appendRest: (inout [UInt8], UInt64) -> Void) -> String {
        var text = Array(version.utf8)
        // 28 bytes an item: 16 digits, `@`, ten digits of seconds and a comma.
        text.reserveCapacity(text.count + fingerprints.count * 28)
        for fingerprint in fingerprints {
            if text.count > version.utf8.count { text.append(UInt8(ascii: ",")) }
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                Hex.append(UInt8(truncatingIfNeeded: fingerprint >> shift), to: &text)
            }
            appendRest(&text, fingerprint)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Hands over the items of a list; returns whether there is a list.
    private static func parse(
        _ text: String, _ take: (UInt64, Int64?) throws(StateError) -> Void
    ) throws(StateError) -> Bool {
        if text.isEmpty { return false }
        guard text.utf8.starts(with: version.utf8) else { throw .unknownForm }
        for item in text.utf8.dropFirst(version.utf8.count).split(separator: UInt8(ascii: ",")) {
            guard item.count >= 16, let fingerprint = number(item.prefix(16)) else { throw .unknownForm }
            let tail = item.dropFirst(16)
            if tail.isEmpty {
                try take(fingerprint, nil)
            } else {
                guard tail.first == UInt8(ascii: "@"),
                    let seconds = Int64(String(decoding: tail.dropFirst(), as: UTF8.self))
                else { throw .unknownForm }
                try take(fingerprint, seconds)
            }
        }
        return true
    }

    private static func number(_ digits: some Sequence<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            guard let value = Hex.value(of: digit) else { return nil }
            number = number << 4 | UInt64(value)
        }
        return number
    }
}

/// A stored value that cannot be read.
struct StateError: Error, Equatable, CustomStringConvertible {
    let description: String

    static let unknownForm = StateError(description: "a stored list of objects has an unknown form")
}
