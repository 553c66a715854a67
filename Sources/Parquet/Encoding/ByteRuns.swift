public import ByteCore

/// Byte strings one after the other, with the offsets between them.
///
/// Shape: `count + 1` offsets of 32 bits from 0, none smaller than the one before it, none past the data.
public struct ByteRuns: Sendable {
    /// Number of byte strings.
    public let count: Int
    /// Where each one starts, and where the last one ends.
    public let offsets: Bytes
    /// The bytes; some may follow that belong to none.
    public let data: Bytes

    /// Creates byte strings from finished parts; the caller vouches for the shape.
    public init(count: Int, offsets: Bytes, data: Bytes) {
        precondition(offsets.count == (count + 1) * 4)
        self.count = count
        self.offsets = offsets
        self.data = data
    }

    /// The offset at an index of `0...count`.
    public func offset(_ index: Int) -> Int { Int(offsets.span.load(at: index * 4, as: Int32.self)) }

    /// Checks that every byte string is UTF-8.
    public func requireUTF8() throws(DecodeFault) {
        try Self.requireUTF8(data.span.extracting(first: offset(count)), offsets: offsets.span, from: 0)
    }

    /// Checks that byte strings which fill `text` are UTF-8 each.
    ///
    /// The text is examined as a whole; where it is not ASCII, no string may begin inside a character.
    /// Shape: `offsets` are those of the strings' starts and of the end, counted from `base` before the text.
    public static func requireUTF8(_ text: RawSpan, offsets: RawSpan, from base: Int) throws(DecodeFault) {
        switch UTF8Form(of: text) {
        case .ascii: return
        case .invalid: throw .malformed(.invalidUTF8)
        case .multibyte:
            for index in 0..<(offsets.byteCount / 4) {
                let start = Int(offsets.load(at: index &* 4, as: Int32.self)) &- base
                if start < text.byteCount, text.load(at: start, as: UInt8.self) & 0xC0 == 0x80 {
                    throw .malformed(.invalidUTF8, at: start)
                }
            }
        }
    }

    /// Takes strings `first ..< first + count`, appending their bytes to `data` and where each ends to `offsets`.
    public func append(
        first: Int, count: Int, byteLimit: Int, offsets ends: inout ByteBuilder, data target: inout ByteBuilder
    ) throws(DecodeFault) {
        precondition(first >= 0 && count >= 0 && first + count <= self.count)
        let start = offset(first)
        let end = offset(first + count)
        try Self.requireRoom(target.count, end - start, byteLimit)
        appendEnds(first: first, count: count, from: start - target.count, to: &ends)
        target.append(contentsOf: data.span.extracting(start..<end))
    }

    /// Appends where each of the strings `first ..< first + count` ends, counted from `origin`.
    ///
    /// Unsafe: the precondition keeps every read inside the offsets.
    func appendEnds(first: Int, count: Int, from origin: Int, to ends: inout ByteBuilder) {
        precondition(first >= 0 && count >= 0 && first + count <= self.count)
        let source = offsets.span
        let shift = Int32(truncatingIfNeeded: origin)
        unsafe ends.rewrite(from: ends.count, byteCount: count * 4) { out in
            for index in 0..<count {
                let value = unsafe source.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: (first &+ index &+ 1) &* 4, as: Int32.self)
                unsafe out.storeBytes(of: value &- shift, toByteOffset: index &* 4, as: Int32.self)
            }
        }
    }

    /// Checks that `added` more bytes are within the limit and can still be counted by 32-bit offsets.
    static func requireRoom(_ byteCount: Int, _ added: Int, _ byteLimit: Int) throws(DecodeFault) {
        if byteCount &+ added > min(byteLimit, Int(Int32.max)) { throw DecodeFault(.limit(.batchByteCount)) }
    }
}

/// Copies of short byte strings, which `memcpy` costs more to call than to do: 370 against 105 million a second at an
/// average of 8 bytes.
enum ShortCopy {
    /// How far past the string both sides may be touched.
    static let slack = 16

    /// Copies `count` bytes; up to `slack` bytes past them may be read and written.
    @inline(__always)
    static func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
        if count <= 16 {
            unsafe move(source, target)
        } else if count <= 64 {
            unsafe move(source, target)
            if count > 32 {
                unsafe move(source + 16, target + 16)
                if count > 48 { unsafe move(source + 32, target + 32) }
            }
            // The last 16 bytes overlap the ones before.
            unsafe move(source + (count &- 16), target + (count &- 16))
        } else {
            unsafe target.copyMemory(from: source, byteCount: count)
        }
    }

    @inline(__always)
    private static func move(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
        unsafe target.storeBytes(of: source.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
    }
}
