/// The type in which values are stored; a number of the format that may be one this reader does not know.
///
/// Spec: parquet.thrift, `Type`.
public struct PhysicalType: RawRepresentable, Hashable, Sendable {
    /// Number in the format.
    public let rawValue: Int32

    /// Creates the type of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// One bit per value.
    public static let boolean = PhysicalType(rawValue: 0)
    /// 32-bit signed integers.
    public static let int32 = PhysicalType(rawValue: 1)
    /// 64-bit signed integers.
    public static let int64 = PhysicalType(rawValue: 2)
    /// 96-bit values, which hold timestamps of nanoseconds and a Julian day.
    public static let int96 = PhysicalType(rawValue: 3)
    /// 32-bit floating point.
    public static let float = PhysicalType(rawValue: 4)
    /// 64-bit floating point.
    public static let double = PhysicalType(rawValue: 5)
    /// Bytes of any number.
    public static let byteArray = PhysicalType(rawValue: 6)
    /// Bytes of a number that the schema gives.
    public static let fixedLengthByteArray = PhysicalType(rawValue: 7)
}

/// How values or levels are encoded; a number of the format that may be one this reader does not know.
///
/// Spec: parquet.thrift, `Encoding`.
public struct Encoding: RawRepresentable, Hashable, Sendable {
    /// Number in the format.
    public let rawValue: Int32

    /// Creates the encoding of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Values one after the other.
    public static let plain = Encoding(rawValue: 0)
    /// Older name of `rleDictionary` in data pages and of `plain` in dictionary pages.
    public static let plainDictionary = Encoding(rawValue: 2)
    /// Runs of repeated and of bit-packed values.
    public static let rle = Encoding(rawValue: 3)
    /// Deprecated bit-packed levels.
    public static let bitPacked = Encoding(rawValue: 4)
    /// Differences of integers, bit-packed in blocks.
    public static let deltaBinaryPacked = Encoding(rawValue: 5)
    /// Delta-encoded lengths, then all bytes.
    public static let deltaLengthByteArray = Encoding(rawValue: 6)
    /// Lengths of the prefix shared with the previous value, then the suffixes.
    public static let deltaByteArray = Encoding(rawValue: 7)
    /// Indices into the dictionary page.
    public static let rleDictionary = Encoding(rawValue: 8)
    /// The first bytes of all values, then their second bytes, and so on.
    public static let byteStreamSplit = Encoding(rawValue: 9)
    /// Adaptive lossless floating point.
    public static let alp = Encoding(rawValue: 10)
}

/// How pages are compressed; a number of the format that may be one this reader does not know.
///
/// Spec: parquet.thrift, `CompressionCodec`; Compression.md.
public struct CompressionCodec: RawRepresentable, Hashable, Sendable {
    /// Number in the format.
    public let rawValue: Int32

    /// Creates the codec of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Bytes as they are.
    public static let uncompressed = CompressionCodec(rawValue: 0)
    /// Snappy, raw format.
    public static let snappy = CompressionCodec(rawValue: 1)
    /// One or more gzip members.
    public static let gzip = CompressionCodec(rawValue: 2)
    /// LZO.
    public static let lzo = CompressionCodec(rawValue: 3)
    /// Brotli.
    public static let brotli = CompressionCodec(rawValue: 4)
    /// Deprecated LZ4 in one of three framings.
    public static let lz4 = CompressionCodec(rawValue: 5)
    /// Zstandard frames.
    public static let zstd = CompressionCodec(rawValue: 6)
    /// One LZ4 block without framing.
    public static let lz4Raw = CompressionCodec(rawValue: 7)
}

/// What a page holds; a number of the format that may be one this reader does not know.
///
/// Spec: parquet.thrift, `PageType`.
public struct PageKind: RawRepresentable, Hashable, Sendable {
    /// Number in the format.
    public let rawValue: Int32

    /// Creates the kind of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Levels and values, compressed together.
    public static let dataPage = PageKind(rawValue: 0)
    /// Never defined by the format.
    public static let indexPage = PageKind(rawValue: 1)
    /// The values that indices point into.
    public static let dictionaryPage = PageKind(rawValue: 2)
    /// Levels, then values compressed on their own.
    public static let dataPageV2 = PageKind(rawValue: 3)
}

/// How often a field occurs in its parent.
///
/// Spec: parquet.thrift, `FieldRepetitionType`.
public enum Repetition: Int32, Hashable, Sendable {
    /// Exactly once.
    case required = 0
    /// Once or not at all.
    case optional = 1
    /// Any number of times.
    case repeated = 2
}

/// Which order minimum and maximum values follow; a number of the format that may be one this reader does not know.
///
/// Spec: parquet.thrift, `ColumnOrder`.
public struct ColumnOrder: RawRepresentable, Hashable, Sendable {
    /// Number in the format.
    public let rawValue: Int32

    /// Creates the order of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The order of the logical type, else of the physical type.
    public static let type = ColumnOrder(rawValue: 1)
    /// The total order of IEEE 754.
    public static let ieee754Total = ColumnOrder(rawValue: 2)
    /// Chronological order of INT96 timestamps.
    public static let int96Timestamp = ColumnOrder(rawValue: 3)
}
