import ByteCore
import FuzzTargets
import Testing

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL

@Suite("Fuzz targets")
struct RegressionTests {
    private static let repository = URL(filePath: #filePath).appending(path: "../../..").standardized

    private static func files(under folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: repository.appending(path: folder), includingPropertiesForKeys: nil
        ).filter { !$0.lastPathComponent.hasPrefix(".") }.sorted { $0.path < $1.path }
    }

    private static func bytes(_ file: URL) throws -> Bytes { Bytes(try Data(contentsOf: file)) }

    /// Inputs of `Fixtures/regressions`, each in the folder of its target: some that the fuzzer made on its way, and all
    /// that ever failed.
    @Test("Every input kept from fuzzing ends with a value or an error")
    func regressions() async throws {
        var count = 0
        for folder in try Self.files(under: "Fixtures/regressions") {
            let target = try #require(
                FuzzTarget(rawValue: folder.lastPathComponent), "no target named \(folder.lastPathComponent)")
            for file in try Self.files(under: "Fixtures/regressions/\(target.rawValue)") {
                await target.run(try Self.bytes(file))
                count += 1
            }
        }
        #expect(count > 0)
    }

    @Test("A sound file is read without an error, and its first half is not", arguments: ["none-v1", "snappy-v2"])
    func soundFile(_ name: String) async throws {
        let file = try Self.bytes(Self.repository.appending(path: "Fixtures/parquet/pyarrow-flat-\(name).parquet"))
        #expect(await FuzzTarget.file.run(file))
        #expect(await !FuzzTarget.file.run(file[0..<file.count / 2]))
    }

    @Test("A sound stream is read without an error, and without its last batch's bytes is not")
    func soundStream() async throws {
        let stream = try Self.bytes(Self.repository.appending(path: "Fixtures/golden-ipc/integers.arrows"))
        #expect(await FuzzTarget.stream.run(stream))
        #expect(await !FuzzTarget.stream.run(stream[0..<stream.count - 64]))
    }

    @Test("A column, values and levels made by hand are read without an error")
    func handMade() async {
        // One INT32 that is required, in a page of version 1 without compression.
        let header: [UInt8] = [0x15, 0, 0x15, 8, 0x15, 8, 0x2C, 0x15, 2, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0]
        #expect(await FuzzTarget.column.run(Bytes([0xF9, 0, 0] + header + [1, 2, 3, 4])))
        #expect(await !FuzzTarget.column.run(Bytes([0xF9, 0, 1] + header + [1, 2, 3, 4])))
        // Five PLAIN values of four bytes.
        #expect(await FuzzTarget.values.run(Bytes([1, 1, 0] + [UInt8](repeating: 7, count: 20))))
        #expect(await !FuzzTarget.values.run(Bytes([1, 1, 0] + [UInt8](repeating: 7, count: 19))))
        // One repeated field and one value: a run of a 0 and a run of a 1.
        #expect(await FuzzTarget.levels.run(Bytes([1, 0, 2, 2, 0, 2, 1])))
        #expect(await !FuzzTarget.levels.run(Bytes([1, 0, 2, 2, 0, 2, 2])))
    }

    @Test("A Bloom filter of one block is read without an error, and half of one is not")
    func indexes() async {
        let header: [UInt8] = [0x15, 64, 0x1C, 0x1C, 0, 0, 0x1C, 0x1C, 0, 0, 0x1C, 0x1C, 0, 0, 0]
        #expect(await FuzzTarget.indexes.run(Bytes([2] + header + [UInt8](repeating: 5, count: 32))))
        #expect(await !FuzzTarget.indexes.run(Bytes([2] + header + [UInt8](repeating: 5, count: 16))))
    }

    @Test("Every beginning of a sound file or stream ends with a value or an error")
    func beginnings() async throws {
        for (target, path) in [
            (FuzzTarget.file, "parquet/pyarrow-flat-none-v1.parquet"), (.stream, "golden-ipc/integers.arrows"),
        ] {
            let sound = try Self.bytes(Self.repository.appending(path: "Fixtures/\(path)"))
            // A file ends with its footer: what is cut off lies before it.
            let footer = target == .file ? Int(sound.span.load(at: sound.count - 8, as: UInt32.self)) + 8 : 0
            let end = [UInt8](sound[sound.count - footer..<sound.count])
            for count in stride(from: 0, to: sound.count - footer, by: 97) {
                await target.run(Bytes([UInt8](sound[0..<count]) + end))
            }
        }
    }

    @Test("A listing is read without an error, and what is not one is an error")
    func listing() async {
        let page = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
        #expect(await FuzzTarget.listing.run(Bytes(page.utf8)))
        #expect(await !FuzzTarget.listing.run(Bytes(page.utf8.dropLast())))
    }
}
