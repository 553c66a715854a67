public import ByteCore

/// The fetched bytes of one row group.
public struct RowGroupBytes: Sendable {
    /// The bytes of each chunk, in the order of the plan's chunks; windows over what was fetched.
    public let chunks: [Bytes]
}

/// Reads all that a plan asks for.
///
/// - Throws: `truncated` where the source has fewer bytes than it said, and what `source` throws.
public func load(_ plan: RowGroupPlan, from source: some RandomAccessSource) async throws -> RowGroupBytes {
    let pieces = try await read(plan.chunks.map(\.range), gap: RowGroupPlan.chunkGap, from: source)
    return RowGroupBytes(chunks: pieces.map { Bytes(joining: $0) })
}
