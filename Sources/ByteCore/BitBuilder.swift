/// Growing bits, least significant first, that become a `Bytes` without a copy: Arrow's validity and boolean form.
///
/// Unsafe: bits are moved a word at a time; room for a word past the last bit is reserved before each write.
public struct BitBuilder: ~Copyable, Sendable {
    private var bytes: ByteBuilder
    /// Number of bits written.
    public private(set) var count = 0

    /// Creates an empty builder with room for `capacity` bits.
    public init(capacity: Int = 0) {
        bytes = ByteBuilder(capacity: capacity / 8 + 16)
    }

    /// Appends the same bit `repeatCount` times.
    public mutating func append(repeating bit: Bool, count repeatCount: Int) {
        guard repeatCount > 0 else { return }
        let used = count & 7
        let start = count &>> 3
        let end = count &+ repeatCount
        let byteCount = (end &+ 7) &>> 3 &- start
        unsafe bytes.rewrite(from: start, byteCount: byteCount) { target in
            let fill: UInt8 = bit ? 0xFF : 0
            let kept = used == 0 ? 0 : unsafe target.load(as: UInt8.self) & (1 &<< UInt8(used) &- 1)
            unsafe target.initializeMemory(as: UInt8.self, repeating: fill, count: byteCount)
            let first = unsafe target.load(as: UInt8.self)
            unsafe target.storeBytes(of: first & (UInt8.max &<< UInt8(used)) | kept, as: UInt8.self)
            if end & 7 != 0 {
                let last = unsafe target.load(fromByteOffset: byteCount &- 1, as: UInt8.self)
                unsafe target.storeBytes(
                    of: last & (1 &<< UInt8(end & 7) &- 1), toByteOffset: byteCount &- 1, as: UInt8.self)
            }
        }
        count = end
    }

    /// Appends `bitCount` bits of a span from a bit offset on, which must lie inside it, and returns how many are set.
    @discardableResult
    public mutating func append(bitsOf source: RawSpan, from offset: Int, count bitCount: Int) -> Int {
        precondition(offset >= 0 && bitCount >= 0 && (offset + bitCount + 7) / 8 <= source.byteCount)
        guard bitCount > 0 else { return 0 }
        let used = count & 7
        let start = count &>> 3
        var setCount = 0
        unsafe bytes.rewrite(from: start, byteCount: (used &+ bitCount &+ 7) &>> 3, slack: 8) { target in
            var kept = used == 0 ? 0 : unsafe UInt64(target.load(as: UInt8.self)) & (1 &<< UInt64(used) &- 1)
            var address = unsafe target
            var position = offset
            var left = bitCount
            // 56 bits a step: with up to seven bits before them they fit a word, and whole bytes are finished.
            while left > 0 {
                let step = min(left, 56)
                let word = source.bits(at: position) & (1 &<< UInt64(step) &- 1)
                setCount &+= word.nonzeroBitCount
                let merged = kept | word &<< UInt64(used)
                unsafe address.storeBytes(of: merged, as: UInt64.self)
                kept = merged &>> 56
                unsafe address += 7
                position &+= step
                left &-= step
            }
        }
        count &+= bitCount
        return setCount
    }

    /// Appends one bit.
    public mutating func append(_ bit: Bool) { append(repeating: bit, count: 1) }

    /// Moves the last `setCount` bits apart so that they lie where the last bits of a mask are set, and clears the rest.
    ///
    /// Shape: the mask's bits from `offset` on, `bitCount` of them, of which `setCount` are set.
    public mutating func space(last setCount: Int, by mask: RawSpan, from offset: Int, count bitCount: Int) {
        let start = count &- setCount
        precondition(start >= 0 && setCount <= bitCount)
        append(repeating: false, count: bitCount &- setCount)
        unsafe bytes.rewrite(from: 0, byteCount: bytes.count) { base in
            var from = start &+ setCount
            var to = start &+ bitCount
            var index = offset &+ bitCount
            while to > start {
                to &-= 1
                index &-= 1
                let isSet = mask.bit(at: index)
                from &-= isSet ? 1 : 0
                let byte = unsafe base.load(fromByteOffset: to &>> 3, as: UInt8.self) & ~(1 &<< UInt8(to & 7))
                // `from` is inside the bits whenever it is used; the value bit is read before it is overwritten.
                let bit: UInt8 =
                    isSet ? unsafe base.load(fromByteOffset: from &>> 3, as: UInt8.self) &>> UInt8(from & 7) & 1 : 0
                unsafe base.storeBytes(of: byte | bit &<< UInt8(to & 7), toByteOffset: to &>> 3, as: UInt8.self)
            }
        }
    }

    /// The bits written so far, valid while this builder is borrowed; those of the last byte past `count` are zero.
    public var span: RawSpan {
        @_lifetime(borrow self)
        borrowing get { bytes.span }
    }

    /// Returns the bits written, without a copy.
    public consuming func freeze() -> Bytes { bytes.freeze() }
}

extension RawSpan {
    /// Returns the bit at an index that lies inside the span.
    @inlinable
    public func bit(at index: Int) -> Bool {
        load(at: index &>> 3, as: UInt8.self) &>> UInt8(index & 7) & 1 == 1
    }

    /// Returns 57 bits or more from an index on, the first one lowest; bits past the end of the span read as zero.
    @inlinable
    public func bits(at index: Int) -> UInt64 {
        let offset = index &>> 3
        let shift = UInt64(index & 7)
        if offset &+ 8 <= byteCount {
            return unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self) &>> shift
        }
        var word: UInt64 = 0
        var byte = offset
        while byte < byteCount {
            word |=
                unsafe UInt64(unsafeLoad(fromUncheckedByteOffset: byte, as: UInt8.self))
                &<< UInt64((byte &- offset) &* 8)
            byte &+= 1
        }
        return word &>> shift
    }
}
