public import ByteCore

/// Values by their index in a dictionary.
///
/// Spec: Encodings, "Dictionary Encoding". The index bytes are runs without a length, after one byte with their width.
/// Unsafe: an index is compared with the number of values before it is used: checked gathers measure as fast as
/// unchecked ones.
public enum Dictionary {
    /// Returns the index runs of a data page's values.
    public static func indices(_ body: Bytes, count: Int) throws(DecodeFault) -> HybridRLE {
        // A page without values may lack even the width.
        guard body.count > 0 else { return try HybridRLE(body: body, bitWidth: 0, count: 0) }
        return try HybridRLE(body: body[1..<body.count], bitWidth: Int(body[0]), count: count)
    }

    /// Takes `count` indices and appends their values, of `byteWidth` bytes each.
    public static func gather(
        _ count: Int, by indices: inout HybridRLE, from values: Bytes, byteWidth: Int, into output: inout ByteBuilder
    ) throws(DecodeFault) {
        switch byteWidth {
        case 1: try gather(count, &indices, values, UInt8.self, &output)
        case 2: try gather(count, &indices, values, UInt16.self, &output)
        case 4: try gather(count, &indices, values, UInt32.self, &output)
        case 8: try gather(count, &indices, values, UInt64.self, &output)
        case 16: try gather(count, &indices, values, SIMD2<UInt64>.self, &output)
        default: try gather(count, &indices, values, byteWidth, &output)
        }
    }

    /// Gathers values of a type as wide as they are.
    @inline(__always)
    private static func gather<Value: BitwiseCopyable>(
        _ count: Int, _ indices: inout HybridRLE, _ values: Bytes, _ type: Value.Type, _ output: inout ByteBuilder
    ) throws(DecodeFault) {
        let stride = MemoryLayout<Value>.size
        let valueCount = UInt32(clamping: values.count / stride)
        let memory = unsafe values.pointer
        unsafe try withBlock { block throws(DecodeFault) in
            unsafe try output.rewrite(from: output.count, byteCount: count &* stride) { target throws(DecodeFault) in
                var target = unsafe target
                var left = count
                while left > 0 {
                    switch try indices.next(limit: left) {
                    case .repeated(let index, let runCount):
                        guard index < valueCount else { throw .malformed(.dictionaryIndex) }
                        let value = unsafe memory.loadUnaligned(
                            fromByteOffset: Int(index) &* stride, as: Value.self)
                        for position in 0..<runCount {
                            unsafe target.storeBytes(of: value, toByteOffset: position &* stride, as: Value.self)
                        }
                        unsafe target += runCount &* stride
                        left &-= runCount
                    case .packed(let offset, let first, let runCount):
                        guard let base = memory.baseAddress else { throw .malformed(.dictionaryIndex) }
                        let packed = indices.body.span.extracting(offset..<indices.body.count)
                        var done = 0
                        while done < runCount {
                            let step = min(blockCount, runCount &- done)
                            unsafe BitUnpacking.unpack(
                                packed, first: first &+ done, count: step, bitWidth: indices.bitWidth, into: block)
                            for position in 0..<step {
                                let index = unsafe block[position]
                                guard index < valueCount else { throw .malformed(.dictionaryIndex) }
                                let value = unsafe base.loadUnaligned(
                                    fromByteOffset: Int(index) &* stride, as: Value.self)
                                unsafe target.storeBytes(of: value, toByteOffset: position &* stride, as: Value.self)
                            }
                            unsafe target += step &* stride
                            done &+= step
                        }
                        left &-= runCount
                    }
                }
            }
        }
    }

    /// Gathers values of any other width.
    private static func gather(
        _ count: Int, _ indices: inout HybridRLE, _ values: Bytes, _ byteWidth: Int, _ output: inout ByteBuilder
    ) throws(DecodeFault) {
        let valueCount = byteWidth == 0 ? 0 : values.count / byteWidth
        unsafe try withBlock { block throws(DecodeFault) in
            var left = count
            while left > 0 {
                let step = try unsafe take(min(left, blockCount), &indices, block)
                for position in 0..<step {
                    let index = unsafe Int(block[position])
                    guard index < valueCount else { throw .malformed(.dictionaryIndex) }
                    output.append(contentsOf: values.span.extracting(index &* byteWidth..<(index &+ 1) &* byteWidth))
                }
                left &-= step
            }
        }
    }

