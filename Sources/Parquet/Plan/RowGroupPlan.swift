import ByteCore

/// Where the chunk of one column is, in the file and in what is fetched.
public struct ChunkSlice: Hashable, Sendable {
    /// Index of the leaf.
    public let leafIndex: Int
    /// Bytes of the chunk in the file.
    public let range: ByteRange
}

/// What to read of one row group: computed from the footer alone, without any reading.
public struct RowGroupPlan: Hashable, Sendable {
    /// The chunks, in the order of the projected leaves.
    public let chunks: [ChunkSlice]
    /// Number of rows.
    public let rowCount: Int64
    /// Bytes of all chunks as stored.
    public let storedByteCount: Int
    /// Bytes of all pages when decompressed, as the writer says, but for those that are read as they are stored. A writer
    /// may put a whole chunk into one page, so all of them may be open at once.
    public let openByteCount: Int

    /// Gap over which two chunks are read together: a request costs more than the bytes in between.
    public static let chunkGap: Int64 = 1 << 20

    /// The requests that read all chunks, sorted by offset.
    public var requests: [ByteRange] { Parquet.requests(for: chunks.map(\.range), gap: Self.chunkGap) }

    /// Bytes that those requests bring, which are more than those of the chunks where there are gaps.
    public var requestedByteCount: Int { Int(clamping: requests.reduce(0) { $0 + $1.count }) }

    /// A size above this stands for any: sums of two stay representable.
    private static let most: Int64 = 1 << 60
    /// Bytes read past the declared end of a chunk: old writers forgot to count the header of the dictionary page.
    static let slack: Int64 = 128

    /// Plans the reading of some leaves of a row group.
    ///
    /// - Parameter following: the row group after it, of whose bytes none are read.
    /// - Throws: `malformed` where a chunk is not inside the file or is not of its leaf's type; `unsupported` where it
    ///   is in another file; where it is encrypted, `keyMissing` without its key and `authentication` with a wrong one.
    ///   The error names the row group and the column.
    public init(
        rowGroup: RowGroupMetadata, following: RowGroupMetadata? = nil, leaves: [LeafColumn], fileByteCount: Int64
    ) throws(ParquetError) {
        var ranges: [ByteRange] = []
        ranges.reserveCapacity(leaves.count)
        var starts = Self.starts(of: rowGroup)
        if let next = following.flatMap({ Self.starts(of: $0).min() }) { starts.append(next) }
        starts.sort()
        var pageBytes: Int64 = 0
        for leaf in leaves {
            do throws(DecodeFault) {
                guard rowGroup.columns.indices.contains(leaf.index) else { throw .malformed(.chunkColumnCount) }
                let chunk = rowGroup.columns[leaf.index]
                ranges.append(
                    try Self.range(
                        of: chunk, leaf: leaf, rowCount: rowGroup.rowCount, fileByteCount: fileByteCount,
                        starts: starts))
                let opened = chunk.isReadAsStored ? 0 : max(chunk.totalUncompressedByteCount, 0)
                pageBytes = min(pageBytes + min(opened, Self.most), Self.most)
            } catch {
                throw ParquetError(kind: error.kind, rowGroup: rowGroup.index, column: leaf.name)
            }
        }
        rowCount = rowGroup.rowCount
        chunks = zip(leaves, ranges).map { leaf, range in ChunkSlice(leafIndex: leaf.index, range: range) }
        storedByteCount = Int(ranges.reduce(0) { min($0 + min($1.count, Self.most), Self.most) })
        openByteCount = Int(pageBytes)
    }

    /// Offsets of the chunks that have values; of others they mean nothing.
    private static func starts(of rowGroup: RowGroupMetadata) -> [Int64] {
        rowGroup.columns.compactMap { $0.valueCount == 0 ? nil : start(of: $0) }
    }

    /// Offset of the first page: the dictionary page's where it is believable, else the data page's.
    ///
    /// Writers have left the dictionary offset out, written 0, or written one after the data page.
    private static func start(of chunk: ColumnChunkMetadata) -> Int64? {
        guard let dictionary = chunk.dictionaryPageOffset, dictionary >= 4, dictionary < chunk.dataPageOffset else {
            return chunk.dataPageOffset
        }
        return dictionary
    }

    private static func range(
        of chunk: ColumnChunkMetadata, leaf: LeafColumn, rowCount: Int64, fileByteCount: Int64, starts: [Int64]
    ) throws(DecodeFault) -> ByteRange {
        if chunk.filePath != nil { throw DecodeFault(.unsupported(.externalFile)) }
        if let lock = chunk.lock { throw DecodeFault(lock) }
        guard chunk.physicalType == leaf.physicalType else { throw .malformed(.physicalTypeMismatch) }
        guard (0...PhysicalType.fixedLengthByteArray.rawValue).contains(chunk.physicalType.rawValue) else {
            throw DecodeFault(.unsupported(.physicalType(chunk.physicalType.rawValue)))
        }
        guard chunk.valueCount >= 0, chunk.totalCompressedByteCount >= 0 else { throw .malformed(.negativeSize) }
        if leaf.maxRepetitionLevel == 0, chunk.valueCount != rowCount { throw .malformed(.rowCount) }
        // A chunk of no values may have no pages, and then its offset means nothing.
        if chunk.valueCount == 0 { return ByteRange(offset: 0, count: 0) }
        let start = start(of: chunk) ?? 0
        let limit = fileByteCount - FooterTail.byteCount
        guard start >= 0, start < limit, chunk.totalCompressedByteCount <= limit - start else {
            throw .malformed(.chunkOutsideFile)
        }
        let end = start + chunk.totalCompressedByteCount
        // Read on into nobody's bytes, in case the total is too small; the next chunk's bytes are not ours.
        let next = starts.first { $0 >= end } ?? limit
        return ByteRange(offset: start, count: min(end + slack, next, limit) - start)
    }
}
