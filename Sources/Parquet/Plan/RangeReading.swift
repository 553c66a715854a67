public import ByteCore

/// Number of requests that are under way at the same time.
private let concurrentReadCount = 8

/// Bytes of a request at most: object stores are best at requests of 8 to 16 MiB, several at once.
public let requestByteCount: Int64 = 16 << 20

/// Returns the requests that ranges are read by: those that lie near each other together, large ones in parts.
///
/// Shape: sorted by offset, without a byte in two of them.
/// - Parameter gap: bytes between two ranges that are read rather than making two requests.
public func requests(for ranges: [ByteRange], gap: Int64) -> [ByteRange] {
    ByteRange.merged(ranges, gap: gap).flatMap { $0.parts(ofAtMost: requestByteCount) }
}

/// Reads ranges of a source by the requests that `requests` makes of them.
///
/// Shape: for each range the pieces that make it up, in order: windows over memory that ranges read together share.
/// - Throws: `truncated` where the source has fewer bytes than it said, and what `source` throws.
public func read(
    _ ranges: [ByteRange], gap: Int64, from source: some RandomAccessSource
) async throws -> [[Bytes]] {
    let requests = requests(for: ranges, gap: gap)
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
    return ranges.map { pieces(of: $0, requests, answers) }
}

/// Reads ranges of a source one after the other in the order of their offsets, by blocks of about `blockByteCount` bytes
/// that end where ranges do; a larger range is one block, or cut where a request would be.
///
/// Shape: as that of `read`.
/// - Parameter willRead: called before each block with the number of its bytes.
/// - Throws: what `read` and `willRead` throw.
public func readInOrder(
    _ ranges: [ByteRange], blockByteCount: Int64, from source: some RandomAccessSource,
    _ willRead: (Int) async throws -> Void
) async throws -> [[Bytes]] {
    let blocks = blocks(of: ranges, byteCount: blockByteCount)
    var answers: [Bytes] = []
    answers.reserveCapacity(blocks.count)
    for block in blocks {
        try await willRead(Int(block.count))
        let bytes = try await source.read(block)
        guard Int64(bytes.count) == block.count else { throw ParquetError(kind: .truncated) }
        answers.append(bytes)
    }
    return ranges.map { pieces(of: $0, blocks, answers) }
}

/// Returns the blocks that have all bytes of some ranges.
///
/// Shape: sorted by offset, without a byte in two of them.
func blocks(of ranges: [ByteRange], byteCount: Int64) -> [ByteRange] {
    var blocks: [ByteRange] = []
    for range in ranges.sorted(by: { $0.offset < $1.offset }) where range.count > 0 {
        let last = blocks.last ?? ByteRange(offset: -1, count: 0)
        if range.end <= last.end { continue }
        if range.offset <= last.end, range.end - last.offset <= byteCount {
            blocks[blocks.count - 1].count = range.end - last.offset
        } else {
            let start = max(range.offset, last.end)
            blocks += ByteRange(offset: start, count: range.end - start).parts(
                ofAtMost: max(byteCount, requestByteCount))
        }
    }
    return blocks
}

/// Returns the pieces of a range out of the answers to the requests that it was read by.
private func pieces(of range: ByteRange, _ requests: [ByteRange], _ answers: [Bytes]) -> [Bytes] {
    guard range.count > 0 else { return [] }
    var pieces: [Bytes] = []
    var offset = range.offset
    var index = lastRequest(startingBy: offset, in: requests)
    while offset < range.end {
        let end = min(range.end, requests[index].end)
        let start = Int(offset - requests[index].offset)
        pieces.append(answers[index][start..<start + Int(end - offset)])
        offset = end
        index += 1
    }
    return pieces
}

/// Returns the last request that starts at or before an offset, which is the one that has its byte.
private func lastRequest(startingBy offset: Int64, in requests: [ByteRange]) -> Int {
    var low = 0
    var high = requests.count
    while low < high {
        let middle = (low + high) / 2
        if requests[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
}
