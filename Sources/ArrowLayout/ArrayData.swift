public import ByteCore

/// The values of one column or child, in the buffers of the Arrow columnar format.
///
/// There is no offset field: rows are cut by copying ranges, so that writing never shifts bits.
public struct ArrayData: Sendable {
    /// The type of the values.
    public let type: DataType
    /// Number of values, nulls among them.
    public let count: Int
    /// Number of nulls; 0 means that the validity buffer, the first, may be empty.
    public let nullCount: Int
    /// The buffers that `type.layout` lists. An empty validity buffer means that no value is null.
    public let buffers: [Bytes]
    /// The child arrays that `type.children` lists.
    public let children: [ArrayData]

    /// Creates an array from finished buffers; the caller vouches for their lengths.
    public init(type: DataType, count: Int, nullCount: Int, buffers: [Bytes], children: [ArrayData] = []) {
        self.type = type
        self.count = count
        self.nullCount = nullCount
        self.buffers = buffers
        self.children = children
    }
}
