public import ByteCore

/// The fetched bytes of one row group.
public struct RowGroupBytes: Sendable {
    /// The bytes of each chunk, in the order of the plan's chunks; windows over what was fetched.
    public let chunks: [Bytes]
}

/// Number of ranges of one row group that are read at the same time.
private let concurrentFetchCount = 8

/// Reads what a plan asks for.
///
/// - Throws: `truncated` where the source has fewer bytes than it said, and what `source` throws.
public func load(_ plan: RowGroupPlan, from source: some RandomAccessSource) async throws -> RowGroupBytes {
    var fetched = [Bytes](repeating: Bytes(), count: plan.fetches.count)
    try await withThrowingTaskGroup(of: (Int, Bytes).self) { group in
        var started = 0
        while started < min(concurrentFetchCount, plan.fetches.count) {
            addFetch(started, of: plan, from: source, to: &group)
            started += 1
        }
        while let (index, bytes) = try await group.next() {
            guard Int64(bytes.count) == plan.fetches[index].count else { throw ParquetError(kind: .truncated) }
            fetched[index] = bytes
            if started < plan.fetches.count {
                addFetch(started, of: plan, from: source, to: &group)
                started += 1
            }
        }
    }
    let chunks = plan.chunks.map { chunk in
        guard chunk.range.count > 0 else { return Bytes() }
        let start = Int(chunk.range.offset - plan.fetches[chunk.fetchIndex].offset)
        return fetched[chunk.fetchIndex][start..<start + Int(chunk.range.count)]
    }
    return RowGroupBytes(chunks: chunks)
}

private func addFetch(
    _ index: Int, of plan: RowGroupPlan, from source: some RandomAccessSource,
    to group: inout ThrowingTaskGroup<(Int, Bytes), any Error>
) {
    let range = plan.fetches[index]
    group.addTask { (index, try await source.read(range)) }
}
