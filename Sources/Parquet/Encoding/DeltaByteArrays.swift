public import ByteCore

/// Byte arrays as delta-encoded lengths, then all bytes.
///
/// Spec: Encodings, "Delta-length byte array".
public enum DeltaLengthByteArray {
    /// Returns the byte arrays of a body, of which there may be at most `limit`; their bytes are a window over it, their
    /// lengths take `byteLimit` bytes at most.
    public static func decode(_ body: Bytes, limit: Int, byteLimit: Int) throws(DecodeFault) -> ByteRuns {
        var lengths = ByteBuilder()
        let extent = try DeltaBinaryPacked.decode(
            body.span, as: Int32.self, limit: limit, byteLimit: byteLimit, into: &lengths)
        let data = body[extent.byteCount..<body.count]
        var offsets = ByteBuilder(capacity: (extent.valueCount + 1) * 4)
        let total = try offsets.appendOffsets(lengths: lengths.span)
        guard total <= data.count else { throw DecodeFault(.truncated, at: body.count) }
        return ByteRuns(count: extent.valueCount, offsets: offsets.freeze(), data: data)
    }
}

/// Byte arrays as the length of the prefix that each shares with the one before it, and the rest of its bytes.
///
/// Spec: Encodings, "Delta Strings".
public enum DeltaByteArray {
    /// Returns the byte arrays of a body, of which there may be at most `limit`, together `byteLimit` bytes long.
    ///
    /// `before` is the value that the first one shares a prefix with: none but for `deltaByteArraysAcrossPages`.
    /// Unsafe: all prefixes and suffixes are checked, and the output sized, before the first byte is copied.
    public static func decode(
        _ body: Bytes, limit: Int, byteLimit: Int, before: Bytes = Bytes()
    ) throws(DecodeFault) -> ByteRuns {
        var prefixes = ByteBuilder()
        let extent = try DeltaBinaryPacked.decode(
            body.span, as: Int32.self, limit: limit, byteLimit: byteLimit, into: &prefixes)
        let suffixes = try DeltaLengthByteArray.decode(
            body[extent.byteCount..<body.count], limit: limit, byteLimit: byteLimit)
        let count = extent.valueCount
        guard suffixes.count == count else { throw .malformed(.deltaCount, at: extent.byteCount) }

        let prefixLengths = prefixes.span
        var offsets = ByteBuilder(capacity: (count + 1) * 4)
        offsets.append(Int32(0))
        var end = 0
        var previous = before.count
        var suffixStart = 0
        for index in 0..<count {
            let prefix = Int(prefixLengths.load(at: index * 4, as: Int32.self))
            guard prefix >= 0, prefix <= previous else { throw .malformed(.prefixLength, at: extent.byteCount) }
            let suffixEnd = suffixes.offset(index + 1)
            previous = prefix + suffixEnd - suffixStart
            suffixStart = suffixEnd
            end += previous
            guard end <= byteLimit, end <= Int(Int32.max) else { throw DecodeFault(.limit(.pageSize)) }
            offsets.append(Int32(end))
        }

        let offsetBytes = offsets.freeze()
        let ends = offsetBytes.span
        let tail = suffixes.data.span
        // The value before lies in front of the others, as each does for the next one.
        let origin = before.count
        var data = ByteBuilder(capacity: origin + end + ShortCopy.slack)
        data.append(contentsOf: before)
        unsafe data.rewrite(from: origin, byteCount: end, slack: ShortCopy.slack) { values in
            let target = unsafe values - origin
            unsafe tail.withUnsafeBytes { source in
                guard let source = source.baseAddress else { return }
                let safeEnd = tail.byteCount &- ShortCopy.slack
                var from = 0
                var last = 0
                var to = origin
                for index in 0..<count {
                    let prefix = Int(prefixLengths.load(at: index &* 4, as: Int32.self))
                    let end = origin &+ Int(ends.load(at: (index &+ 1) &* 4, as: Int32.self))
                    let suffix = end &- to &- prefix
                    // The value before ends where this one starts: a word read past it reads what is overwritten next.
                    if prefix > 0 { unsafe ShortCopy.copy(target + last, to: target + to, count: prefix) }
                    if from &+ suffix <= safeEnd {
                        unsafe ShortCopy.copy(source + from, to: target + (to &+ prefix), count: suffix)
                    } else {
                        unsafe (target + (to &+ prefix)).copyMemory(from: source + from, byteCount: suffix)
                    }
                    from &+= suffix
                    last = to
                    to = end
                }
            }
        }
        return ByteRuns(count: count, offsets: offsetBytes, data: data.freeze()[origin..<origin + end])
    }

    /// Returns the values of a body that are all `byteWidth` bytes long, back to back.
    public static func decodeFixedWidth(
        _ body: Bytes, byteWidth: Int, limit: Int, byteLimit: Int, before: Bytes = Bytes()
    ) throws(DecodeFault) -> Bytes {
        let runs = try decode(body, limit: limit, byteLimit: byteLimit, before: before)
        for index in 0..<runs.count {
            guard runs.offset(index + 1) == (index + 1) * byteWidth else { throw .malformed(.fixedLength) }
        }
        return runs.data[0..<(runs.count * byteWidth)]
    }
}

extension ByteBuilder {
    /// Appends the offsets between byte arrays of the given lengths, the first 0, and returns the last.
    fileprivate mutating func appendOffsets(lengths: RawSpan) throws(DecodeFault) -> Int {
        append(Int32(0))
        var end: Int32 = 0
        let count = lengths.byteCount / 4
        unsafe try rewrite(from: 4, byteCount: count * 4) { out throws(DecodeFault) in
            for index in 0..<count {
                let length = lengths.load(at: index &* 4, as: Int32.self)
                let (sum, overflow) = end.addingReportingOverflow(length)
                guard length >= 0, !overflow else { throw .malformed(.byteArrayLength) }
                end = sum
                unsafe out.storeBytes(of: end, toByteOffset: index &* 4, as: Int32.self)
            }
        }
        return Int(end)
    }
}
