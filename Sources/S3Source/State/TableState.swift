import AWSAuth
import Crypto
import S3

/// What earlier syncs did for one table: the objects whose rows have arrived.
///
/// The cursor and its form are the Go plugin's, so that its users go on without a new full sync. Last-modified times
/// alone lose objects: they are whole seconds, and a multipart upload carries the time at which it began. So the
/// objects of the last day, and those read beyond the cursor, are remembered too; an object in that window is new unless
/// it is among them. So are the objects that were passed over but may be readable one day.
struct TableState: Equatable {
    /// Seconds before the cursor in which an object may appear late: uploads take up to a day here.
    static let windowSeconds: Int64 = 86_400

    /// All objects up to this time are read, but for those in the window and the unread ones; nil before the first sync.
    var cursor: Timestamp?
    /// The objects read whose time lies in the window or after the cursor: fingerprint and seconds; nil when only a
    /// cursor is known.
    var recent: [UInt64: Int64]?
    /// Fingerprints of objects that could not be read but may be one day: they stay new however old they get.
    var unread: Set<UInt64> = []
    /// Why objects, unread or done, cannot be read as long as spec and version of the plugin stay, by fingerprint.
    var skipCauses: [UInt64: SkipCause] = [:]

    /// Whether the rows of an object are still to be read.
    func isNew(_ object: ObjectSummary) -> Bool {
        guard let cursor else { return true }
        let isLater = object.lastModified > cursor
        let isInWindow = isLater || Self.isInWindow(object.lastModified.seconds, of: cursor)
        guard isInWindow || !unread.isEmpty else { return false }
        let fingerprint = Self.fingerprint(of: object)
        if unread.contains(fingerprint) { return true }
        guard isInWindow, let recent else { return isLater }
        return recent[fingerprint] == nil
    }

    /// Whether an object of a time may still appear when all objects up to the cursor have been read.
    static func isInWindow(_ seconds: Int64, of cursor: Timestamp) -> Bool {
        seconds > cursor.seconds - windowSeconds
    }

    /// Returns 64 bits that stand for one version of one object.
    static func fingerprint(of object: ObjectSummary) -> UInt64 { fingerprint(of: object.key, eTag: object.eTag) }

    /// Returns 64 bits that stand for the version of an object that has a tag.
    static func fingerprint(of key: ObjectKey, eTag: String) -> UInt64 {
        var hash = SHA256()
        hash.update(key.bytes)
        hash.update([0])
        hash.update(utf8: eTag)
        return word(hash.finish())
    }

    private static func word(_ digest: Digest256) -> UInt64 {
        (0..<8).reduce(0) { $0 << 8 | UInt64(digest.bytes[$1]) }
    }
}
