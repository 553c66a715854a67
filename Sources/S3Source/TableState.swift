import AWSAuth
import ByteCore
import CloudQueryPlugin
import Crypto
import S3

/// What earlier syncs did for one table: the objects whose rows have arrived.
///
/// The cursor key and its form are the Go plugin's, so that its users go on without a new full sync. Last-modified
/// times alone lose objects: they are whole seconds, and a multipart upload carries the time at which it began. So a
/// second key lists the objects of the last day; an object in that window is new unless it is listed. A third one lists
/// the objects that were passed over but may be readable one day.
struct TableState: Equatable {
    /// Seconds before the cursor in which an object may appear late: uploads take up to a day here.
    static let windowSeconds: Int64 = 86_400

    /// The latest last-modified time of the objects read; nil before the first sync.
    var cursor: Timestamp?
    /// The objects read whose time lies in the window: fingerprint and seconds; nil when only a cursor is known.
    var recent: [String: Int64]?
    /// Fingerprints of objects that could not be read but may be one day: they stay new however old they get.
    var unread: Set<String> = []

    /// Whether the rows of an object are still to be read.
    func isNew(_ object: ObjectSummary) -> Bool {
        guard let cursor else { return true }
        if object.lastModified > cursor { return true }
        let fingerprint = Self.fingerprint(of: object)
        if unread.contains(fingerprint) { return true }
        guard isInWindow(object.lastModified.seconds), let recent else { return false }
        return recent[fingerprint] == nil
    }

    /// Returns the state after a sync in which the rows of `done` have arrived, then or before, and those of `unread`
    /// have not.
    ///
    /// Objects in the window that were not listed are remembered too: the next sync may list another prefix.
    func advanced(over done: [ObjectSummary], unread: [ObjectSummary]) -> TableState {
        var next = self
        for object in done where next.cursor.map({ object.lastModified > $0 }) ?? true {
            next.cursor = object.lastModified
        }
        guard next.cursor != nil else { return self }
        var recent = next.recent ?? [:]
        for object in done { recent[Self.fingerprint(of: object)] = object.lastModified.seconds }
        next.recent = recent.filter { next.isInWindow($0.value) }
        next.unread = Set(unread.map(Self.fingerprint))
        return next
    }

    private func isInWindow(_ seconds: Int64) -> Bool {
        guard let cursor else { return false }
        return seconds > cursor.seconds - Self.windowSeconds
    }

    /// Returns 16 hexadecimal digits that stand for one version of one object.
    static func fingerprint(of object: ObjectSummary) -> String {
        var hash = SHA256()
        hash.update(object.key.bytes)
        hash.update([0])
        hash.update(utf8: object.eTag)
        return String(hash.finish().hex.prefix(16))
    }
}

extension TableState {
    /// The key of the cursor in the state backend.
    static func cursorKey(bucket: String, table: String) -> String { "s3/\(bucket)/\(table)/last_modified_cursor" }

    /// The key of the list of recent objects in the state backend.
    static func recentKey(bucket: String, table: String) -> String { "s3/\(bucket)/\(table)/recent_objects" }

    /// The key of the list of unread objects in the state backend.
    static func unreadKey(bucket: String, table: String) -> String { "s3/\(bucket)/\(table)/unread_objects" }

    /// What a list starts with; its items follow, separated by commas. Recent objects are `fingerprint@seconds`.
    private static let listVersion = "1:"

    /// Reads the state of a table.
    ///
    /// - Throws: `StateError` for a value that cannot be read: the caller warns and starts anew.
    init(bucket: String, table: String, from backend: StateBackend) async throws {
        if let text = await backend.value(for: Self.cursorKey(bucket: bucket, table: table)), !text.isEmpty {
            guard let time = Timestamp(rfc3339: text) else {
                throw StateError(description: "the stored cursor \"\(text.prefix(64))\" is not an RFC 3339 time")
            }
            cursor = time
        }
        if let items = try Self.list(await backend.value(for: Self.recentKey(bucket: bucket, table: table))) {
            recent = try Dictionary(items.map(Self.recentItem), uniquingKeysWith: max)
        }
        unread = Set(try Self.list(await backend.value(for: Self.unreadKey(bucket: bucket, table: table))) ?? [])
    }

    /// Writes the state of a table; it is kept when the backend is flushed.
    func store(bucket: String, table: String, into backend: StateBackend) async {
        guard let cursor else { return }
        await backend.set(cursor.description, for: Self.cursorKey(bucket: bucket, table: table))
        let items = (recent ?? [:]).map { "\($0.key)@\($0.value)" }
        await backend.set(Self.text(items), for: Self.recentKey(bucket: bucket, table: table))
        await backend.set(Self.text(Array(unread)), for: Self.unreadKey(bucket: bucket, table: table))
    }

    private static func text(_ items: [String]) -> String { listVersion + items.sorted().joined(separator: ",") }

    private static func list(_ text: String?) throws(StateError) -> [String]? {
        guard let text, !text.isEmpty else { return nil }
        guard text.hasPrefix(listVersion) else {
            throw StateError(description: "a stored list of objects has an unknown form")
        }
        return text.dropFirst(listVersion.count).split(separator: ",").map(String.init)
    }

    private static func recentItem(_ text: String) throws(StateError) -> (String, Int64) {
        let parts = text.split(separator: "@")
        guard parts.count == 2, let seconds = Int64(parts[1]) else {
            throw StateError(description: "a stored list of objects has an unknown form")
        }
        return (String(parts[0]), seconds)
    }
}

/// A stored value that cannot be read.
struct StateError: Error, CustomStringConvertible {
    let description: String
}
