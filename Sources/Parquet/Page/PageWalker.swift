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
    /// The chunk's bytes from the next page on, as far as they are in memory.
    public private(set) var chunk: ChunkBytes
    /// Number of bytes from the next page's start that have to be in memory before it can be read, where that is why
    /// `next` failed; such a walk may go on from a copy made before.
    public private(set) var awaitedByteCount: Int?
    private let limits: Limits
    private let declaredByteCount: Int
    private let isRepeated: Bool
    private let quirks: WriterQuirks
    private var remainingValueCount: Int64
    private var hasPages = false
    /// Nil where the chunk is not encrypted.
    private var decryption: PageDecryption?

    /// Position of the page that `next` returned or failed on, counting every page of the chunk.
    public private(set) var pageIndex = -1

    /// Creates a walk over a chunk that is in memory whole.
    public init(chunk: Bytes, leaf: LeafColumn, metadata: ColumnChunkMetadata, limits: Limits = .default) {
        self.init(chunk: ChunkBytes(chunk), leaf: leaf, metadata: metadata, limits: limits)
    }

    /// Creates a walk over the bytes of a chunk, which may go on after its declared end.
    public init(chunk: ChunkBytes, leaf: LeafColumn, metadata: ColumnChunkMetadata, limits: Limits = .default) {
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

    /// Adds bytes that follow those in memory.
    public mutating func append(_ bytes: Bytes) { chunk.append(bytes) }

    /// Whether data pages are missing.
    public var hasValues: Bool { remainingValueCount > 0 }

    /// Returns the next dictionary or data page, nil after the last value; pages of other kinds are passed over.
    ///
    /// - Throws: `malformed`, `truncated`, `limit`, `checksum` where a page has one that does not match, and
    ///   `authentication` where an encrypted one was changed or moved. The byte counts from the start of the page's
    ///   header.
    public mutating func next() throws(DecodeFault) -> RawPage? {
        while remainingValueCount > 0 {
            pageIndex += 1
            guard chunk.offset < min(chunk.byteCount, declaredByteCount) else { throw .malformed(.chunkValueCount) }
            var (header, body) = try page()
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

    /// Returns the headers of the next dictionary and data page; nil where that of the data page cannot be read.
    ///
    /// The data page itself need not be in memory.
    func nextHeaders() -> (dictionary: PageHeader?, data: PageHeader)? {
        var walker = self
        var dictionary: PageHeader?
        while let (header, range) = try? walker.header() {
            if let count = header.dataValueCount, count > 0 { return (dictionary, header) }
            if case .dictionary = header.content { dictionary = header }
            guard range.upperBound <= walker.chunk.window.count else { return nil }
            walker.chunk.drop(range.upperBound)
        }
        return nil
    }

    /// Takes the next page, whatever its kind.
    private mutating func page() throws(DecodeFault) -> (PageHeader, Bytes) {
        let (header, range) = try header()
        chunk.widen(to: range.upperBound)
        let window = chunk.window
        guard range.upperBound <= window.count else {
            if range.upperBound <= chunk.byteCount - chunk.offset { awaitedByteCount = range.upperBound }
            throw DecodeFault(.truncated, at: window.count)
        }
        chunk.drop(range.upperBound)
        return (header, window[range])
    }

    /// Reads the next page's header; returns it and where after its start the page's bytes are.
    private mutating func header() throws(DecodeFault) -> (PageHeader, Range<Int>) {
        while true {
            let windowByteCount = chunk.window.count
            let before = decryption
            do throws(DecodeFault) {
                return try headerInWindow()
            } catch {
                // What looks wrong may only be cut off.
                let left = chunk.byteCount - chunk.offset
                guard windowByteCount < min(left, limits.pageHeaderByteCount) else { throw error }
                let byteCount = min(max(windowByteCount * 2, 1 << 10), left)
                chunk.widen(to: byteCount)
                decryption = before
                if chunk.window.count == windowByteCount {
                    awaitedByteCount = byteCount
                    throw error
                }
            }
        }
    }

    private mutating func headerInWindow() throws(DecodeFault) -> (PageHeader, Range<Int>) {
        let header: PageHeader
        let start: Int
        if let opened = try decryption?.openHeader(chunk.window) {
            var reader = CompactReader(opened.plaintext.span, depthLimit: limits.nestingDepth)
            header = try PageHeader(&reader)
            start = opened.byteCount
        } else {
            var reader = CompactReader(chunk.window.span, depthLimit: limits.nestingDepth)
            header = try PageHeader(&reader)
            start = reader.offset
        }
        let stored = chunk.window[start..<chunk.window.count]
        let byteCount = try decryption?.storedByteCount(stored) ?? header.compressedByteCount
        guard header.uncompressedByteCount <= limits.pageByteCount else { throw DecodeFault(.limit(.pageSize)) }
        return (header, start..<(try Checked.sum(start, byteCount)))
    }
}
