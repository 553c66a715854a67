import ArrowIPC
import ArrowLayout
import ByteCore
import FixtureKit
import Parquet
import ParquetArrow
import Synchronization
import TestSupport
import Testing

@Suite("Row groups in windows")
struct RowGroupReaderTests {
    /// A file in memory that counts the bytes asked of it.
    private final class Watched: RandomAccessSource {
        let bytes: Bytes
        /// Bytes asked for, and bytes of all chunks.
        let counts = Mutex((read: 0, planned: 0))
        var byteCount: Int64 { bytes.byteCount }

        init(bytes: Bytes) { self.bytes = bytes }

        func read(_ range: ByteRange) async throws -> Bytes {
            counts.withLock { $0.read += Int(range.count) }
            return try await bytes.read(range)
        }
    }

    /// Every batch of a file as an Arrow IPC stream, read in windows of about `windowByteCount` bytes, or in blocks.
    private func streams(
        _ source: Watched, of fixture: Manifest.File, rows: Int, windowByteCount: Int, leastPieceByteCount: Int,
        limits: Limits = .default, blockByteCount: Int? = nil
    ) async throws -> [Bytes] {
        let metadata = try await readFooter(of: source.bytes, limits: limits, keys: fixture.decryptionKeys)
        let file = try FileReader(metadata: metadata, limits: limits, int96: fixture.int96)
        var streams: [Bytes] = []
        let encoder = try BatchStreamEncoder(schema: file.schema)
        for index in file.metadata.rowGroups.indices {
            var reader = try RowGroupReader(
                file, rowGroup: index, fileByteCount: source.byteCount, windowByteCount: windowByteCount,
                leastPieceByteCount: leastPieceByteCount)
            source.counts.withLock { $0.planned += reader.plan.storedByteCount }
            if let blockByteCount {
                let pieces = try await reader.missingPieces().readInOrder(
                    from: source, blockByteCount: blockByteCount
                ) { _ in }
                reader.add(pieces)
            }
            try await reader.forEachBatch(rows: rows, from: source) { streams.append(try encoder.encode($0)) }
        }
        return streams
    }

    private static let files = Fixtures.all.filter { $0.rowCount <= 5_000 }

    @Test("windows of any size give the same batches, and no byte is read twice", arguments: files)
    func equalBatches(file: Manifest.File) async throws {
        let contents = try file.contents()
        for rows in [7, 500] {
            let whole = Watched(bytes: contents)
            let expected = try await streams(whole, of: file, rows: rows, windowByteCount: .max, leastPieceByteCount: 1)
            for (window, piece) in [(1, 13), (1, 200), (1_000, 1), (5_000, 64)] {
                let source = Watched(bytes: contents)
                let found = try await streams(
                    source, of: file, rows: rows, windowByteCount: window, leastPieceByteCount: piece)
                #expect(found.count == expected.count)
                let differing = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
                #expect(differing == nil, "\(rows) rows, window \(window), piece \(piece)")
                #expect(source.counts.withLock { $0.read <= $0.planned })
            }
        }
    }

    @Test("blocks in the order of the file give the same batches", arguments: files)
    func blocks(file: Manifest.File) async throws {
        let contents = try file.contents()
        let whole = Watched(bytes: contents)
        let expected = try await streams(whole, of: file, rows: 100, windowByteCount: .max, leastPieceByteCount: 1)
        for blockByteCount in [1, 100, 1 << 20] {
            let source = Watched(bytes: contents)
            let found = try await streams(
                source, of: file, rows: 100, windowByteCount: .max, leastPieceByteCount: 1,
                blockByteCount: blockByteCount)
            #expect(found == expected, "blocks of \(blockByteCount)")
            #expect(source.counts.withLock { $0.read <= $0.planned })
        }
    }

    @Test("changed bytes fail in windows where they fail in one piece", arguments: files.prefix(24), [1, 2])
    func changedBytes(file: Manifest.File, seed: UInt64) async throws {
        let contents = [UInt8](try file.contents())
        var generator = SeededGenerator(seed: seed &+ UInt64(contents.count))
        var limits = Limits()
        limits.pageByteCount = 16 << 20
        for _ in 0..<6 {
            var changed = contents
            let position = Int.random(in: 4..<changed.count, using: &generator)
            changed[position] ^= UInt8.random(in: 1...255, using: &generator)
            var outcomes: [String] = []
            for window in [Int.max, 1] {
                do {
                    let streams = try await streams(
                        Watched(bytes: Bytes(changed)), of: file, rows: 64, windowByteCount: window,
                        leastPieceByteCount: 50, limits: limits)
                    outcomes.append("\(streams.count) batches")
                } catch let error as ParquetError {
                    outcomes.append("\(error)")
                }
            }
            #expect(outcomes[0] == outcomes[1], "seed \(seed)")
        }
    }

    @Test("a window holds so many bytes of a large row group, and the first pages tell what they open to")
    func memory() async throws {
        let file = try #require(Fixtures.all.first { $0.file.contains("pyarrow-dictionary-fallback") })
        let contents = try file.contents()
        let reader = try FileReader(metadata: try await readFooter(of: contents))
        var rowGroup = try RowGroupReader(
            reader, rowGroup: 0, fileByteCount: contents.byteCount, windowByteCount: 2_000, leastPieceByteCount: 1)
        #expect(rowGroup.plan.storedByteCount > 10_000)
        #expect((2_000...5_000).contains(rowGroup.storedByteCount))
        #expect(rowGroup.openByteCount() == rowGroup.plan.openByteCount)
        let missing = rowGroup.missingPieces()
        #expect((2_000...2_100).contains(missing.byteCount))
        rowGroup.add(try await missing.read(from: contents))
        #expect(rowGroup.missingPieces().isEmpty)
        #expect((1..<rowGroup.plan.openByteCount).contains(rowGroup.openByteCount()))
    }

    @Test(
        "pages that are stored as they are read take no memory beside",
        arguments: [("pyarrow-plain-pages", true), ("pyarrow-flat-snappy-v1", false)])
    func memoryOfStoredPages(name: String, isReadAsStored: Bool) async throws {
        let file = try #require(Fixtures.all.first { $0.file.contains(name) })
        let contents = try file.contents()
        var rowGroup = try RowGroupReader(
            FileReader(metadata: try await readFooter(of: contents)), rowGroup: 0,
            fileByteCount: contents.byteCount, windowByteCount: 1 << 20)
        rowGroup.add(try await rowGroup.missingPieces().read(from: contents))
        #expect((rowGroup.openByteCount() == 0) == isReadAsStored)
    }
}
