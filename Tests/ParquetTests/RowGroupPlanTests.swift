import ByteCore
import Synchronization
import TestSupport
import Testing

@testable import Parquet

@Suite("Row group plan")
struct RowGroupPlanTests {
    private static let twoColumns = [
        HandMade.element("schema", repetition: nil, children: 2), HandMade.element("a", type: 1),
        HandMade.element("b", type: 1),
    ]

    private func plan(
        _ chunks: [[UInt8]], schema: [[UInt8]] = HandMade.oneColumn, project: [Int]? = nil,
        fileByteCount: Int64 = 1_000,
        rows: Int64 = 5
    ) throws -> RowGroupPlan {
        let footer = HandMade.footer(schema: schema, rowGroups: [HandMade.rowGroup(chunks, rows: rows)])
        let metadata = try FileMetadata(footer: Bytes(footer))
        let leaves = try SchemaTree(metadata.schema).leaves
        return try RowGroupPlan(
            rowGroup: metadata.rowGroups[0], leaves: project?.map { leaves[$0] } ?? leaves,
            fileByteCount: fileByteCount)
    }

    private func kind(_ chunk: [UInt8], rows: Int64 = 5) -> DecodeFault.Kind? {
        do {
            _ = try plan([chunk], rows: rows)
            return nil
        } catch {
            return (error as? ParquetError)?.kind
        }
    }

