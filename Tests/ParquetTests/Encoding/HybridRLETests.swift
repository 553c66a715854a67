import ByteCore
import Parquet
import TestSupport
import Testing

@Suite("RLE/bit-packing hybrid")
struct HybridRLETests {
    private func decode(_ bytes: [UInt8], bitWidth: Int, count: Int, limit: Int = .max) throws -> [UInt32] {
        var runs = try HybridRLE(body: Bytes(bytes), bitWidth: bitWidth, count: count)
        var values: [UInt32] = []
        while values.count < count {
            switch try runs.next(limit: min(limit, count - values.count)) {
            case .repeated(let value, let runCount): values += repeatElement(value, count: runCount)
            case .packed(let offset, let first, let runCount):
                var block = [UInt32](repeating: 0, count: runCount)
                unsafe block.withUnsafeMutableBufferPointer { target in
                    guard let base = target.baseAddress else { return }
                    unsafe BitUnpacking.unpack(
                        runs.body.span.extracting(offset..<runs.body.count), first: first, count: runCount,
                        bitWidth: bitWidth, into: base)
                }
                values += block
            }
        }
        return values
    }

    @Test("the packed example of the format's Encodings text, after its header")
    func specification() throws {
        let bytes: [UInt8] = [0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010]
        #expect(try decode(bytes, bitWidth: 3, count: 8) == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test("a repeated run is read from the bytes that pyarrow writes for 1,000 present values")
    func repeated() throws {
        // Definition levels of one page of 1,000 rows, all there: header 2000 as a varint, then the level.
        #expect(try decode([0xD0, 0x0F, 0x01], bitWidth: 1, count: 1000) == [UInt32](repeating: 1, count: 1000))
    }

    @Test("random values come back whatever the runs, the width and the steps", arguments: 0...32)
    func property(bitWidth: Int) throws {
        for seed in UInt64(0)..<12 {
            var generator = SeededGenerator(seed: seed * 64 + UInt64(bitWidth))
            let mask = bitWidth == 0 ? 0 : UInt32.max >> UInt32(32 - bitWidth)
            var values: [UInt32] = []
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                let value = UInt32.random(in: 0...UInt32.max, using: &generator) & mask
                let isRun = Bool.random(using: &generator)
                for _ in 0..<Int.random(in: 1...30, using: &generator) {
                    values.append(isRun ? value : UInt32.random(in: 0...UInt32.max, using: &generator) & mask)
                }
            }
            let bytes = TestEncoders.hybrid(values, bitWidth: bitWidth, using: &generator)
            let limit = Int.random(in: 1...70, using: &generator)
            #expect(try decode(bytes, bitWidth: bitWidth, count: values.count) == values, "seed \(seed)")
            #expect(try decode(bytes, bitWidth: bitWidth, count: values.count, limit: limit) == values, "seed \(seed)")
            // A body may go on after the last value that is wanted.
            #expect(try decode(bytes + [0x00], bitWidth: bitWidth, count: values.count) == values, "seed \(seed)")
        }
    }

    @Test("width 0 needs no bytes: there is one possible value")
    func widthZero() throws {
        #expect(try decode([], bitWidth: 0, count: 5) == [0, 0, 0, 0, 0])
    }

    @Test("the padding of the last packed group may be missing")
    func padding() throws {
        let values = (0..<11).map { UInt64($0) }
        let bytes = TestEncoders.varint(2 << 1 | 1) + TestEncoders.packed(values, bitWidth: 4)
        #expect(try decode(bytes, bitWidth: 4, count: 11) == values.map { UInt32($0) })
    }

    @Test(
        "broken runs name the rule",
        arguments: [
            ([0x00, 0x01], 1, 4, .malformed(.runLengthZero)),
            ([0x01], 1, 4, .malformed(.runLengthZero)),
            ([], 1, 1, .truncated),
            ([0x80], 1, 1, .truncated),
            ([0x08], 1, 4, .truncated),
            ([0x03], 1, 4, .truncated),
            ([0x03, 1, 2], 8, 8, .truncated),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 1, 4, .malformed(.varintTooLong)),
            ([0x02, 0x00], 1, 2, .truncated),
            ([0x02, 0x00], 33, 2, .malformed(.bitWidth)),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0xFF], 32, 1 << 31, .truncated),
        ] as [([UInt8], Int, Int, DecodeFault.Kind)])
    func broken(bytes: [UInt8], bitWidth: Int, count: Int, expected: DecodeFault.Kind) {
        #expect(brokenRule { _ = try decode(bytes, bitWidth: bitWidth, count: count) } == expected)
    }

    @Test("random bytes end in values or a fault")
    func hostile() {
        for seed in UInt64(0)..<3000 {
            var generator = SeededGenerator(seed: seed)
            let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let bitWidth = Int.random(in: 0...32, using: &generator)
            let count = Int.random(in: 0...600, using: &generator)
            if let values = try? decode(bytes, bitWidth: bitWidth, count: count) {
                #expect(values.count == count, "seed \(seed)")
            }
        }
    }
}
