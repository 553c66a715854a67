import AWSAuth
import ByteCore
import CloudQueryPlugin
import Crypto
import S3

/// What earlier syncs did for one table: the objects whose rows have arrived.
///
/// The cursor key and its form are the Go plugin's, so that its users go on without a new full sync. Last-modified
/// times alone lose objects: they are whole seconds, and a multipart upload carries the time at which it began. So a
/// second key lists the objects of the last day; an object in that window is new unless it is listed.
struct TableState: Equatable {
    /// Seconds before the cursor in which an object may appear late: uploads take up to a day here.
    static let windowSeconds: Int64 = 86_400

    /// The latest last-modified time of the objects read; nil before the first sync.
    var cursor: Timestamp?
    /// Fingerprints of the objects read whose time lies in the window; nil when only a cursor is known.
    var recent: Set<String>?

    /// Whether the rows of an object are still to be read.
    func isNew(_ object: ObjectSummary) -> Bool {
        guard let cursor else { return true }
        if object.lastModified > cursor { return true }
        guard isInWindow(object), let recent else { return false }
        return !recent.contains(Self.fingerprint(of: object))
    }

    /// Returns the state after a sync in which the rows of `objects` have arrived, then or before.
    func advanced(over objects: [ObjectSummary]) -> TableState {
        var next = self
        for object in objects where next.cursor.map({ object.lastModified > $0 }) ?? true {
            next.cursor = object.lastModified
        }
        guard next.cursor != nil else { return self }
        next.recent = Set(objects.filter(next.isInWindow).map(Self.fingerprint))
        return next
    }

    private func isInWindow(_ object: ObjectSummary) -> Bool {
        guard let cursor else { return false }
        return object.lastModified.seconds > cursor.seconds - Self.windowSeconds
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

    /// What the value of the recent objects starts with; the fingerprints follow, separated by commas.
    private static let recentVersion = "1:"

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
        if let text = await backend.value(for: Self.recentKey(bucket: bucket, table: table)), !text.isEmpty {
            guard text.hasPrefix(Self.recentVersion) else {
                throw StateError(description: "the stored list of recent objects has an unknown form")
            }
            recent = Set(text.dropFirst(Self.recentVersion.count).split(separator: ",").map(String.init))
        }
    }

    /// Writes the state of a table; it is kept when the backend is flushed.
    func store(bucket: String, table: String, into backend: StateBackend) async {
        guard let cursor else { return }
        await backend.set(cursor.description, for: Self.cursorKey(bucket: bucket, table: table))
        let list = (recent ?? []).sorted().joined(separator: ",")
        await backend.set(Self.recentVersion + list, for: Self.recentKey(bucket: bucket, table: table))
    }
}

/// A stored value that cannot be read.
struct StateError: Error, CustomStringConvertible {
    let description: String
}
