import Logging
import S3

/// What became of objects and rows, of one table or of all.
struct SyncCounts: Equatable, Sendable {
    /// Objects of the table in the bucket.
    var listed = 0
    /// Objects that belong to another shard.
    var otherShard = 0
    /// Objects that an earlier sync has read.
    var unchanged = 0
    /// Objects whose rows were all sent.
    var read = 0
    /// Objects passed over, by cause.
    private(set) var skipped: [SkipCause: Int] = [:]
    /// Of those, the one that was written first.
    private(set) var oldestSkipped: ObjectSummary?
    /// Objects at which their table failed.
    var failed = 0
    /// Objects that are gone and whose rows are deleted.
    var deleted = 0
    /// Rows sent.
    var rows = 0
    /// Size of the objects whose rows were all sent.
    var objectBytes: Int64 = 0

    /// Counts an object that was passed over.
    mutating func skip(_ object: ObjectSummary, _ cause: SkipCause) {
        skipped[cause, default: 0] += 1
        noteSkipped(object)
    }

    private mutating func noteSkipped(_ object: ObjectSummary?) {
        guard let object, oldestSkipped.map({ object.lastModified < $0.lastModified }) ?? true else { return }
        oldestSkipped = object
    }

    static func += (left: inout SyncCounts, right: SyncCounts) {
        left.listed += right.listed
        left.otherShard += right.otherShard
        left.unchanged += right.unchanged
        left.read += right.read
        left.skipped.merge(right.skipped, uniquingKeysWith: +)
        left.noteSkipped(right.oldestSkipped)
        left.failed += right.failed
        left.deleted += right.deleted
        left.rows += right.rows
        left.objectBytes += right.objectBytes
    }

    /// The counts as fields of a log line; what did not happen is left out, but for the objects and rows themselves.
    var logged: Logger.Metadata {
        var fields: Logger.Metadata = [
            "listed": "\(listed)", "matched": "\(listed - otherShard)", "unchanged": "\(unchanged)", "read": "\(read)",
            "rows": "\(rows)", "object_bytes": "\(objectBytes)", "failed": "\(failed)",
            "skipped": "\(skipped.values.reduce(0, +))",
        ]
        if deleted > 0 { fields["deleted"] = "\(deleted)" }
        if let oldestSkipped { fields["oldest_skipped"] = "\(oldestSkipped.key)" }
        for (cause, count) in skipped { fields["skipped_\(cause.rawValue)"] = "\(count)" }
        return fields
    }
}
