import ByteCore
import TestSupport
import Testing

@testable import Parquet

@Suite("File metadata")
struct FileMetadataTests {
    private func kind(_ footer: [UInt8], limits: Limits = .default) -> DecodeFault.Kind? {
        do throws(ParquetError) {
            _ = try FileMetadata(footer: Bytes(footer), limits: limits)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("every field that is kept")
    func fields() throws {
        let chunk = HandMade.chunk(bytes: 50, offset: 30, dictionary: 4) { writer in
            writer.structure(12) { $0.binary(5, [9]) }
            writer.int64(14, 700)
            writer.int32(15, 47)
        } chunk: { writer in
            writer.int64(4, 800)
            writer.int32(5, 11)
            writer.int64(6, 900)
            writer.int32(7, 12)
        }
        let pair = CompactWriter.structure { writer in
            writer.string(1, "key")
            writer.string(2, "")
        }
        let bareKey = CompactWriter.structure { $0.string(1, "bare") }
        let order = CompactWriter.structure { $0.structure(1) { _ in } }
        let footer = HandMade.footer(rowGroups: [HandMade.rowGroup([chunk])]) { writer in
            writer.structures(5, [pair, bareKey])
            writer.string(6, "writer 1.0")
            writer.structures(7, [order])
        }
        let metadata = try FileMetadata(footer: Bytes(footer))
        #expect(metadata.version == 1)
        #expect(metadata.rowCount == 5)
        #expect(metadata.createdBy == "writer 1.0")
        #expect(metadata.columnOrders == [.type])
        #expect(metadata.keyValueMetadata == [KeyValue(key: "key", value: ""), KeyValue(key: "bare", value: nil)])
        let column = try #require(metadata.rowGroups.first?.columns.first)
        #expect(column.physicalType == .int32)
        #expect(column.encodings == [.plain])
        #expect(column.path == ["a"])
        #expect(column.dataPageOffset == 30)
        #expect(column.dictionaryPageOffset == 4)
        #expect(column.totalCompressedByteCount == 50)
        #expect(column.bloomFilterOffset == 700)
        #expect(column.bloomFilterByteCount == 47)
        #expect(column.offsetIndexRange == ByteRange(offset: 800, count: 11))
        #expect(column.columnIndexRange == ByteRange(offset: 900, count: 12))
        #expect(column.statisticsBytes == Bytes(CompactWriter.structure { $0.binary(5, [9]) }))
        #expect(column.filePath == nil)
        #expect(!column.isEncrypted)
    }

    @Test("names and values that are not UTF-8 are repaired")
    func badText() throws {
        let element = CompactWriter.structure { writer in
            writer.int32(1, 1)
            writer.int32(3, 0)
            writer.binary(4, [0x61, 0xFF, 0x62])
        }
        let schema = [HandMade.element("schema", repetition: nil, children: 1), element]
        let footer = HandMade.footer(schema: schema, rowGroups: [])
        #expect(try FileMetadata(footer: Bytes(footer)).schema[1].name == "a\u{FFFD}b")
    }

    @Test("the schema may come after the row groups")
    func otherOrder() throws {
        let footer = CompactWriter.structure { writer in
            writer.structures(4, [HandMade.rowGroup([HandMade.chunk(bytes: 20)])])
            writer.structures(2, HandMade.oneColumn)
            writer.int64(3, 5)
        }
        #expect(try FileMetadata(footer: Bytes(footer)).rowGroups.count == 1)
    }

    @Test(
        "writers with departures from the format",
        arguments: [
            (nil, []), ("", []), ("impala version 1.2-INTERNAL (build x)", .levelsLowestBitFirst),
            ("parquet-mr", .deltaByteArraysAcrossPages), ("parquet-mr version 1.6.0rc3", .deltaByteArraysAcrossPages),
            ("parquet-mr version 1.7.0 (build x)", .deltaByteArraysAcrossPages), ("parquet-mr version 1.8.0", []),
            ("parquet-mr version 1.13.1 (build x)", []), ("parquet-mr version x", .deltaByteArraysAcrossPages),
            ("parquet-cpp version 1.5.1", []),
        ] as [(String?, WriterQuirks)])
    func quirks(createdBy: String?, expected: WriterQuirks) throws {
        #expect(WriterQuirks(createdBy: createdBy) == expected)
        let footer = HandMade.footer(rowGroups: [HandMade.rowGroup([HandMade.chunk(bytes: 20)])]) { writer in
            if let createdBy { writer.string(6, createdBy) }
        }
        #expect(try FileMetadata(footer: Bytes(footer)).rowGroups[0].columns[0].quirks == expected)
    }

    @Test("required parts that are missing")
    func missing() {
        #expect(kind([0]) == .malformed(.missingField))
        #expect(kind(HandMade.footer(schema: [], rowGroups: [])) == .malformed(.missingField))
        #expect(kind(HandMade.footer(schema: [[0]], rowGroups: [])) == .malformed(.missingField))
        #expect(kind(HandMade.footer(rowGroups: [HandMade.rowGroup([[0]])])) == .malformed(.missingField))
        let noRows = CompactWriter.structure { $0.structures(1, [HandMade.chunk(bytes: 9)]) }
        #expect(kind(HandMade.footer(rowGroups: [noRows])) == .malformed(.missingField))
    }

    @Test("numbers that must not be negative, and chunks that do not match the schema")
    func counts() {
        let chunk = HandMade.chunk(bytes: 20)
        #expect(kind(HandMade.footer(rows: -1, rowGroups: [])) == .malformed(.negativeSize))
        let negative = HandMade.rowGroup([chunk], rows: -5)
        #expect(kind(HandMade.footer(rowGroups: [negative])) == .malformed(.negativeSize))
        let two = HandMade.rowGroup([chunk, chunk])
        #expect(kind(HandMade.footer(rowGroups: [two])) == .malformed(.chunkColumnCount))
        #expect(kind(HandMade.footer(rowGroups: [HandMade.rowGroup([])])) == .malformed(.chunkColumnCount))
    }

    @Test("limits are their own kind of error")
    func limits() {
        var limits = Limits()
        limits.schemaElementCount = 1
        #expect(kind(HandMade.footer(rowGroups: []), limits: limits) == .limit(.schemaElements))
        limits = Limits()
        limits.footerByteCount = 10
        #expect(kind(HandMade.footer(rowGroups: []), limits: limits) == .limit(.footerSize))
    }

    @Test("every prefix of a footer is an error")
    func prefixes() {
        let footer = HandMade.footer(rowGroups: [HandMade.rowGroup([HandMade.chunk(bytes: 20)])])
        for count in 0..<footer.count {
            #expect(kind(Array(footer[..<count])) != nil, "\(count) of \(footer.count) bytes")
        }
        #expect(kind(footer) == nil)
    }

    @Test("random changes to a footer end in a value or an error", arguments: 0..<20)
    func mutations(seed: UInt64) {
        let original = HandMade.footer(
            rowGroups: [HandMade.rowGroup([HandMade.chunk(bytes: 20) { $0.structure(12) { $0.binary(5, [1, 2]) } }])]
        ) { $0.string(6, "writer") }
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var footer = original
            for _ in 0...Int.random(in: 0...4, using: &generator) {
                let index = Int.random(in: footer.indices, using: &generator)
                footer[index] = UInt8.random(in: .min ... .max, using: &generator)
            }
            guard let metadata = try? FileMetadata(footer: Bytes(footer)) else { continue }
            guard let tree = try? SchemaTree(metadata.schema) else { continue }
            for rowGroup in metadata.rowGroups {
                _ = try? RowGroupPlan(rowGroup: rowGroup, leaves: tree.leaves, fileByteCount: 1_000)
            }
        }
    }
}
