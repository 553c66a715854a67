import ByteCore
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

    private func unpacked64(_ bytes: [UInt8], bitWidth: Int, count: Int) -> [UInt64] {
        unsafe [UInt64](unsafeUninitializedCapacity: count) { buffer, written in
            if let target = buffer.baseAddress {
                unsafe BitUnpacking.unpack(Bytes(bytes).span, count: count, bitWidth: bitWidth, into: target)
            }
            written = count
        }
    }

    private func unpacked32(_ bytes: [UInt8], bitWidth: Int, first: Int = 0, count: Int) -> [UInt32] {
        unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, written in
            if let target = buffer.baseAddress {
                unsafe BitUnpacking.unpack(
                    Bytes(bytes).span, first: first, count: count, bitWidth: bitWidth, into: target)
            }
            written = count
        }
    }

    @Test("the example of the format's Encodings text")
    func specification() {
        let bytes: [UInt8] = [0b1000_1000, 0b1100_0110, 0b1111_1010]
        #expect(unpacked32(bytes, bitWidth: 3, count: 8) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(unpacked64(bytes, bitWidth: 3, count: 8) == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test("every width gives back random values, in any number and from any first value", arguments: 0...64)
    func widths(bitWidth: Int) {
        var generator = SeededGenerator(seed: UInt64(bitWidth))
        let mask = bitWidth == 0 ? 0 : UInt64.max >> UInt64(64 - bitWidth)
        for count in [0, 1, 2, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 65, 100, 257] {
            let values = (0..<count).map { _ in generator.next() & mask }
            let bytes = packed(values, bitWidth: bitWidth)
            #expect(unpacked64(bytes, bitWidth: bitWidth, count: count) == values, "\(count) values")
            guard bitWidth <= 32 else { continue }
            let narrow = values.map { UInt32(truncatingIfNeeded: $0) }
            for first in [0, 1, 5, 8, 13, 64] where first <= count {
                let rest = unpacked32(bytes, bitWidth: bitWidth, first: first, count: count - first)
                #expect(rest == Array(narrow[first...]), "\(count) values from \(first)")
            }
        }
    }

    @Test("the byte count is that of all bits, rounded up")
    func byteCount() {
        #expect(BitUnpacking.byteCount(count: 0, bitWidth: 7) == 0)
        #expect(BitUnpacking.byteCount(count: 1, bitWidth: 1) == 1)
        #expect(BitUnpacking.byteCount(count: 9, bitWidth: 7) == 8)
    }
}
