public import ByteCore

/// A data page, decompressed and taken apart: here both versions of data pages become one.
public struct PageBody: Sendable {
    /// Runs of the RLE hybrid without a length before them; empty where the column has no repetition.
    public let repetitionLevels: Bytes
    /// Runs of the RLE hybrid without a length before them; empty where every value is there.
    public let definitionLevels: Bytes
    /// The encoded values.
    public let values: Bytes
    /// How the values are encoded.
    public let encoding: Encoding
    /// Number of values with their nulls, which is the number of levels.
    public let valueCount: Int
    /// Number of nulls, where the header says it.
    public let nullCount: Int?
    /// Number of rows, where the header says it.
    public let rowCount: Int?

    /// Decompresses a data page of either version and takes it apart.
    ///
    /// The body's windows keep the memory alive; once they are all gone, `scratch` uses it for a later page.
    ///
    /// - Throws: `malformed`, `truncated`, and `unsupported` by codec or level encoding.
    public init(
        _ page: RawPage, leaf: LeafColumn, codec: CompressionCodec, limits: Limits = .default,
        scratch: inout PageScratch
    ) throws(DecodeFault) {
        switch page.header.content {
        case .data(let valueCount, let encoding, let definitionEncoding, let repetitionEncoding):
            let body = try Codec(codec).decompress(
                page.body, to: page.header.uncompressedByteCount, limits: limits, scratch: &scratch)
            var offset = 0
            repetitionLevels = try Self.levels(
                body, at: &offset, encoding: repetitionEncoding, bitWidth: leaf.repetitionBitWidth,
                count: valueCount, quirks: page.quirks)
            definitionLevels = try Self.levels(
                body, at: &offset, encoding: definitionEncoding, bitWidth: leaf.definitionBitWidth,
                count: valueCount, quirks: page.quirks)
            values = body[offset..<body.count]
            self.encoding = encoding
            self.valueCount = valueCount
            nullCount = nil
            rowCount = nil
        case .dataV2(let header):
            let levelByteCount = try Checked.sum(header.repetitionByteCount, header.definitionByteCount)
            guard levelByteCount <= page.body.count, levelByteCount <= page.header.uncompressedByteCount else {
                throw .malformed(.levelBytes)
            }
            let repetition = page.body[0..<header.repetitionByteCount]
            let definition = page.body[header.repetitionByteCount..<levelByteCount]
            repetitionLevels = leaf.maxRepetitionLevel == 0 ? Bytes() : repetition
            definitionLevels = leaf.maxDefinitionLevel == 0 ? Bytes() : definition
            let stored = page.body[levelByteCount..<page.body.count]
            let valueByteCount = page.header.uncompressedByteCount - levelByteCount
            // Arrow C++ before 3.0 compressed every page and said of each that it was not; the sizes tell.
            let isCompressed = header.isCompressed || stored.count != valueByteCount
            values = try Codec(isCompressed ? codec : .uncompressed).decompress(
                stored, to: valueByteCount, limits: limits, scratch: &scratch)
            encoding = header.encoding
            valueCount = header.valueCount
            nullCount = header.nullCount
            rowCount = header.rowCount
        case .dictionary, .other: preconditionFailure("PageBody: not a data page")
        }
    }

    /// Takes the levels of a page of version 1 from `body`, where RLE levels have their length before them.
    private static func levels(
        _ body: Bytes, at offset: inout Int, encoding: Encoding, bitWidth: Int, count: Int, quirks: WriterQuirks
    ) throws(DecodeFault) -> Bytes {
        if bitWidth == 0 { return Bytes() }
        switch encoding {
        case .rle: break
        case .bitPacked:
            let byteCount = try BitPackedLevels.byteCount(count: count, bitWidth: bitWidth)
            guard byteCount <= body.count - offset else { throw .malformed(.levelBytes, at: offset) }
            let packed = body[offset..<offset + byteCount]
            offset += byteCount
            return BitPackedLevels.hybridRun(packed.span, count: count, bitWidth: bitWidth, quirks: quirks)
        default: throw DecodeFault(.unsupported(.encoding(encoding.rawValue)), at: offset)
        }
        guard body.count - offset >= 4 else { throw DecodeFault(.truncated, at: body.count) }
        let byteCount = Int(body.span.load(at: offset, as: UInt32.self))
        guard byteCount <= body.count - offset - 4 else { throw .malformed(.levelBytes, at: offset) }
        let start = offset + 4
        offset = start + byteCount
        return body[start..<offset]
    }
}

/// A dictionary page, decompressed: the values that indices of the chunk's data pages point into.
public struct DictionaryPage: Sendable {
    /// The encoded values.
    public let values: Bytes
    /// How the values are encoded; `plainDictionary` means the same as `plain`.
    public let encoding: Encoding
    /// Number of values.
    public let valueCount: Int

    /// Decompresses a dictionary page; nil where the page is of another kind.
    ///
    /// - Throws: `malformed`, `truncated`, `limit`, and `unsupported` by codec.
    public init?(_ page: RawPage, codec: CompressionCodec, limits: Limits = .default) throws(DecodeFault) {
        guard case .dictionary(let valueCount, let encoding) = page.header.content else { return nil }
        // The dictionary outlives the pages, so its memory is not one that they share.
        var scratch = PageScratch()
        let byteCount = page.header.uncompressedByteCount
        guard byteCount <= limits.dictionaryByteCount else { throw DecodeFault(.limit(.dictionarySize)) }
        values = try Codec(codec).decompress(page.body, to: byteCount, limits: limits, scratch: &scratch)
        self.encoding = encoding
        self.valueCount = valueCount
    }
}
