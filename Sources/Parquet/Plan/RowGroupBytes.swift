public import ByteCore

/// The fetched bytes of one row group.
public struct RowGroupBytes: Sendable {
    /// The bytes of each chunk, in the order of the plan's chunks; windows over what was fetched.
    public let chunks: [Bytes]
}

/// Gap over which two chunks are read together: a request costs more than the bytes in between.
private let chunkGap: Int64 = 1 << 20

/// Reads all that a plan asks for.
///
/// - Throws: `truncated` where the source has fewer bytes than it said, and what `source` throws.
public func load(_ plan: RowGroupPlan, from source: some RandomAccessSource) async throws -> RowGroupBytes {
    RowGroupBytes(chunks: try await read(plan.chunks.map(\.range), gap: chunkGap, from: source))
}
