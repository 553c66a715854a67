public import ByteCore

/// The validity of values under construction; nothing is written while no value is null.
public struct ValidityBufferBuilder: ~Copyable, Sendable {
    private var bits = BitBuilder()
    private var validRun = 0
    /// Number of nulls appended.
    public private(set) var nullCount = 0

    /// Creates a builder of no values.
    public init() {}

    /// Number of values appended.
    public var count: Int { bits.count + validRun }

    /// Appends values that are not null.
    public mutating func appendValid(count: Int = 1) { validRun += count }

    /// Appends nulls.
    public mutating func appendNull(count: Int = 1) {
        bits.append(repeating: true, count: validRun)
        validRun = 0
        bits.append(repeating: false, count: count)
        nullCount += count
    }

    /// Returns the validity buffer, which is empty when no value is null.
    public consuming func freeze() -> Bytes {
        if nullCount == 0 { return Bytes() }
        bits.append(repeating: true, count: validRun)
        return bits.freeze()
    }
}
