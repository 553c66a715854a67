public import ByteCore

/// What the footer says about one column in one row group.
///
/// Spec: parquet.thrift, `ColumnChunk` and `ColumnMetaData`. Parts that few readers need are kept as windows over the
/// footer and decoded on demand, so a footer of thousands of columns opens fast.
public struct ColumnChunkMetadata: Sendable {
    /// How values are stored.
    public internal(set) var physicalType = PhysicalType(rawValue: -1)
    /// Encodings the writer says it used.
    public internal(set) var encodings: [Encoding] = []
    /// How pages are compressed.
    public internal(set) var codec = CompressionCodec.uncompressed
    /// Number of values with their nulls: of levels, where there are any.
    public internal(set) var valueCount: Int64 = 0
    /// Bytes of all pages with their headers, decompressed, as the writer says.
    public internal(set) var totalUncompressedByteCount: Int64 = 0
    /// Bytes of all pages with their headers, as the writer says.
    public internal(set) var totalCompressedByteCount: Int64 = 0
    /// Offset of the first data page in the file; some writers give that of the dictionary page.
    public internal(set) var dataPageOffset: Int64 = 0
    /// Offset of the index page, which no writer writes.
    public internal(set) var indexPageOffset: Int64?
    /// Offset of the dictionary page in the file; some writers leave it out or write 0.
    public internal(set) var dictionaryPageOffset: Int64?
    /// File that has the pages, where it is another one.
    public internal(set) var filePath: String?
    /// Keys and values of the column.
    public internal(set) var keyValueMetadata: [KeyValue] = []
    /// Offset of the bloom filter in the file.
    public internal(set) var bloomFilterOffset: Int64?
    /// Bytes of the bloom filter with its header.
    public internal(set) var bloomFilterByteCount: Int32?
    /// Where the index of page offsets is.
    public internal(set) var offsetIndexRange: ByteRange?
    /// Where the index of page minima and maxima is.
    public internal(set) var columnIndexRange: ByteRange?
    /// What the file's writer does otherwise than the format.
    public internal(set) var quirks: WriterQuirks = []
    /// How the chunk is encrypted; nil where it is not.
    var encryption: ColumnEncryption?
    /// Serialized path of the column; see `path`.
    var pathBytes = Bytes()
    /// Serialized `Statistics`; empty where there are none.
    var statisticsBytes = Bytes()

    /// Whether the pages are encrypted.
    public var isEncrypted: Bool { encryption != nil }

    /// Why the chunk cannot be read though its footer could, such as a missing key; nil where it can.
    public var lock: DecodeFault.Kind? {
        guard case .locked(let kind) = encryption else { return nil }
        return kind
    }

    /// What opens the chunk's modules; nil where it is not encrypted or is locked.
    public var decryptor: ModuleDecryptor? {
        guard case .open(let decryptor) = encryption else { return nil }
        return decryptor
    }

    /// Whether the values can be read where the pages are stored, by what the writer says: without anything that is
    /// decrypted, decompressed or decoded before.
    public var isReadAsStored: Bool {
        codec == .uncompressed && !isEncrypted && !encodings.isEmpty
            && encodings.allSatisfy { [.plain, .rle, .bitPacked].contains($0) }
    }

    /// Names from below the root to the leaf, as the writer repeats them here.
    public var path: [String] {
        var reader = CompactReader(pathBytes.span, depthLimit: 1)
        return (try? reader.strings()) ?? []
    }
}

/// A key with a value that may be missing, which is not the same as empty.
public struct KeyValue: Hashable, Sendable {
    /// The key.
    public let key: String
    /// The value, or nil where the file has none.
    public let value: String?

    /// Creates a pair.
    public init(key: String, value: String?) {
        self.key = key
        self.value = value
    }

    init(_ reader: inout CompactReader) throws(DecodeFault) {
        var key = ""
        var value: String?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: key = try reader.string(field) ?? ""
            case 2: value = try reader.string(field)
            default: try reader.skip(field.type)
            }
        }
        self.init(key: key, value: value)
    }
}
