import ByteCore
import TestSupport
import Testing

@Suite("Bit unpacking")
struct BitUnpackingTests {
    /// Packs integers bit by bit, the lowest bit of each byte first.
    private func packed(_ values: [UInt64], bitWidth: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (values.count * bitWidth + 7) / 8)
        for (index, value) in values.enumerated() {
            for bit in 0..<bitWidth where value >> UInt64(bit) & 1 == 1 {
                let position = index * bitWidth + bit
                bytes[position / 8] |= 1 << UInt8(position % 8)
            }
        }
        return bytes
    }

    /// Unpacks into memory with a value on each side that must stay.
    private func unpacked32(_ bytes: [UInt8], first: Int = 0, count: Int, bitWidth: Int) -> [UInt32] {
        var output = [UInt32](repeating: 0xA5A5_A5A5, count: count + 2)
        unsafe output.withUnsafeMutableBufferPointer { memory in
            guard let base = memory.baseAddress else { return }
            unsafe BitUnpacking.unpack(
                Bytes(bytes).span, first: first, count: count, bitWidth: bitWidth, into: base + 1)
        }
        #expect(output.first == 0xA5A5_A5A5 && output.last == 0xA5A5_A5A5)
        return Array(output.dropFirst().dropLast())
    }

    private func unpacked64(_ bytes: [UInt8], count: Int, bitWidth: Int) -> [UInt64] {
        var output = [UInt64](repeating: 0xA5, count: count + 2)
        unsafe output.withUnsafeMutableBufferPointer { memory in
            guard let base = memory.baseAddress else { return }
            unsafe BitUnpacking.unpack(Bytes(bytes).span, count: count, bitWidth: bitWidth, into: base + 1)
        }
        #expect(output.first == 0xA5 && output.last == 0xA5)
        return Array(output.dropFirst().dropLast())
    }

    @Test("the example of the format's Encodings text")
    func specification() {
        let bytes: [UInt8] = [0b1000_1000, 0b1100_0110, 0b1111_1010]
        #expect(unpacked32(bytes, count: 8, bitWidth: 3) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(unpacked64(bytes, count: 8, bitWidth: 3) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(BitUnpacking.byteCount(count: 8, bitWidth: 3) == 3)
        #expect(BitUnpacking.byteCount(count: 9, bitWidth: 3) == 4)
    }

    @Test("every width gives back random values in any number, from exactly their bytes", arguments: 0...64)
    func widths(bitWidth: Int) {
        var generator = SeededGenerator(seed: UInt64(bitWidth))
        let mask = bitWidth == 0 ? 0 : UInt64.max >> UInt64(64 - bitWidth)
        for count in [0, 1, 2, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 65, 100, 257] {
            let values = (0..<count).map { _ in generator.next() & mask }
            let bytes = packed(values, bitWidth: bitWidth)
            #expect(unpacked64(bytes, count: count, bitWidth: bitWidth) == values, "\(count) values")
            // Bytes that follow are not looked at.
            #expect(unpacked64(bytes + [0xFF, 0xFF], count: count, bitWidth: bitWidth) == values, "\(count) values")
            if bitWidth <= 32 {
                let narrow = values.map { UInt32($0) }
                #expect(unpacked32(bytes, count: count, bitWidth: bitWidth) == narrow, "\(count) values")
                #expect(unpacked32(bytes + [0xFF], count: count, bitWidth: bitWidth) == narrow, "\(count) values")
            }
        }
    }

    @Test("from any value on, in any number", arguments: [1, 3, 7, 8, 12, 17, 24, 25, 29, 31, 32])
    func parts(bitWidth: Int) {
        var generator = SeededGenerator(seed: UInt64(bitWidth))
        let values = (0..<90).map { _ in UInt32.random(in: 0...(.max >> UInt32(32 - bitWidth)), using: &generator) }
        let bytes = packed(values.map { UInt64($0) }, bitWidth: bitWidth)
        for first in 0..<20 {
            for count in [0, 1, 5, 8, 16, 23, 70] {
                let part = unpacked32(bytes, first: first, count: count, bitWidth: bitWidth)
                #expect(part == Array(values[first..<first + count]), "\(count) from \(first)")
            }
        }
    }
}
