public import ByteCore

/// Values back to back.
///
/// Spec: Encodings, "Plain". Bytes after the last value that is wanted are ignored.
public enum Plain {
    /// Returns the first `count` values of `byteWidth` bytes, as a window over the body.
    public static func fixedWidth(_ body: Bytes, byteWidth: Int, count: Int) throws(DecodeFault) -> Bytes {
        let byteCount = try Checked.product(count, byteWidth)
        guard byteCount <= body.count else { throw DecodeFault(.truncated, at: body.count) }
        return body[0..<byteCount]
    }

    /// Returns all `count` byte arrays of a body, their bytes moved together.
    ///
    /// Shape: 16 bytes follow the last one, so that short ones may be copied in whole words.
    public static func byteArrays(_ body: Bytes, count: Int) throws(DecodeFault) -> ByteRuns {
        // Each has a length of four bytes: a count beyond the bytes is found before it sizes anything.
        guard count <= body.count / 4 else { throw DecodeFault(.truncated, at: body.count) }
        var offsets = ByteBuilder(capacity: (count + 1) * 4)
        var data = ByteBuilder(capacity: body.count - count * 4 + ShortCopy.slack)
        offsets.append(Int32(0))
        var arrays = PlainByteArrays(body: body)
        try arrays.take(count, byteLimit: .max, offsets: &offsets, data: &data)
        data.append(repeating: UInt8(0), count: ShortCopy.slack)
        return ByteRuns(count: count, offsets: offsets.freeze(), data: data.freeze())
    }
}

/// Byte arrays in PLAIN encoding, taken from the front: a length of four bytes, then the bytes, for each.
public struct PlainByteArrays: Sendable {
    private let body: Bytes
    /// Offset of the next length.
    private var offset = 0

    /// Creates the position before the first byte array.
    public init(body: Bytes) { self.body = body }

    /// Takes `count` byte arrays, appending their bytes to `data` and where each ends to `offsets`.
    ///
    /// Unsafe: pass one checks every length against the body, pass two copies between the positions it found.
    public mutating func take(
        _ count: Int, byteLimit: Int, offsets: inout ByteBuilder, data: inout ByteBuilder
    ) throws(DecodeFault) {
        let body = body
        let span = body.span
        var left = count
        // Blocks small enough that what pass one read is still in the cache for pass two.
        while left > 0 {
            let step = min(left, 1024)
            let start = offset
            let base = data.count
            var position = start
            unsafe try offsets.rewrite(from: offsets.count, byteCount: step * 4) { out throws(DecodeFault) in
                var end = base
                for index in 0..<step {
                    guard span.byteCount &- position >= 4 else { throw DecodeFault(.truncated, at: span.byteCount) }
                    let length = unsafe Int(
                        span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt32.self))
                    position &+= 4
                    guard length <= span.byteCount &- position else { throw .malformed(.byteArrayLength, at: position) }
                    position &+= length
                    end &+= length
                    // An end above 31 bits is refused below, before anyone reads this one.
                    unsafe out.storeBytes(
                        of: UInt32(truncatingIfNeeded: end), toByteOffset: index &* 4, as: UInt32.self)
                }
            }
            let byteCount = position &- start &- step &* 4
            try ByteRuns.requireRoom(base, byteCount, byteLimit)
            let ends = offsets.span.extracting(last: step * 4)
            unsafe data.rewrite(from: base, byteCount: byteCount, slack: ShortCopy.slack) { target in
                unsafe span.withUnsafeBytes { source in
                    guard let source = source.baseAddress else { return }
                    let safeEnd = span.byteCount &- ShortCopy.slack
                    var from = start
                    var to = 0
                    for index in 0..<step {
                        let end = unsafe Int(
                            ends.unsafeLoadUnaligned(fromUncheckedByteOffset: index &* 4, as: Int32.self))
                        let length = end &- base &- to
                        from &+= 4
                        if from &+ length <= safeEnd {
                            unsafe ShortCopy.copy(source + from, to: target + to, count: length)
                        } else {
                            unsafe (target + to).copyMemory(from: source + from, byteCount: length)
                        }
                        from &+= length
                        to &+= length
                    }
                }
            }
            offset = position
            left &-= step
        }
    }
}
