import ByteCore
import Testing

@testable import Parquet

@Suite("Footer and row group reading")
struct FooterReaderTests {
    private let file = HandMade.file(
        pages: [UInt8](repeating: 0, count: 500),
        footer: HandMade.footer(rowGroups: [HandMade.rowGroup([HandMade.chunk(bytes: 20)])]))

    private func kind(_ file: [UInt8], limits: Limits = .default) async -> DecodeFault.Kind? {
        do {
            _ = try await readFooter(of: Bytes(file), limits: limits)
            return nil
        } catch {
            return (error as? ParquetError)?.kind
        }
    }

    @Test("one read of the tail is enough where the footer is in it")
    func oneRead() async throws {
        let source = RecordingSource(file)
        #expect(try await readFooter(of: source).rowCount == 5)
        #expect(source.ranges == [ByteRange(offset: 0, count: file.byteCount)])
        let short = RecordingSource(file)
        #expect(try await readFooter(of: short, tailByteCount: 200).rowCount == 5)
        #expect(short.ranges == [ByteRange(offset: file.byteCount - 200, count: 200)])
    }

    @Test("a longer footer takes a second read of exactly the footer")
    func twoReads() async throws {
        let source = RecordingSource(file)
        #expect(try await readFooter(of: source, tailByteCount: 10).rowCount == 5)
        #expect(source.ranges.count == 2)
        #expect(source.ranges[0] == ByteRange(offset: file.byteCount - 10, count: 10))
        #expect(source.ranges[1].end == file.byteCount - 8)
    }

    @Test("a source that answers with fewer bytes")
    func shortAnswer() async {
        for tail in [10, 1_000] as [Int64] {
            await #expect(throws: ParquetError(kind: .truncated)) {
                try await readFooter(of: RecordingSource(file, missingByteCount: 1), tailByteCount: tail)
            }
        }
    }

    @Test("files that are not Parquet")
    func magic() async {
        #expect(await kind([]) == .malformed(.magicNumber))
        #expect(await kind(Array("PAR1PAR1".utf8)) == .malformed(.magicNumber))
        #expect(await kind(Array("this is a text file".utf8)) == .malformed(.magicNumber))
    }

    @Test("footer lengths that do not fit", arguments: [0, 6, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32])
    func footerLength(length: UInt32) async {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        #expect(await kind(Array("PAR1xxxxx".utf8) + bytes + Array("PAR1".utf8)) == .malformed(.footerLength))
    }

    @Test("a footer over the limit is refused before it is read")
    func limit() async {
        var limits = Limits()
        limits.footerByteCount = 20
        let source = RecordingSource(file)
        await #expect(throws: ParquetError(kind: .limit(.footerSize), offset: file.count - 8)) {
            try await readFooter(of: source, limits: limits, tailByteCount: 8)
        }
        #expect(source.ranges.count == 1)
    }

    @Test("bytes of footer errors count from the start of the file")
    func errorOffset() async throws {
        var footer = HandMade.footer(rowGroups: [])
        footer[0] = 0x1E
        let file = HandMade.file(pages: [UInt8](repeating: 0, count: 100), footer: footer)
        await #expect(throws: ParquetError(kind: .malformed(.thriftType), offset: 105)) {
            try await readFooter(of: file)
        }
    }

    @Test("a row group is read by few ranges at a time, and chunks land in their places")
    func loading() async throws {
        let columnCount = 20
        // Distances over the merging gap make each chunk a fetch of its own.
        let stride = 1_200_000
        let fileByteCount = Int64(columnCount * stride)
        let schema =
            [HandMade.element("schema", repetition: nil, children: columnCount)]
            + (0..<columnCount).map { HandMade.element("c\($0)", type: 1) }
        let chunks = (0..<columnCount).map { HandMade.chunk(bytes: 8, offset: Int64($0 * stride + 100)) }
        let footer = HandMade.footer(schema: schema, rowGroups: [HandMade.rowGroup(chunks)])
        let metadata = try FileMetadata(footer: Bytes(footer))
        let plan = try RowGroupPlan(
            rowGroup: metadata.rowGroups[0], leaves: try SchemaTree(metadata.schema).leaves.reversed(),
            fileByteCount: fileByteCount)
        var builder = ByteBuilder(capacity: Int(fileByteCount))
        for column in 0..<columnCount { builder.append(repeating: UInt8(column), count: stride) }
        let source = RecordingSource(builder.freeze())
        let loaded = try await load(plan, from: source)
        for (index, chunk) in loaded.chunks.enumerated() {
            #expect(chunk[0] == UInt8(columnCount - 1 - index))
            #expect(chunk.count == 136)
        }
        #expect(source.mostActive == 8, "each chunk is a request of its own, eight at a time")
        await #expect(throws: ParquetError(kind: .truncated)) {
            try await load(
                plan,
                from: RecordingSource(source.read(ByteRange(offset: 0, count: fileByteCount)), missingByteCount: 1))
        }
    }
}
