import ByteCore

/// What stands before each page.
///
/// Spec: parquet.thrift, `PageHeader`.
public struct PageHeader: Hashable, Sendable {
    /// What follows the sizes, by the kind of page.
    public enum Content: Hashable, Sendable {
        /// Values without nulls.
        case dictionary(valueCount: Int, encoding: Encoding)
        /// Levels with their length before them, then values; compressed together.
        case data(valueCount: Int, encoding: Encoding, definitionEncoding: Encoding, repetitionEncoding: Encoding)
        /// Levels, not compressed, then values.
        case dataV2(DataV2)
        /// A page that is to be skipped.
        case other(PageKind)
    }

    /// The parts of a data page of version 2.
    ///
    /// Spec: parquet.thrift, `DataPageHeaderV2`.
    public struct DataV2: Hashable, Sendable {
        /// Number of values with their nulls.
        public var valueCount = 0
        /// Number of nulls.
        public var nullCount = 0
        /// Number of rows.
        public var rowCount = 0
        /// How the values are encoded.
        public var encoding = Encoding.plain
        /// Bytes of the definition levels.
        public var definitionByteCount = 0
        /// Bytes of the repetition levels.
        public var repetitionByteCount = 0
        /// Whether the values are compressed.
        public var isCompressed = true
    }

    /// Bytes of the page, decompressed.
    public let uncompressedByteCount: Int
    /// Bytes of the page as stored.
    public let compressedByteCount: Int
    /// Checksum of the stored bytes.
    public let checksum: UInt32?
    /// What follows.
    public internal(set) var content: Content

    /// Number of values with their nulls; nil for pages that are not data pages.
    public var dataValueCount: Int? {
        switch content {
        case .data(let valueCount, _, _, _): valueCount
        case .dataV2(let page): page.valueCount
        case .dictionary, .other: nil
        }
    }
}

extension PageHeader {
    /// Returns the header of a data page with fewer values.
    func clipped(to valueCount: Int) -> PageHeader {
        var result = self
        switch content {
        case .data(_, let encoding, let definition, let repetition):
            result.content = .data(
                valueCount: valueCount, encoding: encoding, definitionEncoding: definition,
                repetitionEncoding: repetition)
        case .dataV2(var page):
            page.valueCount = valueCount
            page.nullCount = min(page.nullCount, valueCount)
            result.content = .dataV2(page)
        case .dictionary, .other: break
        }
        return result
    }

    init(_ reader: inout CompactReader) throws(DecodeFault) {
        let start = reader.offset
        var kind: PageKind?
        var uncompressed: Int32?
        var compressed: Int32?
        var checksum: UInt32?
        var data: Content?
        var dictionary: Content?
        var dataV2: Content?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: kind = try reader.int32(field).map(PageKind.init(rawValue:))
            case 2: uncompressed = try reader.int32(field)
            case 3: compressed = try reader.int32(field)
            // Some writers store the unsigned number, which does not fit 32 bits with a sign.
            case 4: checksum = try reader.int64(field).map(UInt32.init(truncatingIfNeeded:))
            case 5: if try reader.structure(field) { data = try Self.data(&reader) }
            case 7: if try reader.structure(field) { dictionary = try Self.dictionary(&reader) }
            case 8: if try reader.structure(field) { dataV2 = try Self.dataV2(&reader) }
            default: try reader.skip(field.type)
            }
        }
        guard let kind, let uncompressed, let compressed else { throw .malformed(.missingField, at: start) }
        guard uncompressed >= 0, compressed >= 0 else { throw .malformed(.negativeSize, at: start) }
        let content: Content?
        switch kind {
        case .dataPage: content = data
        case .dictionaryPage: content = dictionary
        case .dataPageV2: content = dataV2
        default: content = .other(kind)
        }
        guard let content else { throw .malformed(.missingField, at: start) }
        self.init(
            uncompressedByteCount: Int(uncompressed), compressedByteCount: Int(compressed), checksum: checksum,
            content: content)
    }

    private static func count(_ value: Int32?, at offset: Int) throws(DecodeFault) -> Int {
        guard let value else { throw .malformed(.missingField, at: offset) }
        guard value >= 0 else { throw .malformed(.negativeSize, at: offset) }
        return Int(value)
    }

    private static func data(_ reader: inout CompactReader) throws(DecodeFault) -> Content {
        let start = reader.offset
        var valueCount: Int32?
        var encoding: Int32?
        var definition: Int32?
        var repetition: Int32?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: valueCount = try reader.int32(field)
            case 2: encoding = try reader.int32(field)
            case 3: definition = try reader.int32(field)
            case 4: repetition = try reader.int32(field)
            default: try reader.skip(field.type)
            }
        }
        guard let encoding else { throw .malformed(.missingField, at: start) }
        return .data(
            valueCount: try count(valueCount, at: start), encoding: Encoding(rawValue: encoding),
            definitionEncoding: Encoding(rawValue: definition ?? Encoding.rle.rawValue),
            repetitionEncoding: Encoding(rawValue: repetition ?? Encoding.rle.rawValue))
    }

    private static func dictionary(_ reader: inout CompactReader) throws(DecodeFault) -> Content {
        let start = reader.offset
        var valueCount: Int32?
        var encoding: Int32?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: valueCount = try reader.int32(field)
            case 2: encoding = try reader.int32(field)
            default: try reader.skip(field.type)
            }
        }
        guard let encoding else { throw .malformed(.missingField, at: start) }
        return .dictionary(
            valueCount: try count(valueCount, at: start), encoding: Encoding(rawValue: encoding))
    }

    private static func dataV2(_ reader: inout CompactReader) throws(DecodeFault) -> Content {
        let start = reader.offset
        var page = DataV2()
        var encoding: Int32?
        var hasValueCount = false
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1:
                page.valueCount = try count(try reader.int32(field), at: start)
                hasValueCount = true
            case 2: page.nullCount = try count(try reader.int32(field), at: start)
            case 3: page.rowCount = try count(try reader.int32(field), at: start)
            case 4: encoding = try reader.int32(field)
            case 5: page.definitionByteCount = try count(try reader.int32(field), at: start)
            case 6: page.repetitionByteCount = try count(try reader.int32(field), at: start)
            case 7: page.isCompressed = try reader.boolean(field) ?? true
            default: try reader.skip(field.type)
            }
        }
        guard hasValueCount, let encoding else { throw .malformed(.missingField, at: start) }
        guard page.nullCount <= page.valueCount else { throw .malformed(.pageNullCount, at: start) }
        page.encoding = Encoding(rawValue: encoding)
        return .dataV2(page)
    }
}
