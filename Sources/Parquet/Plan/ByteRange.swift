/// A run of bytes in a file.
public struct ByteRange: Hashable, Sendable {
    /// Offset of the first byte.
    public var offset: Int64
    /// Number of bytes.
    public var count: Int64

    /// Creates a range. The end must not overflow, which holds for every range inside a file.
    public init(offset: Int64, count: Int64) {
        self.offset = offset
        self.count = count
    }

    /// Offset after the last byte.
    public var end: Int64 { offset + count }

    /// Merges ranges whose gaps are at most `gap` bytes.
    ///
    /// Shape: sorted by offset; every given range lies inside exactly one returned range.
    public static func merged(_ ranges: [ByteRange], gap: Int64) -> [ByteRange] {
        var result: [ByteRange] = []
        for range in ranges.sorted(by: { ($0.offset, $0.count) < ($1.offset, $1.count) }) where range.count > 0 {
            guard let last = result.last else {
                result.append(range)
                continue
            }
            if range.offset - last.end <= gap {
                result[result.count - 1].count = max(last.end, range.end) - last.offset
            } else {
                result.append(range)
            }
        }
        return result
    }

    /// Returns the fewest parts of about the same size that have at most `byteCount` bytes each.
    func parts(ofAtMost byteCount: Int64) -> [ByteRange] {
        let partCount = max(1, (count + byteCount - 1) / byteCount)
        return (0..<partCount).map { index in
            let start = count / partCount * index + min(index, count % partCount)
            let size = count / partCount + (index < count % partCount ? 1 : 0)
            return ByteRange(offset: offset + start, count: size)
        }
    }
}
