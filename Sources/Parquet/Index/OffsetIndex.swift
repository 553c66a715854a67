public import ByteCore

/// Where one data page is.
///
/// Spec: parquet.thrift, `PageLocation`.
public struct PageLocation: Hashable, Sendable {
    /// Bytes of the page with its header, in the file.
    public let range: ByteRange
    /// Index of the page's first row in the row group.
    public let firstRowIndex: Int64
}

/// Where the data pages of a column chunk are.
///
/// Spec: PageIndex.md; parquet.thrift, `OffsetIndex`.
public struct OffsetIndex: Hashable, Sendable {
    /// The data pages in their order; the dictionary page is not among them.
    public let pages: [PageLocation]
    /// Bytes of the byte-array values of each page without encoding; empty where the writer does not say.
    public let unencodedByteCounts: [Int64]

    /// Reads a serialized index, for a row group of `rowCount` rows in a file of `fileByteCount` bytes.
    /// `decryptor` is that of its chunk.
    ///
    /// - Throws: `authentication`, `truncated` and `malformed`, also where pages lie outside the file or are not in the order of rows. The
    ///   data can be read without the index.
    public init(
        _ bytes: Bytes, rowCount: Int64, fileByteCount: Int64, limits: Limits = .default,
        decryptor: ModuleDecryptor? = nil
    ) throws(ParquetError) {
        do throws(DecodeFault) {
            let bytes = if let decryptor { try decryptor.open(bytes, .offsetIndex) } else { bytes }
            var reader = CompactReader(bytes.span, depthLimit: limits.nestingDepth)
            try self.init(&reader, rowCount: rowCount, fileByteCount: fileByteCount)
        } catch {
            throw ParquetError(error)
        }
    }

    private init(_ reader: inout CompactReader, rowCount: Int64, fileByteCount: Int64) throws(DecodeFault) {
        var pages: [PageLocation] = []
        var byteCounts: [Int64] = []
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1:
                guard let list = try reader.list(field, of: CompactReader.WireType.structure) else { continue }
                for _ in 0..<list.count {
                    let start = reader.offset
                    let page = try PageLocation(&reader, fileByteCount: fileByteCount)
                    let isNext = page.firstRowIndex < rowCount && page.firstRowIndex >= pages.last?.firstRowIndex ?? 0
                    guard isNext else { throw .malformed(.indexOrder, at: start) }
                    pages.append(page)
                }
            case 2: byteCounts = try reader.int64s(field)
            default: try reader.skip(field.type)
            }
        }
        guard byteCounts.isEmpty || byteCounts.count == pages.count else { throw .malformed(.indexLength) }
        self.pages = pages
        unencodedByteCounts = byteCounts
    }
}

extension PageLocation {
    fileprivate init(_ reader: inout CompactReader, fileByteCount: Int64) throws(DecodeFault) {
        let start = reader.offset
        var offset: Int64?
        var byteCount: Int32?
        var firstRowIndex: Int64?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: offset = try reader.int64(field)
            case 2: byteCount = try reader.int32(field)
            case 3: firstRowIndex = try reader.int64(field)
            default: try reader.skip(field.type)
            }
        }
        guard let offset, let byteCount, let firstRowIndex else { throw .malformed(.missingField, at: start) }
        guard byteCount >= 0, firstRowIndex >= 0 else { throw .malformed(.negativeSize, at: start) }
        guard offset >= 0, offset <= fileByteCount - Int64(byteCount) else {
            throw .malformed(.chunkOutsideFile, at: start)
        }
        range = ByteRange(offset: offset, count: Int64(byteCount))
        self.firstRowIndex = firstRowIndex
    }
}

extension CompactReader {
    mutating func int64s(_ field: Field) throws(DecodeFault) -> [Int64] {
        guard let list = try list(field, of: WireType.int64) else { return [] }
        var result: [Int64] = []
        result.reserveCapacity(list.count)
        for _ in 0..<list.count { result.append(try int64Element()) }
        return result
    }

    /// Booleans in lists are 1 and 2, or 0 and 1, by different writers: 1 is true in both.
    mutating func booleans(_ field: Field) throws(DecodeFault) -> [Bool] {
        let start = offset
        guard let list = try list(field) else { return [] }
        guard list.count == 0 || list.elementType == WireType.booleanTrue || list.elementType == WireType.booleanFalse
        else { throw .malformed(.thriftType, at: start) }
        var result: [Bool] = []
        result.reserveCapacity(list.count)
        for _ in 0..<list.count { result.append(try cursor.read(UInt8.self) == 1) }
        return result
    }

    /// The bytes of a list of binaries, as windows over `bytes`, which the reader is over.
    mutating func binaries(_ field: Field, in bytes: Bytes) throws(DecodeFault) -> [Bytes] {
        guard let list = try list(field, of: WireType.binary) else { return [] }
        var result: [Bytes] = []
        for _ in 0..<list.count { result.append(bytes[try binaryElement()]) }
        return result
    }
}
