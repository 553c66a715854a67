import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import FoundationEssentials
import TestSupport
import Testing

@Suite("Bytes that are no stream")
struct HostileStreamTests {
    @Test("a stream cut anywhere gives its whole batches or an error", arguments: PeerStreamTests.golden)
    func truncation(_ file: URL) throws {
        let bytes = try Bytes(Data(contentsOf: file))
        let whole = try StreamDecoder.decode(bytes)
        for length in 0..<bytes.count {
            // A copy of its own, so that a read past the end leaves the block.
            guard let stream = try? StreamDecoder.decode(Bytes(copying: bytes[0..<length].span)) else { continue }
            #expect(stream.schema == whole.schema, "\(length) bytes")
            #expect(stream.batches.count <= whole.batches.count, "\(length) bytes")
            for (batch, expected) in zip(stream.batches, whole.batches) {
                #expect(batch.json == expected.json, "\(length) bytes")
            }
        }
    }

    @Test(
        "a stream with any byte changed gives values that can be read, or an error", arguments: PeerStreamTests.golden)
    func flips(_ file: URL) throws {
        let original = try [UInt8](Data(contentsOf: file))
        var generator = SeededGenerator(seed: UInt64(original.count))
        for index in original.indices {
            var changed = original
            changed[index] ^= generator.once(in: 2) ? 0xFF : 1 << UInt8.random(in: 0..<8, using: &generator)
            use(Bytes(changed))
        }
    }

    @Test("random changes of many bytes never trap", arguments: 0..<60)
    func manyChanges(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let file = PeerStreamTests.golden[seed % PeerStreamTests.golden.count]
        let original = try [UInt8](Data(contentsOf: file))
        for _ in 0..<40 {
            var changed = original
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let index = Int.random(in: 0..<changed.count, using: &generator)
                let number = [0, 1, 4, 8, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)]
                changed[index] = number[Int.random(in: 0..<number.count, using: &generator)]
            }
            use(Bytes(changed))
        }
    }

    /// Decodes, and where that works reads and cuts every value.
    private func use(_ bytes: Bytes) {
        guard let stream = try? StreamDecoder.decode(bytes) else { return }
        for batch in stream.batches {
            _ = batch.json
            _ = batch.slice(batch.rowCount / 3..<batch.rowCount).json
            _ = try? StreamEncoder.encode(batch)
        }
    }
}
