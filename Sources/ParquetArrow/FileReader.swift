public import ArrowLayout
import ByteCore
public import Parquet

/// Reads the row groups of one file as Arrow, from its footer and from bytes that the caller fetches.
///
/// Not done: groups, lists and maps; the schema that Arrow writers store in the metadata is not looked at.
public struct FileReader: Sendable {
    /// The footer.
    public let metadata: FileMetadata
    /// The schema as a tree of fields.
    public let tree: SchemaTree
    /// The Arrow schema of every batch.
    public var schema: Schema { mapping.schema }

    private let mapping: SchemaMapping
    private let limits: Limits

    /// Creates a reader of a file whose footer was read.
    ///
    /// - Throws: `malformed` where the schema is not a tree, `unsupported` where a column cannot be read, naming it.
    public init(
        metadata: FileMetadata, limits: Limits = .default, int96: Int96Timestamps = .nanoseconds
    ) throws(ParquetError) {
        self.metadata = metadata
        self.limits = limits
        tree = try SchemaTree(metadata.schema, limits: limits)
        mapping = try SchemaMapping(tree, int96: int96)
    }

    /// Plans the reading of all columns of a row group.
    ///
    /// - Throws: `malformed` where the row group does not fit the file or schema, naming row group and column.
    public func plan(rowGroup: Int, fileByteCount: Int64) throws(ParquetError) -> RowGroupPlan {
        try RowGroupPlan(
            rowGroup: metadata.rowGroups[rowGroup], leaves: mapping.leaves, fileByteCount: fileByteCount,
            limits: limits)
    }

    /// Starts to cut a row group whose planned bytes were fetched.
    ///
    /// - Throws: `limit` where the row group has more rows than can be counted.
    public func batches(of bytes: RowGroupBytes, rowGroup: Int) throws(ParquetError) -> RowCutter {
        let group = metadata.rowGroups[rowGroup]
        precondition(bytes.chunks.count == mapping.leaves.count, "FileReader: bytes of another plan")
        var columns: [FlatAssembler] = []
        columns.reserveCapacity(mapping.leaves.count)
        for (index, leaf) in mapping.leaves.enumerated() {
            let chunk = bytes.chunks[index]
            let metadata = group.columns[leaf.index]
            let reader = ColumnChunkReader(chunk: chunk, leaf: leaf, metadata: metadata, limits: limits)
            // What the file claims, but never far beyond the bytes that are there.
            let byteCount = min(Double(metadata.totalUncompressedByteCount), Double(chunk.count) * 16)
            columns.append(
                FlatAssembler(
                    reader, mapping: mapping.mappings[index], rowGroup: group.index,
                    dataBytesPerRow: max(0, byteCount) / Double(max(1, group.rowCount))))
        }
        guard let rowCount = Int(exactly: group.rowCount) else {
            throw ParquetError(.malformed(.sizeOverflow), rowGroup: group.index)
        }
        return RowCutter(schema: schema, rowCount: rowCount, columns: columns)
    }
}
