import ByteCore
import Parquet
import TestSupport
import Testing

@Suite("Dictionary")
struct DictionaryTests {
    private func body(_ indices: [UInt32], bitWidth: Int, seed: UInt64) -> Bytes {
        var generator = SeededGenerator(seed: seed)
        return Bytes([UInt8(bitWidth)] + TestEncoders.hybrid(indices, bitWidth: bitWidth, using: &generator))
    }

    @Test(
        "values of every width are gathered by random indices in random steps", arguments: [1, 2, 3, 4, 8, 12, 16, 32])
    func fixedWidth(byteWidth: Int) throws {
        for seed in UInt64(0)..<20 {
            var generator = SeededGenerator(seed: seed)
            let count = Int.random(in: 1...700, using: &generator)
            let entries = (0..<count).map { _ in
                (0..<byteWidth).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            let indices = (0..<2000).map { position in
                position % 300 < 100 ? 0 : UInt32.random(in: 0..<UInt32(count), using: &generator)
            }
            var runs = try Dictionary.indices(body(indices, bitWidth: 10, seed: seed), count: indices.count)
            var output = ByteBuilder()
            var left = indices.count
            while left > 0 {
                let step = min(left, Int.random(in: 1...600, using: &generator))
                try Dictionary.gather(
                    step, by: &runs, from: Bytes(entries.joined()), byteWidth: byteWidth, into: &output)
                left -= step
            }
            let expected = indices.flatMap { entries[Int($0)] }
            #expect([UInt8](output.freeze()) == expected, "seed \(seed)")
        }
    }

    @Test("byte arrays of every short length are gathered", arguments: UInt64(0)..<20)
    func byteArrays(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let entries = (0..<300).map { _ in
            (0..<Int.random(in: 0...(seed % 2 == 0 ? 20 : 200), using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
        let dictionary = try Plain.byteArrays(Bytes(TestEncoders.plain(entries)), count: entries.count)
        #expect(dictionary.arrays == entries)
        let indices = (0..<1500).map { _ in UInt32.random(in: 0..<300, using: &generator) }
        var runs = try Dictionary.indices(body(indices, bitWidth: 9, seed: seed), count: indices.count)
        var offsets = ByteBuilder()
        var data = ByteBuilder()
        offsets.append(Int32(0))
        try Dictionary.gather(700, by: &runs, from: dictionary, byteLimit: .max, offsets: &offsets, data: &data)
        try Dictionary.gather(800, by: &runs, from: dictionary, byteLimit: .max, offsets: &offsets, data: &data)
        let result = ByteRuns(count: 1500, offsets: offsets.freeze(), data: data.freeze())
        #expect(result.arrays == indices.map { entries[Int($0)] })
    }

    @Test(
        "an index outside is refused, also one with the highest bit set",
        arguments: [
            [2, 0x06, 0x02],  // a repeated 2 of 2 values
            [32, 0x06, 0x00, 0x00, 0x00, 0x80],
            [2, 0x03, 0b1110_0100, 0b0000_0000],  // packed 0 1 2 3
        ] as [[UInt8]])
    func outside(bytes: [UInt8]) throws {
        let values = Bytes([1, 0, 0, 0, 2, 0, 0, 0])
        var runs = try Dictionary.indices(Bytes(bytes), count: 3)
        var output = ByteBuilder()
        #expect(
            brokenRule { try Dictionary.gather(3, by: &runs, from: values, byteWidth: 4, into: &output) }
                == .malformed(.dictionaryIndex))
        let texts = try Plain.byteArrays(Bytes([0, 0, 0, 0, 0, 0, 0, 0]), count: 2)
        var again = try Dictionary.indices(Bytes(bytes), count: 3)
        var offsets = ByteBuilder()
        var data = ByteBuilder()
        #expect(
            brokenRule {
                try Dictionary.gather(3, by: &again, from: texts, byteLimit: .max, offsets: &offsets, data: &data)
            }
                == .malformed(.dictionaryIndex))
    }

    @Test("few bytes that ask for a long value many times end at the limit, before memory is taken")
    func expansion() throws {
        let long = [UInt8](repeating: 7, count: 10 << 20)
        let values = try Plain.byteArrays(Bytes([0, 0, 0xA0, 0] + long), count: 1)
        // A thousand rows of the one value.
        var runs = try Dictionary.indices(Bytes([1, 0xD0, 0x0F, 0]), count: 1_000)
        var offsets = ByteBuilder()
        var data = ByteBuilder()
        let fault = brokenRule {
            try Dictionary.gather(
                1_000, by: &runs, from: values, byteLimit: Limits.default.batchByteCount, offsets: &offsets,
                data: &data)
        }
        #expect(fault == .limit(.batchByteCount))
        #expect(data.count == 0 && data.capacity < 1 << 20)
    }

    @Test("an empty dictionary serves a page without values, and no other")
    func empty() throws {
        var runs = try Dictionary.indices(Bytes([0]), count: 1)
        var output = ByteBuilder()
        try Dictionary.gather(0, by: &runs, from: Bytes(), byteWidth: 8, into: &output)
        #expect(
            brokenRule { try Dictionary.gather(1, by: &runs, from: Bytes(), byteWidth: 8, into: &output) }
                == .malformed(.dictionaryIndex))
    }

    @Test("a width above 32 is refused", arguments: [33, 255] as [UInt8])
    func width(bitWidth: UInt8) {
        #expect(brokenRule { _ = try Dictionary.indices(Bytes([bitWidth, 2, 0]), count: 1) } == .malformed(.bitWidth))
    }
}
