import ByteCore
import Parquet
import S3

/// What an error in reading one object means for the sync.
enum SyncOutcome: Equatable {
    /// Warn and go on; the object stays unread and is tried again by the next sync.
    case skip(reason: String)
    /// Warn and go on; this version of the object does not count as new any more.
    case skipForGood(reason: String)
    /// The sync fails.
    case fail

    /// Why the object is skipped; nil when it is not.
    var reason: String? {
        switch self {
        case .skip(let reason), .skipForGood(let reason): reason
        case .fail: nil
        }
    }

    /// Whether this version of the object need not be looked at again.
    var isFinal: Bool {
        if case .skipForGood = self { true } else { false }
    }

    /// The outcome of an error thrown while reading an object.
    init(of error: any Error) {
        switch error {
        case let error as S3Error: self.init(of: error)
        case let error as ParquetError: self.init(of: error)
        case let error as RowError: self = .skipForGood(reason: error.description)
        default: self = .fail
        }
    }

    private init(of error: ParquetError) {
        switch error.kind {
        // With its key, or a later version of this reader, the object is readable.
        case .keyMissing, .authentication, .limit, .unsupported: self = .skip(reason: error.description)
        case .truncated, .malformed, .checksum: self = .skipForGood(reason: error.description)
        }
    }

    private init(of error: S3Error) {
        switch error.kind {
        case .notFound(.key): self = .skip(reason: "object deleted between list and read")
        case .changed: self = .skip(reason: "object replaced while it was read; the next sync reads the new version")
        case .keyMismatch: self = .skip(reason: error.description)
        case .archived: self = .skip(reason: "object is archived; restore it to have it read")
        default: self = .fail
        }
    }
}

/// An error that ends the sync, with the object that it is about.
struct ObjectError: Error, CustomStringConvertible {
    let key: ObjectKey
    let cause: any Error

    /// What S3 says has the key already.
    var description: String { cause is S3Error ? "\(cause)" : "\(key): \(cause)" }
}
