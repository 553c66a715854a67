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

    /// Causes that stay while object, spec and version of the plugin do, in the order of the numbers that stand for them
    /// in a state, from 1.
    private static let lasting: [SkipCause] = [.encrypted, .limit, .unsupported, .malformed, .invalidRow]

    /// The number of a cause that lasts; nil for others.
    var number: Int64? { Self.lasting.firstIndex(of: self).map { Int64($0) + 1 } }

    /// Returns the cause of a number; nil where it is none, or one of a later version.
    init?(number: Int64) {
        guard (1...Int64(Self.lasting.count)).contains(number) else { return nil }
        self = Self.lasting[Int(number) - 1]
    }
}
