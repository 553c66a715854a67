public import ByteCore

/// One data page, opened: its levels and its values, both still to be taken.
public struct DecodedPage: Sendable {
    /// Number of values with their nulls.
    public let valueCount: Int
    /// Which values are there.
    public var levels: LevelRuns
    /// The values that are there.
    public var values: PhysicalValues
}

/// Opens the pages of one column chunk, one after the other.
///
/// A writer may stop using the dictionary in the middle of a chunk: every page says itself how it is encoded.
public struct ColumnChunkReader: Sendable {
    /// The column.
    public let leaf: LeafColumn
    /// The values of the dictionary page, once it was passed.
    public private(set) var dictionary: DictionaryValues?

    private let codec: CompressionCodec
    private let isEncrypted: Bool
    private let limits: Limits
    private var walker: PageWalker
    private var scratch = PageScratch()
    private var isFirstPage = true
    /// The last value of the page before, kept only where the next page may share a prefix with it.
    private var lastByteArray = Bytes()

    /// Creates a reader over a chunk that is in memory whole.
    public init(chunk: Bytes, leaf: LeafColumn, metadata: ColumnChunkMetadata, limits: Limits = .default) {
        self.init(chunk: ChunkBytes(chunk), leaf: leaf, metadata: metadata, limits: limits)
    }

    /// Creates a reader over the bytes of a chunk.
    public init(chunk: ChunkBytes, leaf: LeafColumn, metadata: ColumnChunkMetadata, limits: Limits = .default) {
        self.leaf = leaf
        self.limits = limits
        codec = metadata.codec
        isEncrypted = metadata.decryptor != nil
        walker = PageWalker(chunk: chunk, leaf: leaf, metadata: metadata, limits: limits)
    }

    /// Position of the page that `nextPage` returned or failed on, counting every page of the chunk.
    public var pageIndex: Int { walker.pageIndex }

    /// The chunk's bytes from the next page on, as far as they are in memory.
    public var chunk: ChunkBytes { walker.chunk }

    /// Number of bytes from the next page's start that have to be in memory, where that is why `nextPage` failed; a
    /// reader that was copied before may go on once they are there.
    public var awaitedByteCount: Int? { walker.awaitedByteCount }

    /// Whether data pages are missing.
    public var hasValues: Bool { walker.hasValues }

    /// The headers of the next dictionary and data page; nil where that of the data page is not in memory.
    public var nextHeaders: (dictionary: PageHeader?, data: PageHeader)? { walker.nextHeaders() }

    /// Bytes that the next data page takes beside those stored while its values are taken: none where they are read as
    /// they lie in the chunk, in one piece.
    public func openByteCount(of page: PageHeader) -> Int {
        let isStoredOpen: Bool
        let encoding: Encoding
        switch page.content {
        case .data(_, let valueEncoding, _, _): (isStoredOpen, encoding) = (codec == .uncompressed, valueEncoding)
        case .dataV2(let data):
            // A writer that says so of compressed pages is known by their sizes.
            let isCompressed = data.isCompressed || page.compressedByteCount != page.uncompressedByteCount
            (isStoredOpen, encoding) = (codec == .uncompressed || !isCompressed, data.encoding)
        case .dictionary, .other: return page.uncompressedByteCount
        }
        let isReadAsStored = [.plain, .rle, .rleDictionary, .plainDictionary].contains(encoding)
        let isInOnePiece = page.compressedByteCount <= chunk.window.count
        return isStoredOpen && isReadAsStored && isInOnePiece && !isEncrypted ? 0 : page.uncompressedByteCount
    }

    /// Adds bytes that follow those in memory.
    public mutating func append(_ bytes: Bytes) { walker.append(bytes) }

    /// Opens the next data page, passing the dictionary page if it comes first; nil after the last one.
    ///
    /// - Throws: what is wrong with the page; the byte counts from the start of its innermost part.
    public mutating func nextPage() throws(DecodeFault) -> DecodedPage? {
        while let page = try walker.next() {
            if let stored = try DictionaryPage(page, codec: codec, limits: limits) {
                dictionary = try ValueDecoding.dictionary(
                    stored.values, encoding: stored.encoding, leaf: leaf, count: stored.valueCount)
                continue
            }
            let body = try PageBody(page, leaf: leaf, codec: codec, limits: limits, scratch: &scratch)
            let levels = try LevelRuns(
                definition: body.definitionLevels, repetition: body.repetitionLevels, leaf: leaf,
                valueCount: body.valueCount, isFirstPage: isFirstPage)
            isFirstPage = false
            let values = try ValueDecoding.open(
                body.values, encoding: body.encoding, leaf: leaf, limit: body.valueCount, limits: limits,
                before: lastByteArray)
            if body.encoding == .deltaByteArray, page.quirks.contains(.deltaByteArraysAcrossPages),
                let last = values.last
            {
                // A copy: a window would keep the memory of the page from being used again.
                lastByteArray = Bytes(copying: last.span)
            }
            return DecodedPage(valueCount: body.valueCount, levels: levels, values: values)
        }
        return nil
    }
}
