/// Why the rows of an object are not read, in words that stay the same: what a summary counts by.
enum SkipCause: String, Hashable, Sendable, CaseIterable {
    /// It was deleted after the listing.
    case deleted
    /// It was replaced while it was read.
    case replaced
    /// It is in an archive.
    case archived
    /// It is encrypted with a key that is not there, or with another one.
    case encrypted
    /// It is over a bound of the reader.
    case limit
    /// It uses what the reader does not know.
    case unsupported
    /// It is not valid Parquet.
    case malformed
    /// A value in it cannot be a row of a table.
    case invalidRow = "invalid_row"

    /// Whether this version of the object will never be readable.
    var isFinal: Bool {
        switch self {
        case .malformed, .invalidRow: true
        case .deleted, .replaced, .archived, .encrypted, .limit, .unsupported: false
        }
    }
}
