/// Little-endian bit-packed integers: value `i` of width `w` is bits `i * w ..< (i + 1) * w`, least significant first.
///
/// Spec: Parquet Encodings, "RLE/bit-packing hybrid", item 1; the same packing serves DELTA_BINARY_PACKED.
/// Unsafe: the kernels read whole words and write through a pointer; the bounds are established once per call.
public enum BitUnpacking {
    /// Returns the number of bytes that hold `count` values.
    @inlinable
    public static func byteCount(count: Int, bitWidth: Int) -> Int {
        (count &* bitWidth &+ 7) &>> 3
    }

    /// Writes `count` values of 0…32 bits, the first of them at index `first`, to `target`.
    ///
    /// The span must hold `first + count` values and `target` have room for `count`; both are the caller's to check.
    @unsafe
    public static func unpack(
        _ packed: RawSpan, first: Int, count: Int, bitWidth: Int, into target: UnsafeMutablePointer<UInt32>
    ) {
        precondition(bitWidth >= 0 && bitWidth <= 32 && first >= 0 && count >= 0)
        precondition(byteCount(count: first + count, bitWidth: bitWidth) <= packed.byteCount)
        guard bitWidth > 0, count > 0 else {
            unsafe target.update(repeating: 0, count: count)
            return
        }
        unsafe packed.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var done = 0
            // Up to a whole group of eight, so that groups start at a byte.
            let head = min(count, (8 &- first & 7) & 7)
            while done < head {
                unsafe target[done] = value(base, bytes.count, first &+ done, bitWidth)
                done &+= 1
            }
            // Groups are read a word at a time, so the last ones, whose words would end past the bytes, go singly.
            let start = byteCount(count: first &+ done, bitWidth: bitWidth)
            let readable = bytes.count &- start &- 8 &- bitWidth
            let safeGroups = readable < 0 ? 0 : readable / bitWidth &+ 1
            let groups = min((count &- done) &>> 3, safeGroups)
            if groups > 0 {
                unsafe unpackGroups(base + start, groups, bitWidth, target + done)
                done &+= groups &<< 3
            }
            while done < count {
                unsafe target[done] = value(base, bytes.count, first &+ done, bitWidth)
                done &+= 1
            }
        }
    }

    /// Writes `count` values of 0…8 bits, the first of them at index `first`, to `target` and returns the largest.
    ///
    /// The span must hold `first + count` values and `target` have room for `count`; both are the caller's to check.
    @unsafe
    public static func unpackBytes(
        _ packed: RawSpan, first: Int, count: Int, bitWidth: Int, into target: UnsafeMutablePointer<UInt8>
    ) -> UInt8 {
        precondition(bitWidth >= 0 && bitWidth <= 8 && first >= 0 && count >= 0)
        precondition(byteCount(count: first + count, bitWidth: bitWidth) <= packed.byteCount)
        guard bitWidth > 0, count > 0 else {
            unsafe target.update(repeating: 0, count: count)
            return 0
        }
        unsafe packed.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let head = min(count, (8 &- first & 7) & 7)
            for index in 0..<head {
                unsafe target[index] = UInt8(truncatingIfNeeded: value(base, bytes.count, first &+ index, bitWidth))
            }
            var done = head
            var offset = byteCount(count: first &+ head, bitWidth: bitWidth)
            // Eight values become a byte each by moving the upper half of them up, thrice.
            let width = UInt64(bitWidth)
            let all = UInt64.max &>> (64 &- width &* 8)
            let fours = (all &>> (width &* 4)) &* 0x0000_0001_0000_0001
            let twos = (all &>> (width &* 6)) &* 0x0001_0001_0001_0001
            let ones = (all &>> (width &* 7)) &* 0x0101_0101_0101_0101
            while count &- done >= 8, bytes.count &- offset >= 8 {
                var word = unsafe (base + offset).loadUnaligned(as: UInt64.self) & all
                word =
                    word & fours & 0x0000_0000_FFFF_FFFF | word &<< (32 &- width &* 4) & fours & 0xFFFF_FFFF_0000_0000
                word = word & twos & 0x0000_FFFF_0000_FFFF | word &<< (16 &- width &* 2) & twos & 0xFFFF_0000_FFFF_0000
                word = word & ones & 0x00FF_00FF_00FF_00FF | word &<< (8 &- width) & ones & 0xFF00_FF00_FF00_FF00
                unsafe UnsafeMutableRawPointer(target + done).storeBytes(of: word, as: UInt64.self)
                done &+= 8
                offset &+= bitWidth
            }
            for index in done..<count {
                unsafe target[index] = UInt8(truncatingIfNeeded: value(base, bytes.count, first &+ index, bitWidth))
            }
        }
        var largest: UInt8 = 0
        for index in 0..<count { largest = unsafe max(largest, target[index]) }
        return largest
    }

    /// Writes `count` values of 0…64 bits from the start of the span to `target`, under the same conditions.
    @unsafe
    public static func unpack(
        _ packed: RawSpan, count: Int, bitWidth: Int, into target: UnsafeMutablePointer<UInt64>
    ) {
        precondition(bitWidth >= 0 && bitWidth <= 64 && count >= 0)
        precondition(byteCount(count: count, bitWidth: bitWidth) <= packed.byteCount)
        guard bitWidth > 0, count > 0 else {
            unsafe target.update(repeating: 0, count: count)
            return
        }
        let mask = UInt64.max &>> UInt64(64 &- bitWidth)
        unsafe packed.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var bit = 0
            // A value of up to 64 bits lies in the nine bytes from its first one.
            let safe = min(count, max(0, (bytes.count &- 9) &* 8 / bitWidth))
            for index in 0..<safe {
                let address = unsafe base + (bit &>> 3)
                let shift = UInt64(bit & 7)
                let low = unsafe address.loadUnaligned(as: UInt64.self) &>> shift
                let high = unsafe UInt64(address.load(fromByteOffset: 8, as: UInt8.self))
                unsafe target[index] = (low | (high &<< 1) &<< (63 &- shift)) & mask
                bit &+= bitWidth
            }
            for index in safe..<count {
                unsafe target[index] = wideValue(base, bytes.count, bit, mask)
                bit &+= bitWidth
            }
        }
    }

    /// The value at an index, read without touching a byte past the end.
    @inline(__always)
    private static func value(_ base: UnsafeRawPointer, _ byteCount: Int, _ index: Int, _ bitWidth: Int) -> UInt32 {
        let bit = index &* bitWidth
        let mask = UInt64.max &>> UInt64(64 &- bitWidth)
        if bit &>> 3 &+ 8 <= byteCount {
            let word = unsafe (base + (bit &>> 3)).loadUnaligned(as: UInt64.self)
            return UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
        }
        return UInt32(truncatingIfNeeded: unsafe wideValue(base, byteCount, bit, mask))
    }

    private static func wideValue(_ base: UnsafeRawPointer, _ byteCount: Int, _ bit: Int, _ mask: UInt64) -> UInt64 {
        let start = bit &>> 3
        var low: UInt64 = 0
        var high: UInt64 = 0
        for index in 0..<min(9, byteCount &- start) {
            let byte = unsafe UInt64(base.load(fromByteOffset: start &+ index, as: UInt8.self))
            if index < 8 { low |= byte &<< UInt64(index &* 8) } else { high = byte }
        }
        let shift = UInt64(bit & 7)
        return (low &>> shift | (high &<< 1) &<< (63 &- shift)) & mask
    }

    /// Unpacks groups of eight values. Each width is a loop of its own with constant shifts.
    private static func unpackGroups(
        _ source: UnsafeRawPointer, _ groups: Int, _ bitWidth: Int, _ target: UnsafeMutablePointer<UInt32>
    ) {
        switch bitWidth {
        case 1: unsafe groupsOfEight(source, groups, 1, target)
        case 2: unsafe groupsOfEight(source, groups, 2, target)
        case 3: unsafe groupsOfEight(source, groups, 3, target)
        case 4: unsafe groupsOfEight(source, groups, 4, target)
        case 5: unsafe groupsOfEight(source, groups, 5, target)
        case 6: unsafe groupsOfEight(source, groups, 6, target)
        case 7: unsafe groupsOfEight(source, groups, 7, target)
        case 8: unsafe groupsOfEight(source, groups, 8, target)
        case 9: unsafe groupsOfEight(source, groups, 9, target)
        case 10: unsafe groupsOfEight(source, groups, 10, target)
        case 11: unsafe groupsOfEight(source, groups, 11, target)
        case 12: unsafe groupsOfEight(source, groups, 12, target)
        case 13: unsafe groupsOfEight(source, groups, 13, target)
        case 14: unsafe groupsOfEight(source, groups, 14, target)
        case 15: unsafe groupsOfEight(source, groups, 15, target)
        case 16: unsafe groupsOfEight(source, groups, 16, target)
        case 17: unsafe groupsOfEight(source, groups, 17, target)
        case 18: unsafe groupsOfEight(source, groups, 18, target)
        case 19: unsafe groupsOfEight(source, groups, 19, target)
        case 20: unsafe groupsOfEight(source, groups, 20, target)
        case 21: unsafe groupsOfEight(source, groups, 21, target)
        case 22: unsafe groupsOfEight(source, groups, 22, target)
        case 23: unsafe groupsOfEight(source, groups, 23, target)
        case 24: unsafe groupsOfEight(source, groups, 24, target)
        case 25: unsafe groupsOfEight(source, groups, 25, target)
        case 26: unsafe groupsOfEight(source, groups, 26, target)
        case 27: unsafe groupsOfEight(source, groups, 27, target)
        case 28: unsafe groupsOfEight(source, groups, 28, target)
        case 29: unsafe groupsOfEight(source, groups, 29, target)
        case 30: unsafe groupsOfEight(source, groups, 30, target)
        case 31: unsafe groupsOfEight(source, groups, 31, target)
        default: unsafe groupsOfEight(source, groups, 32, target)
        }
    }

    @inline(__always)
    private static func groupsOfEight(
        _ source: UnsafeRawPointer, _ groups: Int, _ bitWidth: Int, _ target: UnsafeMutablePointer<UInt32>
    ) {
        let mask = UInt64.max &>> UInt64(64 &- bitWidth)
        // As many values as one word holds at any shift below eight.
        let perWord = bitWidth <= 8 ? 8 : bitWidth <= 16 ? 4 : bitWidth <= 30 ? 2 : 1
        for group in 0..<groups {
            let bytes = unsafe source + group &* bitWidth
            let values = unsafe target + group &* 8
            var index = 0
            while index < 8 {
                let bit = index &* bitWidth
                var word = unsafe (bytes + (bit &>> 3)).loadUnaligned(as: UInt64.self) &>> UInt64(bit & 7)
                for offset in 0..<perWord {
                    unsafe values[index &+ offset] = UInt32(truncatingIfNeeded: word & mask)
                    word &>>= UInt64(bitWidth)
                }
                index &+= perWord
            }
        }
    }
}
