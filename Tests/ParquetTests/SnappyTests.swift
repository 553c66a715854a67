import ByteCore
import TestSupport
import Testing

@testable import Parquet

@Suite("Snappy")
struct SnappyTests {
    private func decompress(_ bytes: [UInt8], to byteCount: Int) throws -> [UInt8] {
        // Bytes around the output that must stay.
        var memory = [UInt8](repeating: 0xA5, count: byteCount + 32)
        let written = try unsafe bytes.withUnsafeBytes { input in
            try unsafe memory.withUnsafeMutableBytes { output in
                try unsafe Snappy.decompress(
                    input, UnsafeMutableRawBufferPointer(rebasing: output[16..<16 + byteCount]))
            }
        }
        #expect(written == byteCount)
        #expect(memory.prefix(16).allSatisfy { $0 == 0xA5 } && memory.suffix(16).allSatisfy { $0 == 0xA5 })
        return Array(memory[16..<16 + byteCount])
    }

    private func literal(_ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count - 1
        if count < 60 { return [UInt8(count) << 2] + bytes }
        let extra = count < 1 << 8 ? 1 : count < 1 << 16 ? 2 : 3
        return [UInt8(59 + extra) << 2] + (0..<extra).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + bytes
    }

    /// A copy in the form asked for, if it can say it.
    private func copy(distance: Int, count: Int, form: Int) -> [UInt8] {
        if form == 1, distance < 1 << 11, (4...11).contains(count) {
            return [UInt8(distance >> 8) << 5 | UInt8(count - 4) << 2 | 1, UInt8(distance & 0xFF)]
        }
        let width = form == 3 || distance >= 1 << 16 ? 4 : 2
        return [UInt8(count - 1) << 2 | (width == 4 ? 3 : 2)]
            + (0..<width).map { UInt8(truncatingIfNeeded: distance >> ($0 * 8)) }
    }

    @Test("the elements of the format's description: literals, and copies that overlap themselves")
    func description() throws {
        #expect(try decompress([3] + literal(Array("abc".utf8)), to: 3) == Array("abc".utf8))
        // "xababab": the literal "xab" and four bytes from two back.
        let bytes = [7] + literal(Array("xab".utf8)) + copy(distance: 2, count: 4, form: 1)
        #expect(try decompress(bytes, to: 7) == Array("xababab".utf8))
    }

    @Test("random elements of every form give what they say", arguments: UInt64(0)..<60)
    func property(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var output: [UInt8] = []
        var elements: [UInt8] = []
        let size = [10, 90, 300, 5000, 100_000][Int(seed % 5)]
        while output.count < size {
            if output.isEmpty || Int.random(in: 0..<3, using: &generator) == 0 {
                let longest = Int.random(in: 0..<20, using: &generator) == 0 ? 700 : 70
                let bytes = (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                elements += literal(bytes)
                output += bytes
            } else {
                let farthest = Bool.random(using: &generator) ? min(20, output.count) : output.count
                let distance = Int.random(in: 1...farthest, using: &generator)
                let count = Int.random(in: 1...64, using: &generator)
                elements += copy(distance: distance, count: count, form: Int.random(in: 1...3, using: &generator))
                for _ in 0..<count { output.append(output[output.count - distance]) }
            }
        }
        let block = TestEncoders.varint(UInt64(output.count)) + elements
        #expect(try decompress(block, to: output.count) == output, "seed \(seed)")
    }

    @Test(
        "broken elements name the rule",
        arguments: [
            ([], 4, .truncated),
            ([0x80], 4, .truncated),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 4, .malformed(.varintTooLong)),
            ([5, 0x0C, 1, 2, 3, 4], 4, .malformed(.codecOutputSize)),
            ([4, 0x0C, 1, 2, 3], 4, .truncated),
            ([4, 0x08, 1, 2, 3], 4, .truncated),
            ([4, 0x10, 1, 2, 3, 4, 5], 4, .malformed(.codecOutputSize)),
            ([4, 0x01, 0x01], 4, .malformed(.codecData)),
            ([6, 0x04, 1, 2, 0x01, 0x00], 6, .malformed(.codecData)),
            ([6, 0x04, 1, 2, 0x01, 0x03], 6, .malformed(.codecData)),
            ([6, 0x04, 1, 2, 0x01], 6, .truncated),
            ([6, 0x04, 1, 2, 0x0D, 0x01], 6, .malformed(.codecOutputSize)),
            ([6, 0x04, 1, 2, 0x0F, 1, 0, 0], 6, .truncated),
            ([9, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 1], 9, .truncated),
        ] as [([UInt8], Int, DecodeFault.Kind)])
    func broken(bytes: [UInt8], byteCount: Int, expected: DecodeFault.Kind) {
        #expect(brokenRule { _ = try decompress(bytes, to: byteCount) } == expected)
    }

    @Test("changed and random bytes end in bytes or a fault, and nothing around the output is touched")
    func hostile() {
        for seed in UInt64(0)..<2000 {
            var generator = SeededGenerator(seed: seed)
            let byteCount = [5, 100, 700][Int(seed % 3)]
            let bytes =
                TestEncoders.varint(UInt64(byteCount)) + literal([1, 2, 3, 4])
                + (0..<Int.random(in: 0..<400, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            _ = try? decompress(bytes, to: byteCount)
        }
    }
}
