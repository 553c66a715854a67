import ArrowLayout
import ByteCore
import FixtureKit
import Foundation
import Parquet
import ParquetArrow
import TestSupport
import Testing

/// Every fixture with bytes changed or cut off: flat and nested, encrypted, of every encoding, with its indexes.
@Suite("Hostile files")
struct HostileFileTests {
    private static var limits: Limits {
        var limits = Limits()
        limits.pageByteCount = 16 << 20
        limits.batchByteCount = 64 << 20
        limits.batchValueCount = 1 << 20
        // A checksum would stop nearly every changed page.
        limits.verifiesChecksums = false
        return limits
    }

    /// Memory that the process may have taken at most, with everything that runs beside these tests.
    private static let residentByteLimit = 1 << 30
    /// Time for one input, on a machine that does other things as well.
    private static let longest = Duration.seconds(20)

    /// Reads all that there is. Time that a task waits for others, which run beside it, does not count.
    private func read(_ file: Bytes, keys: DecryptionKeys) async throws {
        var elapsed = Duration.zero
        do {
            var start = ContinuousClock.now
            let metadata = try await readFooter(of: file, limits: Self.limits, keys: keys)
            let reader = try FileReader(metadata: metadata, limits: Self.limits)
            elapsed += ContinuousClock.now - start
            for rowGroup in metadata.rowGroups {
                for chunk in rowGroup.columns { readIndexes(chunk, of: rowGroup, in: file) }
                let plan = try reader.plan(rowGroup: rowGroup.index, fileByteCount: file.byteCount)
                let bytes = try await load(plan, from: file)
                start = ContinuousClock.now
                defer { elapsed += ContinuousClock.now - start }
                var cutter = try reader.batches(of: bytes, rowGroup: rowGroup.index)
                while let batch = try cutter.take(rows: 300) {
                    for column in batch.columns { try column.validate() }
                }
            }
        } catch let error as ParquetError {
            #expect(!error.description.isEmpty)
        } catch {
            Issue.record("neither values nor an error that names a cause: \(error)")
        }
        #expect(elapsed < Self.longest)
    }

    /// An index that is wrong is no reason not to read the data.
    private func readIndexes(_ chunk: ColumnChunkMetadata, of rowGroup: RowGroupMetadata, in file: Bytes) {
        func bytes(_ range: ByteRange?) -> Bytes? {
            guard let range, range.offset >= 0, range.count >= 0, range.offset <= file.byteCount,
                range.count <= file.byteCount - range.offset
            else { return nil }
            return file[Int(range.offset)..<Int(range.offset + range.count)]
        }
        if let index = bytes(chunk.offsetIndexRange) {
            _ = try? OffsetIndex(
                index, rowCount: rowGroup.rowCount, fileByteCount: file.byteCount, limits: Self.limits,
                decryptor: chunk.decryptor)
        }
        if let index = bytes(chunk.columnIndexRange) {
            _ = try? ColumnIndex(index, limits: Self.limits, decryptor: chunk.decryptor)
        }
        if let offset = chunk.bloomFilterOffset, (0...file.byteCount).contains(offset) {
            let filter = try? BloomFilter(
                file[Int(offset)..<file.count], limits: Self.limits, decryptor: chunk.decryptor)
            _ = filter?.mayContain(file[0..<4])
        }
    }

