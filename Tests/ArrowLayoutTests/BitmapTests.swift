import ArrowLayout
import ArrowTesting
import ByteCore
import Testing

@Suite("Bitmaps")
struct BitmapTests {
    @Test("bits are stored lowest first, and the rest of the last byte is zero")
    func knownBytes() {
        var builder = BitmapBuilder()
        for bit in [true, false, true, true, false, false, false, true, true] { builder.append(bit) }
        #expect(builder.count == 9)
        #expect(builder.countOfOnes == 5)
        #expect(builder.freeze().bytes.hex == "8d01")
    }

    @Test("appending by bit, word, run and range gives the same bits", arguments: 0..<40)
    func appendForms(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var builder = BitmapBuilder()
        var expected: [Bool] = []
        for _ in 0..<60 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let bit = generator.once(in: 2)
                builder.append(bit)
                expected.append(bit)
            case 1:
                let count = Int.random(in: 0...64, using: &generator)
                let word = count == 64 ? generator.next() : generator.next() & ((1 << UInt64(count)) - 1)
                builder.append(word: word, count: count)
                expected += (0..<count).map { word >> UInt64($0) & 1 == 1 }
            case 2:
                let count = Int.random(in: 0...200, using: &generator)
                let bit = generator.once(in: 2)
                builder.append(repeating: bit, count: count)
                expected += [Bool](repeating: bit, count: count)
            default:
                var other = BitmapBuilder()
                let bits = (0..<Int.random(in: 0...150, using: &generator)).map { _ in generator.once(in: 3) }
                for bit in bits { other.append(bit) }
                let start = Int.random(in: 0...bits.count, using: &generator)
                let end = Int.random(in: start...bits.count, using: &generator)
                builder.append(contentsOf: other.freeze(), start..<end)
                expected += bits[start..<end]
            }
        }
        #expect(builder.count == expected.count, "seed \(seed)")
        #expect(builder.countOfOnes == expected.count { $0 }, "seed \(seed)")
        let bitmap = builder.freeze()
        #expect((0..<bitmap.count).map { bitmap[$0] } == expected, "seed \(seed)")
        let start = Int.random(in: 0...expected.count, using: &generator)
        let end = Int.random(in: start...expected.count, using: &generator)
        let slice = bitmap.slice(start..<end)
        #expect((0..<slice.count).map { slice[$0] } == Array(expected[start..<end]), "seed \(seed)")
        #expect(bitmap.countOfOnes(in: start..<end) == expected[start..<end].count { $0 }, "seed \(seed)")
        #expect(slice == bitmap.slice(start..<end))
    }

    @Test("bitmaps of other bits or lengths differ, whatever their unused bits are")
    func equality() {
        #expect(Bitmap(Bytes([0b0000_0101]), count: 3) == Bitmap(Bytes([0b1111_1101]), count: 3))
        #expect(Bitmap(Bytes([0b0000_0101]), count: 3) != Bitmap(Bytes([0b0000_0111]), count: 3))
        #expect(Bitmap(Bytes([0b0000_0101]), count: 3) != Bitmap(Bytes([0b0000_0101]), count: 4))
    }
}
