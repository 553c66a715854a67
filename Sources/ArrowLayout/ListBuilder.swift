public import ByteCore

/// Lists or maps under construction: the offsets into a child array that is built beside them.
public struct ListBuilder<Offset: NativeValue & FixedWidthInteger>: ~Copyable, Sendable {
    private var offsets: ByteBuilder
    private var validity = ValidityBufferBuilder()
    private var elementCount = 0

    /// Creates an empty builder with room for `capacity` lists.
    public init(capacity: Int = 0) {
        offsets = ByteBuilder(capacity: (capacity + 1) * MemoryLayout<Offset>.size)
        offsets.append(Offset.zero)
    }

    /// Number of lists appended, nulls among them.
    public var count: Int { validity.count }

    /// Appends a list of the next `elementCount` values of the child, or a null for nil.
    ///
    /// - Throws: `offsetOverflow` when the child gets longer than `Offset` counts; the list is not appended.
    public mutating func append(elementCount count: Int?) throws(ArrayFault) {
        guard let end = Offset(exactly: elementCount + (count ?? 0)) else { throw ArrayFault(.offsetOverflow) }
        offsets.append(end)
        elementCount += count ?? 0
        if count == nil { validity.appendNull() } else { validity.appendValid() }
    }

    /// Returns the array of a list or map type over its child.
    public consuming func freeze(_ type: DataType, child: ArrayData) -> ArrayData {
        precondition(
            type.layout == .list(offsetWidth: MemoryLayout<Offset>.size), "ListBuilder: type of another layout")
        precondition(child.count == elementCount, "ListBuilder: the child has another length than the lists")
        let (count, nullCount) = (validity.count, validity.nullCount)
        return ArrayData(
            type: type, count: count, nullCount: nullCount,
            buffers: [validity.freeze(), offsets.freeze()], children: [child])
    }
}
