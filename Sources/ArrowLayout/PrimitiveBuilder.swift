public import ByteCore

/// Fixed-width values under construction.
public struct PrimitiveBuilder<Value: NativeValue>: ~Copyable, Sendable {
    private var values: ByteBuilder
    private var validity = ValidityBufferBuilder()

    /// Creates an empty builder with room for `capacity` values.
    public init(capacity: Int = 0) {
        values = ByteBuilder(capacity: capacity * MemoryLayout<Value>.size)
    }

    /// Number of values appended, nulls among them.
    public var count: Int { validity.count }

    /// Appends a value, or a null for nil.
    public mutating func append(_ value: Value?) {
        values.append(value ?? .zero)
        if value == nil { validity.appendNull() } else { validity.appendValid() }
    }

    /// Appends values that are not null.
    public mutating func append(contentsOf source: [Value]) {
        values.reserve(source.count * MemoryLayout<Value>.size)
        for value in source { values.append(value) }
        validity.appendValid(count: source.count)
    }

    /// Returns the array of a type whose values are as wide as `Value`.
    public consuming func freeze(_ type: DataType) -> ArrayData {
        precondition(
            type.layout == .fixedWidth(byteWidth: MemoryLayout<Value>.size), "PrimitiveBuilder: type of another width")
        let (count, nullCount) = (validity.count, validity.nullCount)
        return ArrayData(
            type: type, count: count, nullCount: nullCount, buffers: [validity.freeze(), values.freeze()])
    }
}

/// Boolean values under construction.
public struct BoolBuilder: ~Copyable, Sendable {
    private var values: BitBuilder
    private var validity = ValidityBufferBuilder()

    /// Creates an empty builder with room for `capacity` values.
    public init(capacity: Int = 0) {
        values = BitBuilder(capacity: capacity)
    }

    /// Number of values appended, nulls among them.
    public var count: Int { validity.count }

    /// Appends a value, or a null for nil.
    public mutating func append(_ value: Bool?) {
        values.append(value ?? false)
        if value == nil { validity.appendNull() } else { validity.appendValid() }
    }

    /// Returns the array.
    public consuming func freeze() -> ArrayData {
        let (count, nullCount) = (validity.count, validity.nullCount)
        return ArrayData(
            type: .bool, count: count, nullCount: nullCount, buffers: [validity.freeze(), values.freeze()])
    }
}
