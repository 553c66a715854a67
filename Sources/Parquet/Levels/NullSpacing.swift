public import ByteCore

/// Moves values that lie next to each other to the rows that they belong to.
///
/// Unsafe: values move backwards inside memory that was reserved for all rows; every row comes at or after its value.
public enum NullSpacing {
    /// Spreads the last `validCount` values over `rowCount` rows; rows without a value become zero.
    ///
    /// Shape: bits `maskOffset ..< maskOffset + rowCount` of the mask, of which `validCount` are set.
    public static func spread(
        _ values: inout ByteBuilder, byteWidth: Int, validCount: Int, rowCount: Int, mask: RawSpan, maskOffset: Int
    ) {
        let start = values.count - validCount * byteWidth
        precondition(start >= 0 && validCount <= rowCount && (maskOffset + rowCount + 7) / 8 <= mask.byteCount)
        unsafe values.rewrite(from: start, byteCount: rowCount &* byteWidth) { base in
            switch byteWidth {
            case 1: unsafe spread(base, UInt8.self, validCount, rowCount, mask, maskOffset)
            case 2: unsafe spread(base, UInt16.self, validCount, rowCount, mask, maskOffset)
            case 4: unsafe spread(base, UInt32.self, validCount, rowCount, mask, maskOffset)
            case 8: unsafe spread(base, UInt64.self, validCount, rowCount, mask, maskOffset)
            case 16: unsafe spread(base, UInt128.self, validCount, rowCount, mask, maskOffset)
            default:
                var from = validCount
                for row in (0..<rowCount).reversed() {
                    let isValid = mask.bit(at: maskOffset &+ row)
                    from &-= isValid ? 1 : 0
                    let target = unsafe base + row &* byteWidth
                    if isValid {
                        unsafe target.copyMemory(from: base + from &* byteWidth, byteCount: byteWidth)
                    } else {
                        unsafe target.initializeMemory(as: UInt8.self, repeating: 0, count: byteWidth)
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func spread<Value: FixedWidthInteger>(
        _ base: UnsafeMutableRawPointer, _ type: Value.Type, _ validCount: Int, _ rowCount: Int, _ mask: RawSpan,
        _ maskOffset: Int
    ) {
        let stride = MemoryLayout<Value>.size
        var from = validCount
        var end = rowCount
        // 32 rows a step, from the back; once as many values are left as rows, they lie where they belong.
        while end > 0, from < end {
            let step = min(32, end)
            let bits = mask.bits(at: maskOffset &+ end &- step) & (1 &<< UInt64(step) &- 1)
            if bits.nonzeroBitCount == step {
                from &-= step
                unsafe (base + (end &- step) &* stride).copyMemory(
                    from: base + from &* stride, byteCount: step &* stride)
            } else if bits == 0 {
                unsafe (base + (end &- step) &* stride).initializeMemory(as: Value.self, repeating: 0, count: step)
            } else {
                var row = step
                while row > 0 {
                    row &-= 1
                    let bit = Int(truncatingIfNeeded: bits &>> UInt64(row)) & 1
                    from &-= bit
                    // Without a branch: where the row has no value, some earlier one is read and cleared.
                    let value = unsafe base.loadUnaligned(fromByteOffset: from &* stride, as: Value.self)
                    let kept = value & (0 &- Value(truncatingIfNeeded: bit))
                    unsafe base.storeBytes(of: kept, toByteOffset: (end &- step &+ row) &* stride, as: Value.self)
                }
            }
            end &-= step
        }
    }

    /// Spreads the last `validCount` ends of byte strings over `rowCount` rows; a row without a value ends where the
    /// row before it does.
    ///
    /// Shape: offsets of 32 bits, at least one of them before the ends; the mask as in `spread`.
    public static func spreadEnds(
        _ offsets: inout ByteBuilder, validCount: Int, rowCount: Int, mask: RawSpan, maskOffset: Int
    ) {
        let start = offsets.count - (validCount + 1) * 4
        precondition(start >= 0 && validCount <= rowCount && (maskOffset + rowCount + 7) / 8 <= mask.byteCount)
        unsafe offsets.rewrite(from: start, byteCount: (rowCount &+ 1) &* 4) { base in
            // Position 0 is the end before the first row, so that row `i` ends at position `i + 1`.
            var from = validCount
            var end = rowCount
            while end > 0, from < end {
                let step = min(32, end)
                let bits = mask.bits(at: maskOffset &+ end &- step) & (1 &<< UInt64(step) &- 1)
                var row = end
                var position = UInt64(step)
                while row > end &- step {
                    position &-= 1
                    let value = unsafe base.loadUnaligned(fromByteOffset: from &* 4, as: UInt32.self)
                    unsafe base.storeBytes(of: value, toByteOffset: row &* 4, as: UInt32.self)
                    from &-= Int(truncatingIfNeeded: bits &>> position) & 1
                    row &-= 1
                }
                end &-= step
            }
        }
    }
}
