import ByteCore

/// What a writer says about the values of a column chunk or page: a hint, never a promise.
///
/// Spec: parquet.thrift, `Statistics`. Values are in PLAIN encoding without a length.
public struct Statistics: Hashable, Sendable {
    /// A bound on the values, in the order of the column.
    public struct Bound: Hashable, Sendable {
        /// The value, which may be cut short where it is not exact.
        public let value: [UInt8]
        /// Whether the value is one of the column's; nil where the writer does not say.
        public let isExact: Bool?
    }

    /// No value is smaller.
    public internal(set) var minimum: Bound?
    /// No value is larger.
    public internal(set) var maximum: Bound?
    /// Smallest value by an order that the format never defined; of use only for signed numbers.
    public internal(set) var legacyMinimum: [UInt8]?
    /// Largest value by an order that the format never defined; of use only for signed numbers.
    public internal(set) var legacyMaximum: [UInt8]?
    /// Number of nulls.
    public internal(set) var nullCount: Int64?
    /// Number of different values.
    public internal(set) var distinctCount: Int64?
    /// Number of values that are not a number.
    public internal(set) var nanCount: Int64?
}

extension Statistics {
    init(_ reader: inout CompactReader, _ bytes: Bytes) throws(DecodeFault) {
        var minimum: [UInt8]?
        var maximum: [UInt8]?
        var isMinimumExact: Bool?
        var isMaximumExact: Bool?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: legacyMaximum = try reader.binary(field).map { Array(bytes[$0]) }
            case 2: legacyMinimum = try reader.binary(field).map { Array(bytes[$0]) }
            case 3: nullCount = try reader.int64(field)
            case 4: distinctCount = try reader.int64(field)
            case 5: maximum = try reader.binary(field).map { Array(bytes[$0]) }
            case 6: minimum = try reader.binary(field).map { Array(bytes[$0]) }
            case 7: isMaximumExact = try reader.boolean(field)
            case 8: isMinimumExact = try reader.boolean(field)
            case 9: nanCount = try reader.int64(field)
            default: try reader.skip(field.type)
            }
        }
        self.minimum = minimum.map { Bound(value: $0, isExact: isMinimumExact) }
        self.maximum = maximum.map { Bound(value: $0, isExact: isMaximumExact) }
    }
}

extension ColumnChunkMetadata {
    /// What the writer says about the values; nil where it says nothing or the bytes are no statistics.
    public var statistics: Statistics? {
        if statisticsBytes.isEmpty { return nil }
        var reader = CompactReader(statisticsBytes.span, depthLimit: 8)
        return try? Statistics(&reader, statisticsBytes)
    }
}
