import ArrowLayout
import ArrowTesting
import ByteCore
import TestSupport
import Testing

@Suite("Bitmaps")
struct BitmapTests {
    @Test("bits are stored lowest first")
    func knownBytes() {
        let bitmap = Bitmap(Bytes([0x8D, 0x01]), count: 9)
        let bits = (0..<9).map { bitmap[$0] }
        #expect(bits == [true, false, true, true, false, false, false, true, true])
        #expect(bitmap.countOfOnes == 5)
        #expect(Bitmap.byteCount(of: 0) == 0)
        #expect(Bitmap.byteCount(of: 8) == 1)
        #expect(Bitmap.byteCount(of: 9) == 2)
    }

    @Test("counts and cuts at any bit are those of the single bits", arguments: 0..<60)
    func cuts(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let bits = (0..<Int.random(in: 0...400, using: &generator)).map { _ in generator.once(in: 2) }
        var builder = BitBuilder()
        for bit in bits { builder.append(bit) }
        let bitmap = Bitmap(builder.freeze(), count: bits.count)
        for _ in 0..<20 {
            let start = Int.random(in: 0...bits.count, using: &generator)
            let end = Int.random(in: start...bits.count, using: &generator)
            let slice = bitmap.slice(start..<end)
            #expect((0..<slice.count).map { slice[$0] } == Array(bits[start..<end]), "seed \(seed)")
            #expect(bitmap.countOfOnes(in: start..<end) == bits[start..<end].count { $0 }, "seed \(seed)")
        }
    }

    @Test("bitmaps of other bits or lengths differ, whatever their unused bits are")
    func equality() {
        #expect(Bitmap(Bytes([0b0000_0101]), count: 3) == Bitmap(Bytes([0b1111_1101]), count: 3))
        #expect(Bitmap(Bytes([0b0000_0101]), count: 3) != Bitmap(Bytes([0b0000_0111]), count: 3))
        #expect(Bitmap(Bytes([0b0000_0101]), count: 3) != Bitmap(Bytes([0b0000_0101]), count: 4))
    }
}