    /// Takes `count` indices, appending the bytes of their values to `data` and where each ends to `offsets`.
    ///
    /// - Throws: `limit` before `data` gets longer than `byteLimit`.
    public static func gather(
        _ count: Int, by indices: inout HybridRLE, from values: ByteRuns, byteLimit: Int, offsets: inout ByteBuilder,
        data: inout ByteBuilder
    ) throws(DecodeFault) {
        let starts = unsafe values.offsets.pointer
        let source = unsafe values.data.pointer
        let safeEnd = values.data.count &- ShortCopy.slack
        unsafe try withBlock { block throws(DecodeFault) in
            var left = count
            while left > 0 {
                let step = try unsafe take(min(left, blockCount), &indices, block)
                // Lengths first: memory is reserved once a block, and the copies need no further check.
                let base = data.count
                var end = base
                unsafe try offsets.rewrite(from: offsets.count, byteCount: step &* 4) { out throws(DecodeFault) in
                    for position in 0..<step {
                        let index = unsafe Int(block[position])
                        guard index < values.count else { throw .malformed(.dictionaryIndex) }
                        let bounds = unsafe starts.loadUnaligned(fromByteOffset: index &* 4, as: SIMD2<Int32>.self)
                        end &+= Int(bounds[1] &- bounds[0])
                        // An end above 31 bits is refused below, before anyone reads this one.
                        unsafe out.storeBytes(
                            of: UInt32(truncatingIfNeeded: end), toByteOffset: position &* 4, as: UInt32.self)
                    }
                }
                try ByteRuns.requireRoom(base, end &- base, byteLimit)
                unsafe data.rewrite(from: base, byteCount: end &- base, slack: ShortCopy.slack) { target in
                    guard let source = source.baseAddress else { return }
                    var target = unsafe target
                    for position in 0..<step {
                        let index = unsafe Int(block[position])
                        let bounds = unsafe starts.loadUnaligned(fromByteOffset: index &* 4, as: SIMD2<Int32>.self)
                        let start = Int(bounds[0])
                        let length = Int(bounds[1]) &- start
                        if start &+ length <= safeEnd {
                            unsafe ShortCopy.copy(source + start, to: target, count: length)
                        } else {
                            unsafe target.copyMemory(from: source + start, byteCount: length)
                        }
                        unsafe target += length
                    }
                }
                left &-= step
            }
        }
    }

    /// Indices unpacked at a time. Units: 256 of 4 bytes are the most that the standard library keeps on the stack.
    private static let blockCount = 256

    @inline(__always)
    private static func withBlock(
        _ body: (UnsafeMutablePointer<UInt32>) throws(DecodeFault) -> Void
    ) throws(DecodeFault) {
        unsafe try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: blockCount) {
            (block) throws(DecodeFault) in
            guard let base = block.baseAddress else { return }
            unsafe try body(base)
        }
    }

    /// Takes up to `limit` indices, over as many runs as that needs, and returns how many it took.
    @inline(__always)
    private static func take(
        _ limit: Int, _ indices: inout HybridRLE, _ block: UnsafeMutablePointer<UInt32>
    ) throws(DecodeFault) -> Int {
        var done = 0
        while done < limit {
            switch try indices.next(limit: limit &- done) {
            case .repeated(let index, let runCount):
                unsafe (block + done).update(repeating: index, count: runCount)
                done &+= runCount
            case .packed(let offset, let first, let runCount):
                unsafe BitUnpacking.unpack(
                    indices.body.span.extracting(offset..<indices.body.count), first: first, count: runCount,
                    bitWidth: indices.bitWidth, into: block + done)
                done &+= runCount
            }
        }
        return done
    }
}
