import ByteCore

/// The deprecated BIT_PACKED encoding of levels, rewritten as the one bit-packed run that says the same in the RLE
/// hybrid: so that whoever reads levels knows one form.
///
/// Spec: Encodings, "Bit-packed (Deprecated)". Only levels of version 1 have it, without a length before them.
enum BitPackedLevels {
    /// Returns the number of bytes that the levels of a page take.
    static func byteCount(count: Int, bitWidth: Int) throws(DecodeFault) -> Int {
        try Checked.sum(try Checked.product(count, bitWidth), 7) / 8
    }

    /// Rewrites levels of at most 8 bits, whose bytes the caller has counted.
    static func hybridRun(_ packed: RawSpan, count: Int, bitWidth: Int, quirks: WriterQuirks) -> Bytes {
        let groupCount = (count + 7) / 8
        var builder = ByteBuilder(capacity: groupCount * bitWidth + 10)
        var header = UInt64(groupCount) << 1 | 1
        while header >= 0x80 {
            builder.append(UInt8(truncatingIfNeeded: header) | 0x80)
            header >>= 7
        }
        builder.append(UInt8(header))
        if quirks.contains(.levelsLowestBitFirst) {
            builder.append(contentsOf: packed)
            builder.append(repeating: UInt8(0), count: groupCount * bitWidth - packed.byteCount)
        } else {
            appendReversed(packed, count: count, bitWidth: bitWidth, groupCount: groupCount, to: &builder)
        }
        return builder.freeze()
    }

    /// Appends values that have their highest bit first with their lowest bit first.
    private static func appendReversed(
        _ packed: RawSpan, count: Int, bitWidth: Int, groupCount: Int, to builder: inout ByteBuilder
    ) {
        var pending: UInt64 = 0
        var pendingBitCount = 0
        for index in 0..<groupCount * 8 {
            if index < count {
                let bit = index * bitWidth
                let first = UInt64(packed.load(at: bit / 8, as: UInt8.self)) << 8
                let isSplit = bit % 8 + bitWidth > 8
                let second = isSplit ? UInt64(packed.load(at: bit / 8 + 1, as: UInt8.self)) : 0
                let value = (first | second) >> UInt64(16 - bit % 8 - bitWidth) & (1 << UInt64(bitWidth) - 1)
                pending |= value << UInt64(pendingBitCount)
            }
            pendingBitCount += bitWidth
            while pendingBitCount >= 8 {
                builder.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                pendingBitCount -= 8
            }
        }
    }
}
