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

    /// Merges ranges whose gaps are at most `gap` bytes, as long as a merged range has at most `byteCount` bytes.
    ///
    /// Shape: sorted by offset; every given range lies inside exactly one returned range.
    public static func merged(_ ranges: [ByteRange], gap: Int64, byteCount: Int64) -> [ByteRange] {
        var result: [ByteRange] = []
        for range in ranges.sorted(by: { ($0.offset, $0.count) < ($1.offset, $1.count) }) where range.count > 0 {
            guard let last = result.last else {
                result.append(range)
                continue
            }
            let end = max(last.end, range.end)
            let fits = range.offset - last.end <= gap && end - last.offset <= byteCount
            // Overlapping ranges always merge: their bytes are fetched once.
            if fits || range.offset < last.end {
                result[result.count - 1].count = end - last.offset
            } else {
                result.append(range)
            }
        }
        return result
    }
}
