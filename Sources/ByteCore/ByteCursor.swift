/// A position in borrowed bytes, moving forward; every read is checked and throws at the end of the bytes.
public struct ByteCursor: ~Escapable {
    /// The bytes read from.
    public let span: RawSpan
    /// Offset of the next byte.
    @inlinable
    public var offset: Int { position }

    @usableFromInline
    var position = 0

    /// Creates a cursor at the first byte of a span, which it cannot outlive.
    @_lifetime(copy span)
    @inlinable
    public init(_ span: RawSpan) {
        self.span = span
    }

    /// Number of bytes not yet read.
    @inlinable
    public var remaining: Int { span.byteCount &- offset }

    /// Whether all bytes were read.
    @inlinable
    public var isAtEnd: Bool { offset == span.byteCount }

    /// Moves over `count` bytes.
    @inlinable
    public mutating func skip(_ count: Int) throws(DecodeFault) {
        guard count >= 0 else { throw .malformed(.negativeSize, at: offset) }
        guard count <= remaining else { throw DecodeFault(.truncated, at: span.byteCount) }
        position &+= count
    }

    /// Reads a little-endian value.
    @inlinable
    public mutating func read<T: NativeValue>(_ type: T.Type = T.self) throws(DecodeFault) -> T {
        guard remaining >= MemoryLayout<T>.size else { throw DecodeFault(.truncated, at: span.byteCount) }
        let value = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self)
        position &+= MemoryLayout<T>.size
        return value
    }

    /// Reads `count` bytes as a span of the same lifetime.
    @_lifetime(copy self)
    @inlinable
    public mutating func read(count: Int) throws(DecodeFault) -> RawSpan {
        let start = offset
        try skip(count)
        return span.extracting(start..<offset)
    }

    /// Reads an unsigned LEB128 integer of at most 64 bits.
    @inlinable
    public mutating func readVarint() throws(DecodeFault) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        let start = offset
        while true {
            let byte = try read(UInt8.self)
            if shift == 63, byte > 1 { throw .malformed(.varintTooLong, at: start) }
            result |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return result }
            shift &+= 7
            if shift > 63 { throw .malformed(.varintTooLong, at: start) }
        }
    }

    /// Reads a zigzag LEB128 integer of at most 64 bits.
    @inlinable
    public mutating func readZigzag() throws(DecodeFault) -> Int64 {
        let raw = try readVarint()
        return Int64(bitPattern: raw &>> 1) ^ -Int64(bitPattern: raw & 1)
    }
}
