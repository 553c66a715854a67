public import ByteCore

/// Bits under construction; they are gathered in a word and written eight bytes at a time.
public struct BitmapBuilder: ~Copyable, Sendable {
    @usableFromInline var bytes: ByteBuilder
    @usableFromInline var pending: UInt64 = 0
    @usableFromInline var pendingCount = 0
    @usableFromInline var writtenOnes = 0

    /// Creates an empty builder with room for `capacity` bits.
    public init(capacity: Int = 0) {
        bytes = ByteBuilder(capacity: Bitmap.byteCount(of: capacity) + 8)
    }

    /// Number of bits appended.
    public var count: Int { bytes.count * 8 + pendingCount }

    /// How many of the bits are set.
    public var countOfOnes: Int { writtenOnes + pending.nonzeroBitCount }

    /// Appends one bit.
    @inlinable
    public mutating func append(_ bit: Bool) {
        pending |= (bit ? 1 : 0) &<< UInt64(pendingCount)
        pendingCount &+= 1
        if pendingCount == 64 { flush() }
    }

    /// Appends the `count` (0 to 64) lowest bits of a word, lowest first; the higher bits must be zero.
    @inlinable
    public mutating func append(word: UInt64, count: Int) {
        precondition(count >= 0 && count <= 64, "BitmapBuilder: a word has 64 bits")
        pending |= word &<< UInt64(pendingCount)
        let free = 64 &- pendingCount
        guard count >= free else {
            pendingCount &+= count
            return
        }
        flush()
        // Smart shift: when nothing was pending, all 64 bits are written and the shift by 64 gives zero.
        pending = word >> UInt64(free)
        pendingCount = count &- free
    }

    /// Appends the same bit `repeatCount` times.
    public mutating func append(repeating bit: Bool, count repeatCount: Int) {
        var left = repeatCount
        let word: UInt64 = bit ? .max : 0
        let head = min(left, (64 - pendingCount) & 63)
        append(word: bit ? ~(.max << UInt64(head)) : 0, count: head)
        left -= head
        if left >= 64 {
            let wordCount = left / 64
            bytes.append(repeating: word, count: wordCount)
            if bit { writtenOnes += wordCount * 64 }
            left -= wordCount * 64
        }
        append(word: bit ? ~(.max << UInt64(left)) : 0, count: left)
    }

    /// Appends a range of the bits of a bitmap.
    public mutating func append(contentsOf bitmap: Bitmap, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bitmap.count, "BitmapBuilder: range outside")
        bytes.reserve(Bitmap.byteCount(of: range.count) + 8)
        let span = bitmap.bytes.span
        var position = range.lowerBound
        while position < range.upperBound {
            let length = min(64, range.upperBound - position)
            append(word: span.bits(at: position, count: length), count: length)
            position += length
        }
    }

    /// Returns the bits, without a copy; the bits of the last byte that are not used are zero.
    public consuming func freeze() -> Bitmap {
        let count = count
        var rest = pending
        for _ in 0..<Bitmap.byteCount(of: pendingCount) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest &>>= 8
        }
        return Bitmap(bytes.freeze(), count: count)
    }

    @inlinable
    mutating func flush() {
        bytes.append(pending)
        writtenOnes &+= pending.nonzeroBitCount
        pending = 0
        pendingCount = 0
    }
}
