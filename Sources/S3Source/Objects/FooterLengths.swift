/// How long the footers of a table's files are, to fetch the next one in one request.
struct FooterLengths {
    /// Number of footers that the estimate is made of.
    private static let sampleCount = 128
    /// Bytes after the footer: its length and the magic number.
    private static let trailerByteCount: Int64 = 8
    /// No request for an end is smaller than this: the first byte costs more than so many.
    private static let minimum: Int64 = 4 << 10
    /// Bounds of the first guess, which is a thousandth of the object, and the bound of any.
    private static let firstGuess: ClosedRange<Int64> = (64 << 10)...(1 << 20)
    private static let maximum: Int64 = 8 << 20

    private var lengths: [Int64] = []
    private var next = 0

    /// Takes note of a footer.
    mutating func add(_ byteCount: Int) {
        if lengths.count < Self.sampleCount {
            lengths.append(Int64(byteCount))
        } else {
            lengths[next] = Int64(byteCount)
            next = (next + 1) % Self.sampleCount
        }
    }

    /// Returns how many bytes of an object's end to ask for: a quarter more than 99 of 100 footers have.
    func endByteCount(ofObjectWith byteCount: Int64) -> Int64 {
        guard !lengths.isEmpty else {
            return min(max(byteCount / 1_024, Self.firstGuess.lowerBound), Self.firstGuess.upperBound)
        }
        let common = lengths.sorted()[(lengths.count * 99 - 1) / 100]
        return min(max(common + common / 4 + Self.trailerByteCount, Self.minimum), Self.maximum)
    }
}
