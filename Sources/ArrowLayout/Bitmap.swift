public import ByteCore

/// One bit a value, least significant bit first: an Arrow validity bitmap or boolean values.
public struct Bitmap: Sendable {
    /// The bytes that hold the bits; bits after the last one have no meaning.
    public let bytes: Bytes
    /// Number of bits.
    public let count: Int

    /// Bits taken at once from any bit position: what is left of a word after up to 7 bits, in whole bytes.
    fileprivate static let stepBitCount = 56

    /// Wraps bytes that hold at least `count` bits.
    public init(_ bytes: Bytes, count: Int) {
        precondition(count >= 0 && bytes.count >= Bitmap.byteCount(of: count), "Bitmap: too few bytes")
        self.bytes = bytes
        self.count = count
    }

    /// Returns the number of bytes that hold `bitCount` bits.
    @inlinable
    public static func byteCount(of bitCount: Int) -> Int {
        (bitCount &>> 3) + (bitCount & 7 == 0 ? 0 : 1)
    }

    /// Returns the bit at an index, which must lie inside `0..<count`.
    public subscript(index: Int) -> Bool {
        precondition(index >= 0 && index < count, "Bitmap: index outside")
        return bytes[index &>> 3] &>> UInt8(index & 7) & 1 == 1
    }

    /// Returns how many bits of a range are set.
    public func countOfOnes(in range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "Bitmap: range outside")
        let span = bytes.span
        var ones = 0
        for position in stride(from: range.lowerBound, to: range.upperBound, by: Self.stepBitCount) {
            ones += span.bits(at: position, atMost: range.upperBound - position).nonzeroBitCount
        }
        return ones
    }

    /// How many bits are set.
    public var countOfOnes: Int { countOfOnes(in: 0..<count) }

    /// Returns the bits of a range; they are copied only where the range does not start at a byte.
    public func slice(_ range: Range<Int>) -> Bitmap {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "Bitmap: range outside")
        if range.lowerBound & 7 == 0 {
            let start = range.lowerBound &>> 3
            return Bitmap(bytes[start..<start + Bitmap.byteCount(of: range.count)], count: range.count)
        }
        var builder = BitBuilder(capacity: range.count)
        builder.append(bitsOf: bytes.span, from: range.lowerBound, count: range.count)
        return Bitmap(builder.freeze(), count: range.count)
    }
}

extension Bitmap: Equatable {
    /// Returns whether both hold the same bits.
    public static func == (left: Bitmap, right: Bitmap) -> Bool {
        guard left.count == right.count else { return false }
        let (mine, other) = (left.bytes.span, right.bytes.span)
        for position in stride(from: 0, to: left.count, by: Bitmap.stepBitCount) {
            let rest = left.count - position
            if mine.bits(at: position, atMost: rest) != other.bits(at: position, atMost: rest) { return false }
        }
        return true
    }
}

extension RawSpan {
    /// Returns the next `Bitmap.stepBitCount` bits, or `count` if they are fewer; the others are zero.
    fileprivate func bits(at position: Int, atMost count: Int) -> UInt64 {
        bits(at: position) & (1 &<< UInt64(min(count, Bitmap.stepBitCount)) &- 1)
    }
}
