import ByteCore
import TestSupport
import Testing

@Suite("Bit builder")
struct BitBuilderTests {
    private func bits(_ bytes: Bytes, count: Int) -> [Bool] {
        (0..<count).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    }

    private func packed(_ bits: [Bool]) -> Bytes {
        var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
        for (index, bit) in bits.enumerated() where bit { bytes[index / 8] |= 1 << UInt8(index % 8) }
        return Bytes(bytes)
    }

    @Test(
        "random runs and pieces of other bits come out in order, the last byte padded with zeros",
        arguments: UInt64(0)..<60)
    func property(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var builder = BitBuilder()
        var expected: [Bool] = []
        for _ in 0..<30 {
            let count = Int.random(in: 0...200, using: &generator)
            if Bool.random(using: &generator) {
                let bit = Bool.random(using: &generator)
                builder.append(repeating: bit, count: count)
                expected += repeatElement(bit, count: count)
            } else {
                let source = (0..<count + 80).map { _ in Bool.random(using: &generator) }
                let offset = Int.random(in: 0...80, using: &generator)
                let part = source[offset..<offset + count]
                #expect(builder.append(bitsOf: packed(source).span, from: offset, count: count) == part.count { $0 })
                expected += part
            }
        }
        #expect(builder.count == expected.count)
        let result = builder.freeze()
        #expect(result == packed(expected), "seed \(seed)")
    }

    @Test("bits are moved to the places that a mask names", arguments: UInt64(0)..<40)
    func space(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var builder = BitBuilder()
        let before = Int.random(in: 0...20, using: &generator)
        builder.append(repeating: true, count: before)
        let offset = Int.random(in: 0...20, using: &generator)
        let mask = (0..<300).map { $0 < offset ? true : Bool.random(using: &generator) }
        let rows = mask.dropFirst(offset)
        let values = rows.filter { $0 }.map { _ in Bool.random(using: &generator) }
        builder.append(bitsOf: packed(values).span, from: 0, count: values.count)
        builder.space(last: values.count, by: packed(mask).span, from: offset, count: rows.count)
        var next = values.makeIterator()
        let expected = [Bool](repeating: true, count: before) + rows.map { $0 ? next.next() ?? false : false }
        #expect(bits(builder.freeze(), count: expected.count) == expected, "seed \(seed)")
    }
}
