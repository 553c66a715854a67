public import ByteCore

/// One page as stored: its header and its bytes, still compressed.
public struct RawPage: Sendable {
    /// What stood before the page.
    public let header: PageHeader
    /// The stored bytes, a window over the chunk; decrypted where the chunk is encrypted.
    public let body: Bytes
    /// Position among all pages of the chunk.
    public let index: Int
    /// What its writer does otherwise than the format.
    public let quirks: WriterQuirks

    /// Creates a page.
    public init(header: PageHeader, body: Bytes, index: Int, quirks: WriterQuirks = []) {
        self.header = header
        self.body = body
        self.index = index
        self.quirks = quirks
    }
}

/// Finds the pages of a column chunk, one after the other.
///
/// Spec: README, "Column chunks". The walk ends when the data pages have as many values as the chunk's metadata says;
/// totals of bytes, which writers get wrong, only bound where a page may start.
public struct PageWalker: Sendable {
    private let chunk: Bytes
    private let limits: Limits
    private let declaredByteCount: Int
    private let isRepeated: Bool
    private let quirks: WriterQuirks
    private var remainingValueCount: Int64
    private var offset = 0
    private var hasPages = false
    /// Nil where the chunk is not encrypted.
    private var decryption: PageDecryption?

    /// Position of the page that `next` returned or failed on, counting every page of the chunk.
    public private(set) var pageIndex = -1

    /// Creates a walk over the bytes of a chunk, which may go on after its declared end.
    public init(chunk: Bytes, leaf: LeafColumn, metadata: ColumnChunkMetadata, limits: Limits = .default) {
        self.chunk = chunk
        self.limits = limits
        declaredByteCount = Int(clamping: metadata.totalCompressedByteCount)
        isRepeated = leaf.maxRepetitionLevel > 0
        quirks = metadata.quirks
        remainingValueCount = metadata.valueCount
        if let decryptor = metadata.decryptor {
            decryption = PageDecryption(decryptor, hasDictionary: metadata.dictionaryPageOffset ?? 0 > 0)
        }
    }

    /// Returns the next dictionary or data page, nil after the last value; pages of other kinds are passed over.
    ///
    /// - Throws: `malformed`, `truncated`, `limit`, `checksum` where a page has one that does not match, and
    ///   `authentication` where an encrypted one was changed or moved. The byte counts from the start of the page's
    ///   header.
    public mutating func next() throws(DecodeFault) -> RawPage? {
        while remainingValueCount > 0 {
            pageIndex += 1
            guard offset < min(chunk.count, declaredByteCount) else { throw .malformed(.chunkValueCount) }
            var (header, body) = try read()
            if case .other = header.content { continue }
            if limits.verifiesChecksums, let checksum = header.checksum, checksum != Checksum.crc32(of: body) {
                throw DecodeFault(.checksum)
            }
            if let valueCount = header.dataValueCount {
                if valueCount > remainingValueCount {
                    // Where each value is a row, the footer says twice how many there are; an Impala version counted
                    // the levels that pad the last group into the page.
                    guard !isRepeated else { throw .malformed(.chunkValueCount) }
                    header = header.clipped(to: Int(remainingValueCount))
                }
                remainingValueCount -= min(remainingValueCount, Int64(valueCount))
            } else if hasPages {
                throw .malformed(.dictionaryNotFirst)
            }
            hasPages = true
            // A page without values has nothing to decode, whatever its bytes are.
            if header.dataValueCount == 0 { continue }
            // The checksum is that of the encrypted bytes.
            if let plaintext = try decryption?.openPage(body) { body = plaintext }
            return RawPage(header: header, body: body, index: pageIndex, quirks: quirks)
        }
        return nil
    }

    private mutating func read() throws(DecodeFault) -> (PageHeader, Bytes) {
        let rest = chunk[offset..<chunk.count]
        let header: PageHeader
        let start: Int
        if let opened = try decryption?.openHeader(rest) {
            var reader = CompactReader(opened.plaintext.span, depthLimit: limits.nestingDepth)
            header = try PageHeader(&reader)
            start = opened.byteCount
        } else {
            var reader = CompactReader(rest.span, depthLimit: limits.nestingDepth)
            header = try PageHeader(&reader)
            start = reader.offset
        }
        let stored = rest[start..<rest.count]
        let byteCount = try decryption?.storedByteCount(stored) ?? header.compressedByteCount
        guard byteCount <= stored.count else { throw DecodeFault(.truncated, at: rest.count) }
        guard header.uncompressedByteCount <= limits.pageByteCount else { throw DecodeFault(.limit(.pageSize)) }
        offset += start + byteCount
        return (header, stored[0..<byteCount])
    }
}
