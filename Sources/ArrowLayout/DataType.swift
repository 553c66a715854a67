/// The unit of a time, timestamp or duration value.
public enum TimeUnit: Int16, Hashable, Sendable, CaseIterable {
    case second
    case millisecond
    case microsecond
    case nanosecond
}

/// The unit of a calendar interval.
public enum IntervalUnit: Int16, Hashable, Sendable, CaseIterable {
    case yearMonth
    case dayTime
    case monthDayNano
}

/// An Arrow data type.
///
/// Spec: Arrow columnar format, "Data Types".
public indirect enum DataType: Hashable, Sendable {
    case null
    case bool
    case int8
    case int16
    case int32
    case int64
    case uint8
    case uint16
    case uint32
    case uint64
    case float16
    case float32
    case float64
    case utf8
    case largeUtf8
    case utf8View
    case binary
    case largeBinary
    case binaryView
    case fixedSizeBinary(byteWidth: Int)
    case decimal32(precision: Int, scale: Int)
    case decimal64(precision: Int, scale: Int)
    case decimal128(precision: Int, scale: Int)
    case decimal256(precision: Int, scale: Int)
    case date32
    case date64
    case time32(TimeUnit)
    case time64(TimeUnit)
    case timestamp(TimeUnit, timezone: String?)
    case duration(TimeUnit)
    case interval(IntervalUnit)
    case list(Field)
    case largeList(Field)
    /// Lists that may lie anywhere in their child.
    case listView(Field)
    case largeListView(Field)
    case fixedSizeList(Field, count: Int)
    case structure([Field])
    case map(entries: Field, keysSorted: Bool)
    /// Indices of the integer type `index` into an array of values, which is the only child; those are in a meaningful
    /// order where `isOrdered`.
    case dictionary(index: DataType, value: DataType, isOrdered: Bool)
}

extension DataType {
    /// The buffers that an array of a type has, in the order of the columnar format.
    public enum Layout: Hashable, Sendable {
        /// No buffers at all (the null type).
        case none
        /// Validity, then one bit a value.
        case bits
        /// Validity, then `byteWidth` bytes a value; the values of dictionary indices are in a child.
        case fixedWidth(byteWidth: Int)
        /// Validity, then `count + 1` offsets, then the bytes.
        case variable(offsetWidth: Int)
        /// Validity, 16-byte views, then any number of data buffers.
        case view
        /// Validity, then `count + 1` offsets into one child.
        case list(offsetWidth: Int)
        /// Validity, then `count` offsets into one child, then as many sizes.
        case listView(offsetWidth: Int)
        /// Validity; the children have the values (structs, fixed-size lists).
        case validityOnly
    }

    /// The buffers of an array of this type.
    public var layout: Layout {
        switch self {
        case .null: .none
        case .bool: .bits
        case .int8, .uint8: .fixedWidth(byteWidth: 1)
        case .int16, .uint16, .float16: .fixedWidth(byteWidth: 2)
        case .int32, .uint32, .float32, .date32, .time32, .decimal32, .interval(.yearMonth): .fixedWidth(byteWidth: 4)
        case .int64, .uint64, .float64, .date64, .time64, .timestamp, .duration, .decimal64, .interval(.dayTime):
            .fixedWidth(byteWidth: 8)
        case .decimal128, .interval(.monthDayNano): .fixedWidth(byteWidth: 16)
        case .decimal256: .fixedWidth(byteWidth: 32)
        case .fixedSizeBinary(let byteWidth): .fixedWidth(byteWidth: byteWidth)
        case .utf8, .binary: .variable(offsetWidth: 4)
        case .largeUtf8, .largeBinary: .variable(offsetWidth: 8)
        case .utf8View, .binaryView: .view
        case .list, .map: .list(offsetWidth: 4)
        case .largeList: .list(offsetWidth: 8)
        case .listView: .listView(offsetWidth: 4)
        case .largeListView: .listView(offsetWidth: 8)
        case .fixedSizeList, .structure: .validityOnly
        case .dictionary(let index, _, _): index.layout
        }
    }

    /// The fields of the child arrays, in order.
    public var children: [Field] {
        switch self {
        case .list(let item), .largeList(let item), .listView(let item), .largeListView(let item),
            .fixedSizeList(let item, _):
            [item]
        case .map(let entries, _): [entries]
        case .structure(let fields): fields
        case .dictionary(_, let value, _): [Field("dictionary", value)]
        default: []
        }
    }

    /// Returns the type with other children, as many as it has: those of another number are a bug of the caller.
    public func with(children: [Field]) -> DataType {
        precondition(children.count == self.children.count, "DataType: another number of children")
        return switch self {
        case .list: .list(children[0])
        case .largeList: .largeList(children[0])
        case .listView: .listView(children[0])
        case .largeListView: .largeListView(children[0])
        case .fixedSizeList(_, let count): .fixedSizeList(children[0], count: count)
        case .map(_, let keysSorted): .map(entries: children[0], keysSorted: keysSorted)
        case .structure: .structure(children)
        case .dictionary(let index, _, let isOrdered):
            .dictionary(index: index, value: children[0].type, isOrdered: isOrdered)
        default: self
        }
    }
}
