public import ByteCore

/// Strings or binary values under construction: offsets and bytes.
public struct VariableBuilder<Offset: NativeValue & FixedWidthInteger>: ~Copyable, Sendable {
    private var offsets: ByteBuilder
    private var values: ByteBuilder
    private var validity = ValidityBufferBuilder()

    /// Creates an empty builder with room for `capacity` values of `byteCount` bytes together.
    public init(capacity: Int = 0, byteCount: Int = 0) {
        offsets = ByteBuilder(capacity: (capacity + 1) * MemoryLayout<Offset>.size)
        values = ByteBuilder(capacity: byteCount)
        offsets.append(Offset.zero)
    }

    /// Number of values appended, nulls among them.
    public var count: Int { validity.count }

    /// Appends a value.
    ///
    /// - Throws: `offsetOverflow` when all bytes together exceed what `Offset` counts; the value is not appended.
    public mutating func append(_ bytes: RawSpan) throws(ArrayFault) {
        guard let end = Offset(exactly: values.count + bytes.byteCount) else { throw ArrayFault(.offsetOverflow) }
        values.append(contentsOf: bytes)
        offsets.append(end)
        validity.appendValid()
    }

    /// Appends the bytes of a window, or a null for nil.
    public mutating func append(_ bytes: Bytes?) throws(ArrayFault) {
        if let bytes { try append(bytes.span) } else { appendNull() }
    }

    /// Appends the UTF-8 of a string, or a null for nil.
    public mutating func append(utf8 string: String?) throws(ArrayFault) {
        guard let string else { return appendNull() }
        let start = values.count
        values.append(utf8: string)
        guard let end = Offset(exactly: values.count) else {
            values.truncate(to: start)
            throw ArrayFault(.offsetOverflow)
        }
        offsets.append(end)
        validity.appendValid()
    }

    /// Appends a null.
    public mutating func appendNull() {
        offsets.append(Offset(truncatingIfNeeded: values.count))
        validity.appendNull()
    }

    /// Returns the array of a string or binary type whose offsets are as wide as `Offset`.
    public consuming func freeze(_ type: DataType) -> ArrayData {
        precondition(
            type.layout == .variable(offsetWidth: MemoryLayout<Offset>.size), "VariableBuilder: type of another layout")
        let (count, nullCount) = (validity.count, validity.nullCount)
        return ArrayData(
            type: type, count: count, nullCount: nullCount,
            buffers: [validity.freeze(), offsets.freeze(), values.freeze()])
    }
}
