public import ByteCore

/// Number of ranges that are read at the same time.
private let concurrentReadCount = 8

/// Bytes of a request that is made of several ranges: requests of 8 to 16 MiB are what object stores are best at.
private let requestByteCount: Int64 = 16 << 20

/// Reads ranges of a source; those that lie near each other by one request.
///
/// Shape: one window for each range, over memory that ranges read together share.
/// - Parameter gap: bytes between two ranges that are read rather than making two requests.
/// - Throws: `truncated` where the source has fewer bytes than it said, and what `source` throws.
public func read(
    _ ranges: [ByteRange], gap: Int64, from source: some RandomAccessSource
) async throws -> [Bytes] {
    let requests = ByteRange.merged(ranges, gap: gap, byteCount: requestByteCount)
    var answers = [Bytes](repeating: Bytes(), count: requests.count)
    try await withThrowingTaskGroup(of: (Int, Bytes).self) { group in
        var started = 0
        func startNext() {
            guard started < requests.count else { return }
            let (index, range) = (started, requests[started])
            group.addTask { (index, try await source.read(range)) }
            started += 1
        }
        for _ in 0..<concurrentReadCount { startNext() }
        while let (index, bytes) = try await group.next() {
            guard Int64(bytes.count) == requests[index].count else { throw ParquetError(kind: .truncated) }
            answers[index] = bytes
            startNext()
        }
    }
    return ranges.map { range in
        guard range.count > 0 else { return Bytes() }
        let index = request(of: range, in: requests)
        let start = Int(range.offset - requests[index].offset)
        return answers[index][start..<start + Int(range.count)]
    }
}

/// Returns the last request that starts at or before a range, which is the one it was merged into.
private func request(of range: ByteRange, in requests: [ByteRange]) -> Int {
    var low = 0
    var high = requests.count
    while low < high {
        let middle = (low + high) / 2
        if requests[middle].offset <= range.offset { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
}