    /// The most memory that the process has had. Units: bytes.
    private func peakByteCount() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0) }) << 10
    }

    /// Where changes are made: in the footer as often as in the data, which most of a large file is.
    private func position(in file: [UInt8], _ generator: inout SeededGenerator) -> Int {
        let footer = Int(file[file.count - 8]) | Int(file[file.count - 7]) << 8 | Int(file[file.count - 6]) << 16
        let isInFooter = Bool.random(using: &generator) && footer + 8 < file.count
        return Int.random(in: isInFooter ? file.count - footer - 8..<file.count : 0..<file.count, using: &generator)
    }

    @Test("single bytes changed end in values or an error, soon and with little memory", arguments: Fixtures.all)
    func changed(file: Manifest.File) async throws {
        let contents = [UInt8](try file.contents())
        let keys = try file.decryptionKeys
        var generator = SeededGenerator(seed: UInt64(contents.count))
        // About as long for a large file as for a small one.
        for _ in 0..<max(8, min(60, 300_000 / contents.count)) {
            var bytes = contents
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                bytes[position(in: contents, &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            }
            try await read(Bytes(bytes), keys: keys)
        }
        #expect(try peakByteCount() < Self.residentByteLimit)
    }

    @Test("every byte of small files changed, whatever it stands for", arguments: Fixtures.all.filter { $0.isTiny })
    func everyByte(file: Manifest.File) async throws {
        let contents = [UInt8](try file.contents())
        let keys = try file.decryptionKeys
        for position in contents.indices {
            var bytes = contents
            bytes[position] ^= UInt8(truncatingIfNeeded: 1 << (position % 8))
            try await read(Bytes(bytes), keys: keys)
        }
    }

    @Test("a file cut short at any byte is refused", arguments: Fixtures.all)
    func cutShort(file: Manifest.File) async throws {
        let contents = try file.contents()
        let keys = try file.decryptionKeys
        for count in stride(from: 0, to: contents.count, by: max(1, contents.count / 4_096)) {
            await #expect(throws: ParquetError.self) {
                _ = try await readFooter(of: contents[0..<count], limits: Self.limits, keys: keys)
            }
        }
    }

    @Test("bytes missing before a sound footer end in values or an error", arguments: Fixtures.all)
    func shortened(file: Manifest.File) async throws {
        let contents = [UInt8](try file.contents())
        let keys = try file.decryptionKeys
        let footer = Int(contents[contents.count - 8]) | Int(contents[contents.count - 7]) << 8 + 8
        let data = max(contents.count - footer, 4)
        for count in stride(from: 4, to: data, by: max(7, data / 24)) {
            try await read(Bytes(contents[..<count] + contents[data...]), keys: keys)
        }
    }

    @Test("what a batch may take is a limit, also for values of a dictionary and for rows without columns")
    func batchLimits() async throws {
        var limits = Limits()
        limits.batchByteCount = 10
        for name in ["handmade-plain-dictionary", "handmade-lz4-block"] {
            let file = try #require(Fixtures.all.first { $0.file.contains(name) })
            let contents = try file.contents()
            let error = await #expect(throws: ParquetError.self) {
                try await TableText(contents, rows: 500, limits: limits)
            }
            #expect(error?.kind == .limit(.batchByteCount))
            #expect(error?.column != nil)
        }
        limits = Limits()
        limits.dictionaryByteCount = 3
        let file = try Fixtures.contents("parquet/handmade-rle-dictionary.parquet")
        let error = await #expect(throws: ParquetError.self) { try await TableText(file, rows: 500, limits: limits) }
        #expect(error?.kind == .limit(.dictionarySize))
    }

    @Test("rows that only the footer knows of are refused where they are too many")
    func rowsWithoutColumns() async throws {
        // A root without children, and a row group without columns of 2^56 rows.
        let rows: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02]
        let footer: [UInt8] =
            [0x15, 4, 0x19, 0x1C, 0x48, 6] + Array("schema".utf8) + [0x15, 0, 0, 0x16] + rows
            + [0x19, 0x1C, 0x19, 0x0C, 0x16, 0, 0x16] + rows + [0, 0]
        let file = Bytes(Array("PAR1".utf8) + footer + [UInt8(footer.count), 0, 0, 0] + Array("PAR1".utf8))
        let error = await #expect(throws: ParquetError.self) { try await TableText(file, rows: 500) }
        #expect(error?.description == "row group 0, byte 0: over the configured limit: values of one column in a batch")
    }
}

extension Manifest.File {
    /// Whether every byte can be tried in a test.
    fileprivate var isTiny: Bool { ((try? contents().count) ?? .max) < 450 }
}
