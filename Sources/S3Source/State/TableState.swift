import AWSAuth
import Crypto
import S3

/// What earlier syncs did for one table: the objects whose rows have arrived.
///
/// The cursor and its form are the Go plugin's, so that its users go on without a new full sync. Last-modified times
/// alone lose objects: they are whole seconds, a multipart upload carries the time at which it began, and a version that
/// is put back its old one. So the contents that were read of the last day, and beyond the cursor, are remembered too: an
/// object of a key among them is done if it has that content, and any other object in that window is new. So are the
/// objects of keys of which no rows are there: those that could not be read but may be one day, and those that were gone.
struct TableState: Equatable {
    /// Seconds before the cursor in which an object may appear late: uploads take up to a day here.
    static let windowSeconds: Int64 = 86_400
    /// Seconds for which a key is remembered that is not listed and has no rows.
    static let absenceSeconds: Int64 = 30 * 86_400

    /// One content of a key.
    struct Content: Hashable {
        /// Bits that stand for key and ETag.
        let fingerprint: UInt32
        /// When the object was last modified.
        let seconds: Int64

        init(fingerprint: UInt32, seconds: Int64) {
            (self.fingerprint, self.seconds) = (fingerprint, seconds)
        }

        init(of object: ObjectSummary) {
            var hash = SHA256()
            hash.update(object.key.bytes)
            hash.update([0])
            hash.update(utf8: object.eTag)
            let digest = hash.finish().bytes
            fingerprint = (0..<4).reduce(0) { $0 << 8 | UInt32(digest[$1]) }
            seconds = object.lastModified.seconds
        }
    }

    /// A content that cannot be read.
    struct Unreadable: Hashable {
        let content: Content
        let cause: SkipCause
    }

    /// All objects up to this time are read, but for those in the window and those without rows; nil before the first
    /// sync.
    var cursor: Timestamp?
    /// What was read last of the keys whose time lies in the window or after the cursor, by the hash of the key; nil when
    /// only a cursor is known.
    var recent: [UInt64: Content]?
    /// Hashes of the keys without rows: their objects stay new however old they get. With each, when that was found.
    var absent: [UInt64: Int64] = [:]
    /// Objects that cannot be read as long as spec and version of the plugin stay, new or done, by the hash of the key.
    var unreadable: [UInt64: Unreadable] = [:]

    /// Whether the rows of an object are still to be read.
    func isNew(_ object: ObjectSummary) -> Bool {
        guard let cursor else { return true }
        if let isNew = isNewContent(object) { return isNew }
        guard recent != nil, Self.isInWindow(object.lastModified.seconds, of: cursor) else {
            return object.lastModified > cursor
        }
        return true
    }

    /// Whether the rows of an object are still to be read, by what is known of its key; nil where that is nothing.
    func isNewContent(_ object: ObjectSummary) -> Bool? {
        if absent.isEmpty, recent?.isEmpty ?? true { return nil }
        let hash = object.key.spread
        if absent[hash] != nil { return true }
        guard let known = recent?[hash] else { return nil }
        let content = Content(of: object)
        return content.fingerprint != known.fingerprint || content.seconds > known.seconds
    }

    /// Returns why an object cannot be read, where that is known of its present content.
    func skipCause(of object: ObjectSummary) -> SkipCause? {
        guard !unreadable.isEmpty, let known = unreadable[object.key.spread],
            known.content == Content(of: object)
        else { return nil }
        return known.cause
    }

    /// Whether an object of a time may still appear when all objects up to the cursor have been read.
    static func isInWindow(_ seconds: Int64, of cursor: Timestamp) -> Bool {
        seconds > cursor.seconds - windowSeconds
    }
}
