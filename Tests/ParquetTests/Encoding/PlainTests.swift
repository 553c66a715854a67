import ByteCore
import Parquet
import TestSupport
import Testing

@Suite("Plain")
struct PlainTests {
    private func take(_ body: [UInt8], _ steps: [Int]) throws -> [[UInt8]] {
        var arrays = PlainByteArrays(body: Bytes(body))
        var offsets = ByteBuilder()
        var data = ByteBuilder()
        offsets.append(Int32(0))
        for step in steps { try arrays.take(step, byteLimit: .max, offsets: &offsets, data: &data) }
        return ByteRuns(count: steps.reduce(0, +), offsets: offsets.freeze(), data: data.freeze()).arrays
    }

    @Test("byte arrays as the format's Encodings text describes them: four bytes of length, then the bytes")
    func specification() throws {
        let body: [UInt8] = [5, 0, 0, 0] + Array("Hello".utf8) + [0, 0, 0, 0] + [1, 0, 0, 0, 0x21]
        #expect(try take(body, [1, 2]) == [Array("Hello".utf8), [], [0x21]])
    }

    @Test("byte arrays of random lengths come back in random steps", arguments: UInt64(0)..<30)
    func property(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let longest = [3, 20, 70, 300][Int(seed % 4)]
        let values = (0..<2500).map { _ in
            (0..<Int.random(in: 0...longest, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
        var steps: [Int] = []
        while steps.reduce(0, +) < values.count {
            steps.append(min(values.count - steps.reduce(0, +), Int.random(in: 1...1500, using: &generator)))
        }
        #expect(try take(TestEncoders.plain(values), steps) == values, "seed \(seed)")
    }

    @Test(
        "a length that does not fit is refused",
        arguments: [
            ([0xFF, 0xFF, 0xFF, 0x7F, 1], .malformed(.byteArrayLength)),
            ([0xFF, 0xFF, 0xFF, 0xFF, 1], .malformed(.byteArrayLength)),
            ([2, 0, 0, 0, 1], .malformed(.byteArrayLength)),
            ([2, 0, 0], .truncated),
            ([], .truncated),
        ] as [([UInt8], DecodeFault.Kind)])
    func broken(body: [UInt8], expected: DecodeFault.Kind) {
        #expect(brokenRule { _ = try take(body, [1]) } == expected)
    }

    @Test("a dictionary that claims more values than bytes is refused before it sizes anything")
    func dictionaryCount() {
        #expect(brokenRule { _ = try Plain.byteArrays(Bytes([0, 0, 0, 0]), count: .max) } == .truncated)
        #expect(brokenRule { _ = try Plain.fixedWidth(Bytes([0, 0, 0, 0]), byteWidth: 4, count: 2) } == .truncated)
        #expect(
            brokenRule { _ = try Plain.fixedWidth(Bytes(), byteWidth: 1 << 40, count: 1 << 40) }
                == .malformed(.sizeOverflow))
    }
}
