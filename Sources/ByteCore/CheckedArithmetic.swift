/// Sums and products of sizes that come from outside: they throw where Swift's operators trap.
public enum Checked {
    /// Returns `left + right`.
    @inlinable
    public static func sum(_ left: Int, _ right: Int) throws(DecodeFault) -> Int {
        let (value, overflow) = left.addingReportingOverflow(right)
        if overflow { throw .malformed(.sizeOverflow) }
        return value
    }

    /// Returns `left * right`.
    @inlinable
    public static func product(_ left: Int, _ right: Int) throws(DecodeFault) -> Int {
        let (value, overflow) = left.multipliedReportingOverflow(by: right)
        if overflow { throw .malformed(.sizeOverflow) }
        return value
    }

    /// Returns a size that must not be negative.
    @inlinable
    public static func size(_ value: some BinaryInteger) throws(DecodeFault) -> Int {
        guard let size = Int(exactly: value), size >= 0 else { throw .malformed(.negativeSize) }
        return size
    }
}
