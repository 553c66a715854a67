public import ByteCore

/// One bit a value, least significant bit first: an Arrow validity bitmap or boolean values.
public struct Bitmap: Sendable {
    /// The bytes that hold the bits; bits after the last one have no meaning.
    public let bytes: Bytes
    /// Number of bits.
    public let count: Int

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
        var position = range.lowerBound
        while position < range.upperBound {
            let length = min(64, range.upperBound - position)
            ones += span.bits(at: position, count: length).nonzeroBitCount
            position += length
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
        var builder = BitmapBuilder(capacity: range.count)
        builder.append(contentsOf: self, range)
        return builder.freeze()
    }
}

extension Bitmap: Equatable {
    /// Returns whether both hold the same bits.
    public static func == (left: Bitmap, right: Bitmap) -> Bool {
        guard left.count == right.count else { return false }
        let (mine, other) = (left.bytes.span, right.bytes.span)
        for position in stride(from: 0, to: left.count, by: 64) {
            let length = min(64, left.count - position)
            if mine.bits(at: position, count: length) != other.bits(at: position, count: length) { return false }
        }
        return true
    }
}

extension RawSpan {
    /// Returns `count` (1 to 64) bits from any bit position, the first one lowest; higher bits are zero.
    func bits(at position: Int, count: Int) -> UInt64 {
        let offset = position &>> 3
        let shift = UInt64(position & 7)
        var word: UInt64 = 0
        if offset + 9 <= byteCount {
            word = load(at: offset, as: UInt64.self) &>> shift
            if shift != 0 { word |= UInt64(load(at: offset + 8, as: UInt8.self)) &<< (64 &- shift) }
        } else {
            // The last bytes: nothing may be read after the end of the span.
            let end = Bitmap.byteCount(of: position + count)
            for index in offset..<end {
                let byte = UInt64(load(at: index, as: UInt8.self))
                let place = Int64(index - offset) * 8 - Int64(shift)
                word |= place < 0 ? byte &>> UInt64(-place) : byte &<< UInt64(place)
            }
        }
        return count == 64 ? word : word & ((1 &<< UInt64(count)) &- 1)
    }
}
