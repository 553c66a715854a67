public import ByteCore

/// Integers as bit-packed differences from their predecessor.
///
/// Spec: Encodings, "Delta Encoding". Arithmetic wraps around. Blocks of any shape are read whose miniblocks hold whole
/// groups of eight; miniblocks after the last value need not be there.
public enum DeltaBinaryPacked {
    /// What was read: how many values, and how many bytes they took.
    public struct Extent: Hashable, Sendable {
        /// Number of values that were appended.
        public let valueCount: Int
        /// Number of bytes of the body that they took.
        public let byteCount: Int
    }

    /// Appends all values of a body, of which there may be at most `limit`.
    ///
    /// The output grows with the blocks that are really there, not with the count that the body claims; but a block
    /// without bits can stand for any number of values, so no more than `byteLimit` bytes are appended.
    public static func decode<Value: FixedWidthInteger & SignedInteger & NativeValue>(
        _ body: RawSpan, as type: Value.Type, limit: Int, byteLimit: Int, into output: inout ByteBuilder
    ) throws(DecodeFault) -> Extent {
        var cursor = ByteCursor(body)
        let blockCount = try count(&cursor)
        let miniblocks = try count(&cursor)
        let total = try count(&cursor)
        var value = Value(truncatingIfNeeded: try cursor.readZigzag())
        guard total <= limit else { throw .malformed(.deltaCount) }
        guard total <= byteLimit / MemoryLayout<Value>.size else { throw DecodeFault(.limit(.pageSize)) }
        guard total > 0 else { return Extent(valueCount: 0, byteCount: cursor.offset) }
        guard blockCount > 0, miniblocks > 0, blockCount % miniblocks == 0, blockCount / miniblocks % 8 == 0 else {
            throw .malformed(.deltaBlockShape)
        }
        let miniblockCount = blockCount / miniblocks
        output.append(value)
        var left = total - 1
        while left > 0 {
            let minimum = Value(truncatingIfNeeded: try cursor.readZigzag())
            let widths = try cursor.read(count: miniblocks)
            var index = 0
            while index < miniblocks, left > 0 {
                let bitWidth = Int(widths.load(at: index, as: UInt8.self))
                guard bitWidth <= Value.bitWidth else { throw .malformed(.bitWidth, at: cursor.offset) }
                let count = min(left, miniblockCount)
                let byteCount = try Checked.product(miniblockCount / 8, bitWidth)
                // The padding of the last miniblock is often cut off: only the bytes of wanted values must be there.
                let wanted = BitUnpacking.byteCount(count: count, bitWidth: bitWidth)
                guard wanted <= cursor.remaining else { throw DecodeFault(.truncated, at: body.byteCount) }
                // All bytes to the end, so that whole words are read at the end of the miniblock too.
                append(body.extracting(cursor.offset..<body.byteCount), bitWidth, count, minimum, &value, &output)
                try cursor.skip(min(byteCount, cursor.remaining))
                left -= count
                index += 1
            }
        }
        return Extent(valueCount: total, byteCount: cursor.offset)
    }

    private static func count(_ cursor: inout ByteCursor) throws(DecodeFault) -> Int {
        let start = cursor.offset
        let value = try cursor.readVarint()
        guard value <= UInt64(Int32.max) else { throw .malformed(.deltaCount, at: start) }
        return Int(value)
    }

    /// Appends `count` values of the miniblock that `packed` begins with.
    ///
    /// Unsafe: `packed` holds `count` differences, which the caller has checked; room is reserved for each chunk.
    @inline(__always)
    private static func append<Value: FixedWidthInteger & SignedInteger & NativeValue>(
        _ packed: RawSpan, _ bitWidth: Int, _ count: Int, _ minimum: Value, _ value: inout Value,
        _ output: inout ByteBuilder
    ) {
        let stride = MemoryLayout<Value>.size
        var done = 0
        while done < count {
            // A multiple of eight, so that each chunk starts at a byte; 128 of 8 bytes stay on the stack.
            let step = min(128, count &- done)
            let start = BitUnpacking.byteCount(count: done, bitWidth: bitWidth)
            let chunk = packed.extracting(start..<packed.byteCount)
            var last = value
            unsafe output.rewrite(from: output.count, byteCount: step &* stride) { target in
                if bitWidth == 0 {
                    for index in 0..<step {
                        last &+= minimum
                        unsafe target.storeBytes(of: last, toByteOffset: index &* stride, as: Value.self)
                    }
                } else if bitWidth <= 32 {
                    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 128) { deltas in
                        guard let deltas = deltas.baseAddress else { return }
                        unsafe BitUnpacking.unpack(chunk, first: 0, count: step, bitWidth: bitWidth, into: deltas)
                        for index in 0..<step {
                            last = unsafe last &+ (Value(truncatingIfNeeded: deltas[index]) &+ minimum)
                            unsafe target.storeBytes(of: last, toByteOffset: index &* stride, as: Value.self)
                        }
                    }
                } else {
                    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { deltas in
                        guard let deltas = deltas.baseAddress else { return }
                        unsafe BitUnpacking.unpack(chunk, count: step, bitWidth: bitWidth, into: deltas)
                        for index in 0..<step {
                            last = unsafe last &+ (Value(truncatingIfNeeded: deltas[index]) &+ minimum)
                            unsafe target.storeBytes(of: last, toByteOffset: index &* stride, as: Value.self)
                        }
                    }
                }
            }
            value = last
            done &+= step
        }
    }
}
