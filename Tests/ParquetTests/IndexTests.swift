import ByteCore
import Testing

@testable import Parquet

@Suite("Page indexes, bloom filters and statistics")
struct IndexTests {
    /// The file that pyarrow gave indexes and filters: six rows in three pages, columns `s` and `n`.
    private let file: Bytes
    private let metadata: FileMetadata

    init() async throws {
        let tiny = try #require(TinyFile.all.first { $0.name == "page index and bloom filter" })
        file = Bytes(tiny.bytes)
        metadata = try await readFooter(of: file)
    }

    private func bytes(_ range: ByteRange) -> Bytes { file[Int(range.offset)..<Int(range.end)] }

    private func offsetIndex(_ column: Int, _ change: (inout [UInt8]) -> Void = { _ in }) throws -> OffsetIndex {
        var index = Array(bytes(try #require(metadata.rowGroups[0].columns[column].offsetIndexRange)))
        change(&index)
        return try OffsetIndex(Bytes(index), rowCount: 6, fileByteCount: file.byteCount)
    }

    private func columnIndex(_ column: Int) throws -> ColumnIndex {
        try ColumnIndex(bytes(try #require(metadata.rowGroups[0].columns[column].columnIndexRange)))
    }

    private func bloomFilter(_ column: Int) throws -> BloomFilter {
        let column = metadata.rowGroups[0].columns[column]
        let offset = Int(try #require(column.bloomFilterOffset))
        return try BloomFilter(file[offset..<offset + Int(try #require(column.bloomFilterByteCount))])
    }

    private func plain(_ value: Int64) -> Bytes {
        var builder = ByteBuilder()
        builder.append(value)
        return builder.freeze()
    }

    @Test("offset index: where the walk finds the pages")
    func offsets() throws {
        for column in 0...1 {
            let index = try offsetIndex(column)
            #expect(index.pages.map(\.firstRowIndex) == [0, 2, 4])
            let chunk = metadata.rowGroups[0].columns[column]
            #expect(index.pages.first?.range.offset == chunk.dataPageOffset)
            for page in index.pages {
                var reader = CompactReader(bytes(page.range).span, depthLimit: 8)
                let header = try PageHeader(&reader)
                let end = reader.offset + header.compressedByteCount
                #expect(header.dataValueCount == 2)
                #expect(end == Int(page.range.count))
            }
        }
        #expect(try offsetIndex(0).unencodedByteCounts == [6, 3, 6])
        #expect(try offsetIndex(1).unencodedByteCounts.isEmpty)
    }

    @Test("column index: bounds of each page")
    func bounds() throws {
        let strings = try columnIndex(0)
        #expect(strings.nullPages == [false, false, false])
        #expect(strings.minimums.map { String(validating: $0) } == ["ape", "cat", "dog"])
        #expect(strings.maximums.map { String(validating: $0) } == ["bee", "cat", "eel"])
        #expect(strings.nullCounts == [0, 1, 0])
        #expect(strings.boundaryOrder == .ascending)
        let numbers = try columnIndex(1)
        #expect(numbers.minimums == [2, 1, 4].map(plain))
        #expect(numbers.maximums == [3, 6, 5].map(plain))
        #expect(numbers.boundaryOrder == .unordered)
    }

    @Test("bloom filter: never no for a value that is there, and no for most others")
    func bloomFilters() throws {
        let strings = try bloomFilter(0)
        for value in ["ape", "bee", "cat", "dog", "eel"] { #expect(strings.mayContain(Bytes(value.utf8)), "\(value)") }
        #expect((0..<1_000).count { strings.mayContain(Bytes("x\($0)".utf8)) } < 100)
        let numbers = try bloomFilter(1)
        for value in 1...6 as ClosedRange<Int64> { #expect(numbers.mayContain(plain(value)), "\(value)") }
        #expect((1_000..<2_000).count { numbers.mayContain(plain($0)) } < 100)
    }

    @Test(
        "XXH64 of known bytes, from the reference library",
        arguments: [
            ([], 0xEF46_DB37_51D8_E999), (Array("a".utf8), 0xD24E_C4F1_A98C_6E5B),
            (Array("abc".utf8), 0x44BC_2CF5_AD77_0999), (Array("Hello".utf8), 0x0A75_A913_75B2_7D44),
            (Array("0123456789abcdefghijklmnopqrstuvwxyz!".utf8), 0xDDE9_D7F1_25DE_8F22),
            (Array(0..<100), 0x6AC1_E580_3216_6597),
        ] as [([UInt8], UInt64)])
    func hash(bytes: [UInt8], expected: UInt64) {
        #expect(XXHash64.hash(Bytes(bytes).span) == expected)
    }

    @Test("statistics of a chunk")
    func statistics() throws {
        let strings = try #require(metadata.rowGroups[0].columns[0].statistics)
        #expect(strings.minimum?.value == Array("ape".utf8))
        #expect(strings.maximum?.value == Array("eel".utf8))
        #expect(strings.maximum?.isExact == true)
        #expect(strings.nullCount == 1)
        #expect(strings.legacyMinimum == nil)
        let numbers = try #require(metadata.rowGroups[0].columns[1].statistics)
        #expect(numbers.minimum?.value == Array(plain(1)))
        #expect(numbers.legacyMaximum == Array(plain(6)))
        let none = try ColumnChunkMetadata.made(HandMade.chunk(bytes: 20))
        #expect(none.statistics == nil)
        let broken = try ColumnChunkMetadata.made(HandMade.chunk(bytes: 20) { $0.int32(12, 5) })
        #expect(broken.statistics == nil)
    }

    private func index(
        pages: [(offset: Int64, byteCount: Int, row: Int64)], byteCounts: [Int64] = []
    ) throws(ParquetError) -> OffsetIndex {
        let bytes = CompactWriter.structure { writer in
            writer.structures(
                1,
                pages.map { page in
                    CompactWriter.structure { writer in
                        writer.int64(1, page.offset)
                        writer.int32(2, page.byteCount)
                        writer.int64(3, page.row)
                    }
                })
            if !byteCounts.isEmpty {
                writer.listHeader(2, type: 6, count: byteCounts.count)
                for count in byteCounts { writer.zigzag(count) }
            }
        }
        return try OffsetIndex(Bytes(bytes), rowCount: 10, fileByteCount: 100)
    }

    @Test("offset indexes that do not fit their file")
    func badOffsets() throws {
        #expect(try index(pages: [(4, 6, 0), (10, 90, 9)], byteCounts: [1, 2]).pages.count == 2)
        let faults: [([(offset: Int64, byteCount: Int, row: Int64)], [Int64], DecodeFault.Rule)] = [
            ([(4, 6, 0), (10, 6, 10)], [], .indexOrder), ([(4, 6, 3), (10, 6, 2)], [], .indexOrder),
            ([(4, 97, 0)], [], .chunkOutsideFile), ([(-1, 6, 0)], [], .chunkOutsideFile),
            ([(.max, 6, 0)], [], .chunkOutsideFile), ([(4, -6, 0)], [], .negativeSize),
            ([(4, 6, -1)], [], .negativeSize), ([(4, 6, 0)], [1, 2], .indexLength),
        ]
        for (pages, byteCounts, rule) in faults {
            #expect {
                try index(pages: pages, byteCounts: byteCounts)
            } throws: { error in
                (error as? ParquetError)?.kind == .malformed(rule)
            }
        }
    }

    @Test("column indexes by other writers of booleans, and with lists of other lengths")
    func otherColumnIndexes() throws {
        func made(_ nullPages: [UInt8], minimums: Int, type: UInt8 = 1) throws -> ColumnIndex {
            let bytes = CompactWriter.structure { writer in
                writer.listHeader(1, type: type, count: nullPages.count)
                writer.bytes += nullPages
                writer.strings(2, Array(repeating: "a", count: minimums))
                writer.strings(3, Array(repeating: "b", count: nullPages.count))
            }
            return try ColumnIndex(Bytes(bytes))
        }
        #expect(try made([1, 2, 1], minimums: 3).nullPages == [true, false, true])
        #expect(try made([1, 0, 0], minimums: 3, type: 2).nullPages == [true, false, false])
        #expect(throws: ParquetError(.malformed(.indexLength))) { try made([1, 2], minimums: 3) }
    }

    @Test("bloom filters that lie about their size, or are of another kind")
    func badBloomFilters() {
        func kind(_ byteCount: Int, actual: Int = 32, hash: Int = 1) -> DecodeFault.Kind? {
            let header = CompactWriter.structure { writer in
                writer.int32(1, byteCount)
                for id in 2...4 { writer.structure(id) { $0.structure(id == 3 ? hash : 1) { _ in } } }
            }
            do {
                _ = try BloomFilter(Bytes(header + [UInt8](repeating: 0, count: actual)))
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(kind(32) == nil)
        #expect(kind(64) == .truncated)
        #expect(kind(Int(Int32.max) - 31) == .truncated)
        #expect(kind(0) == .malformed(.bloomFilterSize))
        #expect(kind(-32) == .malformed(.bloomFilterSize))
        #expect(kind(31) == .malformed(.bloomFilterSize))
        #expect(kind(32, hash: 2) == .unsupported(.bloomFilter))
    }

    @Test("indexes and filters cut or changed at every byte")
    func broken() throws {
        let column = metadata.rowGroups[0].columns[0]
        let ranges = [try #require(column.offsetIndexRange), try #require(column.columnIndexRange)]
        for range in ranges {
            let original = Array(bytes(range))
            for offset in original.indices {
                let cut = Bytes(original[..<offset])
                #expect(throws: ParquetError.self) { try OffsetIndex(cut, rowCount: 6, fileByteCount: file.byteCount) }
                #expect(throws: ParquetError.self) { try ColumnIndex(cut) }
                for mask in [1, 0x10, 0xFF] as [UInt8] {
                    var changed = original
                    changed[offset] ^= mask
                    _ = try? OffsetIndex(Bytes(changed), rowCount: 6, fileByteCount: file.byteCount)
                    _ = try? ColumnIndex(Bytes(changed))
                    _ = try? BloomFilter(Bytes(changed))
                }
            }
        }
    }
}
