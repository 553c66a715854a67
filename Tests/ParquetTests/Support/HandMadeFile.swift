import ByteCore
import Parquet

/// Parts of Parquet files, byte by byte, with defaults that make a valid file.
enum HandMade {
    static func element(
        _ name: String, type: Int? = nil, length: Int? = nil, repetition: Int? = 0, children: Int? = nil,
        converted: Int? = nil, _ more: (inout CompactWriter) -> Void = { _ in }
    ) -> [UInt8] {
        CompactWriter.structure { writer in
            if let type { writer.int32(1, type) }
            if let length { writer.int32(2, length) }
            if let repetition { writer.int32(3, repetition) }
            writer.string(4, name)
            if let children { writer.int32(5, children) }
            if let converted { writer.int32(6, converted) }
            more(&writer)
        }
    }

    /// A root with one required INT32 column.
    static let oneColumn = [element("schema", repetition: nil, children: 1), element("a", type: 1)]

    static func chunk(
        type: Int = 1, codec: Int = 0, values: Int64 = 5, bytes: Int64, offset: Int64 = 4, dictionary: Int64? = nil,
        path: [String] = ["a"], _ more: (inout CompactWriter) -> Void = { _ in },
        chunk: (inout CompactWriter) -> Void = { _ in }
    ) -> [UInt8] {
        CompactWriter.structure { writer in
            writer.int64(2, 0)
            writer.structure(3) { writer in
                writer.int32(1, type)
                writer.int32s(2, [0])
                writer.strings(3, path)
                writer.int32(4, codec)
                writer.int64(5, values)
                writer.int64(6, bytes)
                writer.int64(7, bytes)
                writer.int64(9, offset)
                if let dictionary { writer.int64(11, dictionary) }
                more(&writer)
            }
            chunk(&writer)
        }
    }

    static func rowGroup(_ chunks: [[UInt8]], rows: Int64 = 5) -> [UInt8] {
        CompactWriter.structure { writer in
            writer.structures(1, chunks)
            writer.int64(2, 100)
            writer.int64(3, rows)
        }
    }

    static func footer(
        schema: [[UInt8]] = oneColumn, rows: Int64 = 5, rowGroups: [[UInt8]],
        _ more: (inout CompactWriter) -> Void = { _ in }
    ) -> [UInt8] {
        CompactWriter.structure { writer in
            writer.int32(1, 1)
            writer.structures(2, schema)
            writer.int64(3, rows)
            writer.structures(4, rowGroups)
            more(&writer)
        }
    }

    static func file(pages: [UInt8], footer: [UInt8]) -> Bytes {
        let length = UInt32(footer.count)
        let tail = (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        return Bytes(Array("PAR1".utf8) + pages + footer + tail + Array("PAR1".utf8))
    }

    static func dataPage(
        _ body: [UInt8], values: Int, encoding: Int = 0, uncompressed: Int? = nil, compressed: Int? = nil,
        checksum: Int64? = nil, levels: Int = 3
    ) -> [UInt8] {
        page(0, body, uncompressed, compressed, checksum) { writer in
            writer.structure(5) { writer in
                writer.int32(1, values)
                writer.int32(2, encoding)
                writer.int32(3, levels)
                writer.int32(4, levels)
            }
        }
    }

    static func dictionaryPage(_ body: [UInt8], values: Int) -> [UInt8] {
        page(2, body, nil, nil, nil) { writer in
            writer.structure(7) { writer in
                writer.int32(1, values)
                writer.int32(2, 2)
            }
        }
    }

    static func dataPageV2(
        _ body: [UInt8], values: Int, nulls: Int = 0, rows: Int? = nil, definition: Int = 0, repetition: Int = 0,
        isCompressed: Bool? = nil, uncompressed: Int? = nil
    ) -> [UInt8] {
        page(3, body, uncompressed, nil, nil) { writer in
            writer.structure(8) { writer in
                writer.int32(1, values)
                writer.int32(2, nulls)
                writer.int32(3, rows ?? values)
                writer.int32(4, 0)
                writer.int32(5, definition)
                writer.int32(6, repetition)
                if let isCompressed { writer.bool(7, isCompressed) }
            }
        }
    }

    static func page(
        _ kind: Int, _ body: [UInt8], _ uncompressed: Int? = nil, _ compressed: Int? = nil, _ checksum: Int64? = nil,
        _ content: (inout CompactWriter) -> Void = { _ in }
    ) -> [UInt8] {
        CompactWriter.structure { writer in
            writer.int32(1, kind)
            writer.int32(2, uncompressed ?? body.count)
            writer.int32(3, compressed ?? body.count)
            if let checksum { writer.int64(4, checksum) }
            content(&writer)
        } + body
    }

    /// Five INT32 values, PLAIN.
    static let fiveValues: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0]
}

extension ColumnChunkMetadata {
    /// The metadata of the only chunk of a footer, which is how one comes into being.
    static func made(_ chunk: [UInt8], schema: [[UInt8]] = HandMade.oneColumn) throws -> ColumnChunkMetadata {
        let footer = HandMade.footer(schema: schema, rowGroups: [HandMade.rowGroup([chunk])])
        return try FileMetadata(footer: Bytes(footer)).rowGroups[0].columns[0]
    }
}

/// What a walk over all pages of a file found.
struct FileWalk: Equatable {
    var rowCount: Int64 = 0
    var pageCount = 0
    var dictionaryCount = 0
    var valueCount = 0
    var byteCount = 0

    /// Reads the footer, plans and loads every row group and takes every page apart.
    init(_ file: Bytes, limits: Limits = .default, keys: DecryptionKeys = .none) async throws {
        let metadata = try await readFooter(of: file, limits: limits, keys: keys)
        let leaves = try SchemaTree(metadata.schema, limits: limits).leaves
        for rowGroup in metadata.rowGroups {
            let plan = try RowGroupPlan(rowGroup: rowGroup, leaves: leaves, fileByteCount: file.byteCount)
            let loaded = try await load(plan, from: file)
            rowCount += plan.rowCount
            for (leaf, chunk) in zip(leaves, loaded.chunks) {
                let column = rowGroup.columns[leaf.index]
                var walker = PageWalker(chunk: chunk, leaf: leaf, metadata: column, limits: limits)
                do throws(DecodeFault) {
                    try walk(&walker, leaf: leaf, codec: column.codec, limits: limits)
                } catch {
                    throw ParquetError(error, rowGroup: rowGroup.index, column: leaf.name, page: walker.pageIndex)
                }
            }
        }
    }

    private mutating func walk(
        _ walker: inout PageWalker, leaf: LeafColumn, codec: CompressionCodec, limits: Limits
    ) throws(DecodeFault) {
        var scratch = PageScratch()
        while let page = try walker.next() {
            pageCount += 1
            if let dictionary = try DictionaryPage(page, codec: codec, limits: limits) {
                dictionaryCount += 1
                byteCount += dictionary.values.count
            } else {
                let body = try PageBody(page, leaf: leaf, codec: codec, limits: limits, scratch: &scratch)
                valueCount += body.valueCount
                byteCount += body.values.count + body.definitionLevels.count + body.repetitionLevels.count
            }
        }
    }
}
