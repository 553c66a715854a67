import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Parquet
import S3

/// What an error in reading one object means for the sync.
enum SyncOutcome: Equatable {
    /// Warn and go on; the object stays unread, and is tried again by the next sync unless the cause is final.
    case skip(SkipCause, reason: String)
    /// The table fails, the others go on.
    case failTable(reason: String)
    /// The sync fails: what went wrong is not about this object or table alone.
    case failSync

    /// The outcome of an error thrown while reading an object.
    init(of error: any Error) {
        switch error {
        case let error as S3Error: self.init(of: error)
        case let error as ParquetError: self.init(of: error)
        case let error as RowError: self = .skip(.invalidRow, reason: error.description)
        case let error as SchemaMismatch: self = .failTable(reason: error.description)
        case let error as OversizedRow: self = .failTable(reason: error.description)
        case let error as Int96RangeError: self = .failTable(reason: error.description)
        case let error as ArrayFault: self = .failTable(reason: "\(error)")
        default: self = .failSync
        }
    }

    private init(of error: ParquetError) {
        let cause: SkipCause =
            switch error.kind {
            case .keyMissing, .authentication: .encrypted
            case .limit: .limit
            case .unsupported: .unsupported
            case .truncated, .malformed, .checksum: .malformed
            }
        self = .skip(cause, reason: error.description)
    }

    private init(of error: S3Error) {
        switch error.kind {
        case .notFound(.key):
            let detail = error.detail.map { ": \($0)" } ?? ""
            self = .skip(.deleted, reason: "object deleted between list and read" + detail)
        case .changed:
            self = .skip(.replaced, reason: "object replaced while it was read; the next sync reads the new version")
        case .archived: self = .skip(.archived, reason: "object is archived; restore it to have it read")
        case .keyMismatch: self = .skip(.encrypted, reason: error.description)
        // The server answered, and answers the same for this object the next time; others may be readable.
        case .accessDenied, .badRequest, .invalidResponse: self = .failTable(reason: error.description)
        case .invalidConfiguration, .notFound(.bucket), .unauthenticated, .credentialsExpired, .clockSkewed,
            .wrongRegion, .throttled, .unavailable, .timedOut, .transport, .cancelled:
            self = .failSync
        }
    }
}

/// Tables that failed in a sync whose other tables went on.
public struct TablesFailed: Error, CustomStringConvertible {
    /// Names and reasons, in the order in which they failed.
    public let failures: [(table: String, reason: String)]
    /// Number of tables of the sync, these among them.
    public let tableCount: Int

    /// How many failed, and the first of them with their reasons.
    public var description: String {
        let shown = failures.prefix(5).map { "table \($0.table): \($0.reason)" }.joined(separator: "; ")
        let more = failures.count > 5 ? "; and \(failures.count - 5) more" : ""
        return "\(failures.count) of \(tableCount) tables failed: \(shown)\(more)"
    }
}

/// An error that ends the sync, with the object that it is about.
struct ObjectError: Error, CustomStringConvertible {
    let key: ObjectKey
    let cause: any Error

    /// What S3 says has the key already.
    var description: String { cause is S3Error ? "\(cause)" : "\(key): \(cause)" }
}
