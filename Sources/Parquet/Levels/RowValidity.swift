public import ByteCore

/// The validity of the rows of one column of a batch; it has no bits until the first null.
public struct RowValidity: ~Copyable {
    /// Number of rows so far.
    public private(set) var count = 0
    /// Number of nulls among them.
    public private(set) var nullCount = 0
    /// The bits, if there was a null; all rows before them were valid.
    private var bits: BitBuilder
    private var hasBits = false
    private let capacity: Int

    /// Creates an empty builder; `capacity` is the number of rows expected.
    public init(capacity: Int) {
        bits = BitBuilder()
        self.capacity = capacity
    }

    /// Appends rows that are all there or all null.
    public mutating func append(repeating isValid: Bool, count rowCount: Int) {
        if !isValid { startBits() }
        if hasBits { bits.append(repeating: isValid, count: rowCount) }
        count += rowCount
        if !isValid { nullCount += rowCount }
    }

    /// Appends `rowCount` rows, `validCount` of which are there: those whose bit is set.
    mutating func append(_ validCount: Int, of rowCount: Int, bits source: RawSpan) {
        if validCount == rowCount { return append(repeating: true, count: rowCount) }
        startBits()
        bits.append(bitsOf: source, from: 0, count: rowCount)
        count += rowCount
        nullCount += rowCount - validCount
    }

    /// Takes up to `limit` rows of a page's mask and returns how many, and how many of them are there.
    ///
    /// A long run of one kind is taken whole; mixed rows in blocks that stay in the cache.
    public mutating func take(
        _ limit: Int, of mask: inout HybridRLE
    ) throws(DecodeFault) -> (rowCount: Int, validCount: Int) {
        let wanted = min(limit, Self.blockRowCount)
        if let run = try mask.peekRepeated(), run.count >= wanted {
            guard run.value <= 1 else { throw .malformed(.valueAboveMaximum) }
            let rowCount = min(limit, run.count)
            _ = try mask.next(limit: rowCount)
            append(repeating: run.value == 1, count: rowCount)
            return (rowCount, run.value == 1 ? rowCount : 0)
        }
        startBits()
        let rowCount = min(wanted, mask.remaining)
        let validCount = try mask.take(rowCount, appendingTo: &bits)
        count += rowCount
        nullCount += rowCount - validCount
        return (rowCount, validCount)
    }

    /// Rows of a block of mixed values: 2,048 of 8 bytes are half of a first-level cache.
    static let blockRowCount = 2048

    private mutating func startBits() {
        guard !hasBits else { return }
        hasBits = true
        bits = BitBuilder(capacity: max(capacity, count))
        bits.append(repeating: true, count: count)
    }

    /// The bits, of which there are none while nothing was null.
    public var span: RawSpan {
        @_lifetime(borrow self)
        borrowing get { bits.span }
    }

    /// Returns the bits; empty where no row is null.
    public consuming func freeze() -> Bytes { nullCount == 0 ? Bytes() : bits.freeze() }
}
