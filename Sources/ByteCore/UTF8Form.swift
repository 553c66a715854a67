/// What bytes are as text.
///
/// Spec: RFC 3629 (no surrogates, no overlong forms, nothing above U+10FFFF).
public enum UTF8Form: Sendable {
    /// Every byte is below 0x80.
    case ascii
    /// Valid, with sequences of more than one byte.
    case multibyte
    /// Not UTF-8.
    case invalid

    /// Examines the bytes of a span.
    public init(of span: RawSpan) {
        let count = span.byteCount
        var offset = 0
        var isASCII = true
        while offset < count {
            // 32 bytes a step: ASCII is the rule in keys, dates and codes.
            while offset &+ 32 <= count {
                let low = span.uncheckedWord(offset) | span.uncheckedWord(offset &+ 8)
                let high = span.uncheckedWord(offset &+ 16) | span.uncheckedWord(offset &+ 24)
                if (low | high) & 0x8080_8080_8080_8080 != 0 { break }
                offset &+= 32
            }
            // Then sequence by sequence, up to the next byte that may start a run of ASCII.
            let stop = min(count, offset &+ 64)
            while offset < stop {
                let byte = span.uncheckedByte(offset)
                if byte < 0x80 {
                    offset &+= 1
                    continue
                }
                let length = Self.sequenceLength(at: offset, of: span)
                guard length > 0 else {
                    self = .invalid
                    return
                }
                isASCII = false
                offset &+= length
            }
        }
        self = isASCII ? .ascii : .multibyte
    }

    /// The length of the valid sequence at an offset whose byte is not ASCII; 0 where there is none.
    @inline(__always)
    private static func sequenceLength(at offset: Int, of span: RawSpan) -> Int {
        let left = span.byteCount &- offset
        let first = span.uncheckedByte(offset)
        if first < 0xC2 || first > 0xF4 || left < 2 { return 0 }
        let second = span.uncheckedByte(offset &+ 1)
        if first < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
        if left < 3 || span.uncheckedByte(offset &+ 2) & 0xC0 != 0x80 { return 0 }
        if first < 0xF0 {
            let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
            let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
            return second >= lowest && second <= highest ? 3 : 0
        }
        if left < 4 || span.uncheckedByte(offset &+ 3) & 0xC0 != 0x80 { return 0 }
        let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
        let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
        return second >= lowest && second <= highest ? 4 : 0
    }
}

extension RawSpan {
    @inline(__always)
    fileprivate func uncheckedWord(_ offset: Int) -> UInt64 {
        unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
    }

    @inline(__always)
    fileprivate func uncheckedByte(_ offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }
}

extension RawSpan {
    /// Whether the bytes are valid UTF-8.
    public var isUTF8: Bool {
        if case .invalid = UTF8Form(of: self) { return false }
        return true
    }
}