    @Test("chunks side by side, each read on into what follows it")
    func adjacent() throws {
        let chunks = [HandMade.chunk(bytes: 100), HandMade.chunk(codec: 1, bytes: 50, offset: 104)]
        let plan = try plan(chunks, schema: Self.twoColumns)
        #expect(
            plan.chunks == [
                ChunkSlice(leafIndex: 0, range: ByteRange(offset: 4, count: 100)),
                ChunkSlice(leafIndex: 1, range: ByteRange(offset: 104, count: 178)),
            ])
        #expect(plan.rowCount == 5)
        #expect(plan.storedByteCount == 278)
        #expect(plan.openByteCount == 50, "the other one's pages are read as they are stored")
    }

    @Test("the order of the leaves stays, whatever that of the chunks is")
    func order() throws {
        let chunks = [HandMade.chunk(bytes: 100, offset: 5_000_000), HandMade.chunk(bytes: 50)]
        let plan = try plan(chunks, schema: Self.twoColumns, fileByteCount: 6_000_000)
        #expect(
            plan.chunks.map(\.range) == [
                ByteRange(offset: 5_000_000, count: 228), ByteRange(offset: 4, count: 178),
            ])
    }

    /// Bytes that know which ranges were read.
    private final class Watched: RandomAccessSource {
        let bytes: Bytes
        let ranges = Mutex<[ByteRange]>([])
        var byteCount: Int64 { bytes.byteCount }

        init(bytes: Bytes) { self.bytes = bytes }

        func read(_ range: ByteRange) async throws -> Bytes {
            ranges.withLock { $0.append(range) }
            return try await bytes.read(range)
        }
    }

    @Test("near ranges are read together, far ones apart; each gets its bytes", arguments: 0..<20)
    func reading(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let source = Watched(bytes: Bytes((0..<3_000).map { _ in UInt8.random(in: 0...255, using: &generator) }))
        let ranges = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
            ByteRange(
                offset: Int64.random(in: 0...2_700, using: &generator),
                count: Int64.random(in: 0...300, using: &generator))
        }
        let gap = Int64.random(in: 0...50, using: &generator)
        let windows = try await read(ranges, gap: gap, from: source)
        #expect(windows.count == ranges.count)
        for (range, pieces) in zip(ranges, windows) {
            #expect(Bytes(joining: pieces) == source.bytes[Int(range.offset)..<Int(range.end)], "seed \(seed)")
        }
        let requests = source.ranges.withLock { $0.sorted { $0.offset < $1.offset } }
        for (left, right) in zip(requests, requests.dropFirst()) {
            #expect(left.end + gap < right.offset, "seed \(seed)")
        }
    }

    @Test("only projected columns are read")
    func projection() throws {
        let chunks = [HandMade.chunk(bytes: 100), HandMade.chunk(bytes: 50, offset: 104)]
        let plan = try plan(chunks, schema: Self.twoColumns, project: [0])
        #expect(plan.chunks.map(\.range) == [ByteRange(offset: 4, count: 100)])
        #expect(plan.chunks.map(\.leafIndex) == [0])
    }

    @Test("the dictionary offset is taken only where it is believable")
    func dictionaryOffset() throws {
        for (dictionary, start) in [(20, 20), (0, 60), (60, 60), (70, 60), (-1, 60), (.min, 60)] as [(Int64, Int64)] {
            let plan = try plan([HandMade.chunk(bytes: 40, offset: 60, dictionary: dictionary)])
            #expect(plan.chunks[0].range.offset == start, "\(dictionary)")
        }
    }

    @Test("reading on past a chunk stops at the next chunk and at the footer")
    func slack() throws {
        #expect(try plan([HandMade.chunk(bytes: 100)], fileByteCount: 150).chunks[0].range.end == 142)
        let overlap = [HandMade.chunk(bytes: 100), HandMade.chunk(bytes: 50, offset: 110)]
        #expect(try plan(overlap, schema: Self.twoColumns, project: [0]).chunks[0].range.end == 110)
    }

    @Test("a chunk of no values needs no bytes")
    func noValues() throws {
        let plan = try plan([HandMade.chunk(values: 0, bytes: 0, offset: 0)], rows: 0)
        #expect(plan.chunks[0].range.count == 0)
    }

    @Test("chunks that are not inside the file")
    func outside() {
        for offset in [-1, 992, 1_000, .max] as [Int64] {
            #expect(kind(HandMade.chunk(bytes: 10, offset: offset)) == .malformed(.chunkOutsideFile), "\(offset)")
        }
        for bytes in [989, .max] as [Int64] {
            #expect(kind(HandMade.chunk(bytes: bytes)) == .malformed(.chunkOutsideFile), "\(bytes)")
        }
        #expect(kind(HandMade.chunk(bytes: 988)) == nil)
        #expect(kind(HandMade.chunk(bytes: -1)) == .malformed(.negativeSize))
        #expect(kind(HandMade.chunk(values: -1, bytes: 10)) == .malformed(.negativeSize))
    }

    @Test("chunks that do not fit their column")
    func mismatch() {
        #expect(kind(HandMade.chunk(type: 2, bytes: 10)) == .malformed(.physicalTypeMismatch))
        #expect(kind(HandMade.chunk(bytes: 10), rows: 6) == .malformed(.rowCount))
        let external = HandMade.chunk(bytes: 10) { _ in
        } chunk: {
            $0.string(1, "../other.parquet")
        }
        #expect(kind(external) == .unsupported(.externalFile))
        let encrypted = HandMade.chunk(bytes: 10) { _ in
        } chunk: {
            $0.structure(8) { _ in }
        }
        #expect(kind(encrypted) == .malformed(.encryptionAlgorithm))
    }

    @Test("errors name row group and column")
    func errorContext() {
        #expect {
            try plan([HandMade.chunk(bytes: 10, offset: -4)])
        } throws: { error in
            "\(error)" == "row group 0, column \"a\": a column chunk must lie inside the file, before the footer"
        }
    }

    @Test("every range lies inside one merged range", arguments: 0..<50)
    func merging(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let ranges = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            ByteRange(
                offset: Int64.random(in: 0...2_000, using: &generator),
                count: Int64.random(in: 0...300, using: &generator))
        }
        let gap = Int64.random(in: 0...50, using: &generator)
        let merged = ByteRange.merged(ranges, gap: gap)
        for range in ranges where range.count > 0 {
            #expect(merged.count { $0.offset <= range.offset && $0.end >= range.end } == 1, "seed \(seed)")
        }
        for (left, right) in zip(merged, merged.dropFirst()) { #expect(left.end <= right.offset, "seed \(seed)") }
        let disjoint = (0..<40).map { ByteRange(offset: $0 * 20, count: 15) }
        #expect(ByteRange.merged(disjoint, gap: 5) == [ByteRange(offset: 0, count: 39 * 20 + 15)])
        #expect(ByteRange.merged(disjoint, gap: 4).count == 40)
    }

    @Test("large ranges are read in parts of about the same size, and every range is given whole")
    func parts() async throws {
        let unit: Int64 = 16 << 20
        #expect(requests(for: [ByteRange(offset: 4, count: unit)], gap: 0) == [ByteRange(offset: 4, count: unit)])
        #expect(
            requests(for: [ByteRange(offset: 4, count: unit), ByteRange(offset: 4 + unit, count: 3)], gap: 0) == [
                ByteRange(offset: 4, count: unit / 2 + 2), ByteRange(offset: 6 + unit / 2, count: unit / 2 + 1),
            ])
        let ranges = [
            ByteRange(offset: 10, count: 5_000_000), ByteRange(offset: 5_000_010, count: 40_000_000),
            ByteRange(offset: 0, count: 0), ByteRange(offset: 45_000_500, count: 17),
        ]
        let answers = try await Parquet.read(ranges, gap: 1_000, from: CountingUp())
        for (range, pieces) in zip(ranges, answers) {
            #expect(pieces.reduce(0) { $0 + Int64($1.count) } == range.count)
            var offset = range.offset
            for piece in pieces {
                #expect(piece[0] == CountingUp.byte(at: offset))
                offset += Int64(piece.count)
                #expect(piece[piece.count - 1] == CountingUp.byte(at: offset - 1))
            }
        }
        #expect(answers.map(\.count) == [1, 3, 0, 1])
    }

    @Test("ranges that are read in order come whole, in blocks that end where ranges do", arguments: UInt64(0)..<100)
    func inOrder(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let ranges = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
            ByteRange(
                offset: Int64.random(in: 0...3_000, using: &generator),
                count: Int64.random(in: 0...300, using: &generator))
        }
        let blockByteCount = Int64.random(in: 1...200, using: &generator)
        let source = Mutex<[ByteRange]>([])
        var announced: [Int] = []
        let answers = try await readInOrder(
            ranges, blockByteCount: blockByteCount, from: Recorded { range in source.withLock { $0.append(range) } }
        ) { announced.append($0) }
        for (range, pieces) in zip(ranges, answers) {
            #expect(
                Bytes(joining: pieces) == Bytes((range.offset..<range.end).map(CountingUp.byte)), "seed \(seed)")
        }
        let blocks = source.withLock { $0 }
        #expect(announced.map(Int64.init) == blocks.map(\.count), "seed \(seed)")
        for (left, right) in zip(blocks, blocks.dropFirst()) { #expect(left.end <= right.offset, "seed \(seed)") }
        for block in blocks {
            let isOfOne = ranges.contains { $0.offset <= block.offset && block.end <= $0.end }
            #expect(block.count > 0 && (block.count <= blockByteCount || isOfOne), "seed \(seed)")
            #expect(ranges.contains { $0.end == block.end }, "seed \(seed)")
        }
    }
}

/// A source that tells what is read of it.
private struct Recorded: RandomAccessSource {
    let byteCount: Int64 = 1 << 30
    let note: @Sendable (ByteRange) -> Void

    func read(_ range: ByteRange) async throws -> Bytes {
        note(range)
        return try await CountingUp().read(range)
    }
}

/// A source whose bytes tell their offset.
private struct CountingUp: RandomAccessSource {
    let byteCount: Int64 = 1 << 30

    static func byte(at offset: Int64) -> UInt8 { UInt8(offset % 251) }

    func read(_ range: ByteRange) async throws -> Bytes {
        Bytes((range.offset..<range.end).map { Self.byte(at: $0) })
    }
}
