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

    private func unpacked64(_ bytes: [UInt8], bitWidth: Int, count: Int) throws -> [UInt64] {
        var output = [UInt64](repeating: .max, count: count)
        var span = output.mutableSpan
        try BitUnpacking.unpack(Bytes(bytes).span, bitWidth: bitWidth, into: &span)
        return output
    }

    private func unpacked32(_ bytes: [UInt8], bitWidth: Int, count: Int) throws -> [UInt32] {
        var output = [UInt32](repeating: .max, count: count)
        var span = output.mutableSpan
        try BitUnpacking.unpack(Bytes(bytes).span, bitWidth: bitWidth, into: &span)
        return output
    }

    private func unpacked8(_ bytes: [UInt8], bitWidth: Int, count: Int) throws -> [UInt8] {
        var output = [UInt8](repeating: .max, count: count)
        var span = output.mutableSpan
        try BitUnpacking.unpack(Bytes(bytes).span, bitWidth: bitWidth, into: &span)
        return output
    }

    @Test("the example of the format's Encodings text")
    func specification() throws {
        let bytes: [UInt8] = [0b1000_1000, 0b1100_0110, 0b1111_1010]
        #expect(try unpacked32(bytes, bitWidth: 3, count: 8) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(try unpacked8(bytes, bitWidth: 3, count: 8) == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test("every width gives back random values, in any number", arguments: 0...64)
    func widths(bitWidth: Int) throws {
        var generator = SeededGenerator(seed: UInt64(bitWidth))
        let mask = bitWidth == 0 ? 0 : UInt64.max >> UInt64(64 - bitWidth)
        for count in [0, 1, 2, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 65, 100, 257] {
            let values = (0..<count).map { _ in generator.next() & mask }
            let bytes = packed(values, bitWidth: bitWidth)
            #expect(try unpacked64(bytes, bitWidth: bitWidth, count: count) == values, "\(count) values")
            let narrow = values.map { UInt32(truncatingIfNeeded: $0) }
            #expect(try unpacked32(bytes, bitWidth: bitWidth, count: count) == narrow, "\(count) values")
            let bytesOnly = values.map { UInt8(truncatingIfNeeded: $0) }
            #expect(try unpacked8(bytes, bitWidth: bitWidth, count: count) == bytesOnly, "\(count) values")
            // Bytes that follow are not looked at.
            #expect(try unpacked64(bytes + [0xFF, 0xFF], bitWidth: bitWidth, count: count) == values)
        }
    }

    @Test("uninitialised memory is filled as a span is")
    func pointers() throws {
        let values: [UInt64] = (0..<50).map { $0 * 37 % 512 }
        let bytes = Bytes(packed(values, bitWidth: 9))
        let narrow = try unsafe [UInt32](unsafeUninitializedCapacity: 50) { buffer, count in
            try unsafe BitUnpacking.unpack(
                bytes.span, bitWidth: 9, into: UnsafeMutableBufferPointer(rebasing: buffer[..<50]))
            count = 50
        }
        #expect(narrow == values.map { UInt32($0) })
    }

    @Test("one byte too few is truncated, whatever the width", arguments: 1...64)
    func truncated(bitWidth: Int) {
        let bytes = [UInt8](repeating: 0xFF, count: (bitWidth * 9 + 7) / 8 - 1)
        #expect(throws: DecodeFault(.truncated, at: bytes.count)) {
            try unpacked64(bytes, bitWidth: bitWidth, count: 9)
        }
    }

    @Test("widths that no type has and sizes that overflow are faults")
    func badWidths() {
        #expect(throws: DecodeFault.malformed(.bitWidth)) { try unpacked64([1], bitWidth: 65, count: 1) }
        #expect(throws: DecodeFault.malformed(.bitWidth)) { try unpacked64([1], bitWidth: -1, count: 1) }
        #expect(throws: DecodeFault.malformed(.sizeOverflow)) {
            try BitUnpacking.byteCount(bitWidth: 64, count: .max / 8)
        }
        #expect(throws: DecodeFault.malformed(.negativeSize)) {
            try BitUnpacking.byteCount(bitWidth: 8, count: -1)
        }
    }
}
