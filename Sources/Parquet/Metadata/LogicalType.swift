/// What stored values mean: logical types and the older converted types as one.
///
/// Spec: LogicalTypes.md. Where an element has both, the logical type wins.
public enum LogicalType: Hashable, Sendable {
    /// Unit of times and timestamps.
    public enum TimeUnit: Hashable, Sendable {
        /// Thousandths of a second.
        case milliseconds
        /// Millionths of a second.
        case microseconds
        /// Billionths of a second.
        case nanoseconds
    }

    /// UTF-8 text.
    case string
    /// A group of key-value pairs.
    case map
    /// The repeated group of a map, in files that annotate it as MAP_KEY_VALUE.
    case mapKeyValue
    /// A group of elements.
    case list
    /// Text out of a set.
    case enumeration
    /// An unscaled integer with `scale` digits after the point.
    case decimal(precision: Int, scale: Int)
    /// Days since 1970-01-01.
    case date
    /// Time of day.
    case time(unit: TimeUnit, isUTC: Bool)
    /// Time since 1970-01-01T00:00, an instant if `isUTC`.
    case timestamp(unit: TimeUnit, isUTC: Bool)
    /// An integer of 8, 16, 32 or 64 bits.
    case integer(bitWidth: Int, isSigned: Bool)
    /// Nothing but nulls.
    case unknown
    /// JSON text.
    case json
    /// A BSON document.
    case bson
    /// 16 bytes of a UUID.
    case uuid
    /// 2 bytes of a half-precision number.
    case float16
    /// A semi-structured value.
    case variant(version: Int?)
    /// Well-known binary of a geometry on a plane.
    case geometry(crs: String?)
    /// Well-known binary of a geometry on the globe; `algorithm` is the number of the edge interpolation.
    case geography(crs: String?, algorithm: Int?)
    /// A group that describes a file.
    case file
    /// Months, days and milliseconds in 12 bytes.
    case interval
    /// An annotation this reader does not know, by its number in the union.
    case unrecognised(Int)
}

extension LogicalType {
    /// Creates the meaning of a converted type; nil where the number is not one of the format.
    ///
    /// Spec: parquet.thrift, `ConvertedType`.
    init?(convertedType code: Int32, precision: Int32?, scale: Int32?) {
        switch code {
        case 0: self = .string
        case 1: self = .map
        case 2: self = .mapKeyValue
        case 3: self = .list
        case 4: self = .enumeration
        case 5: self = .decimal(precision: Int(precision ?? 0), scale: Int(scale ?? 0))
        case 6: self = .date
        case 7: self = .time(unit: .milliseconds, isUTC: true)
        case 8: self = .time(unit: .microseconds, isUTC: true)
        case 9: self = .timestamp(unit: .milliseconds, isUTC: true)
        case 10: self = .timestamp(unit: .microseconds, isUTC: true)
        case 11...14: self = .integer(bitWidth: 8 << Int(code - 11), isSigned: false)
        case 15...18: self = .integer(bitWidth: 8 << Int(code - 15), isSigned: true)
        case 19: self = .json
        case 20: self = .bson
        case 21: self = .interval
        // Written for all-null columns by early Arrow releases; never part of the format.
        case 24: self = .unknown
        default: return nil
        }
    }
}
