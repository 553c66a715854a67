public import ArrowLayout
import ByteCore
public import Parquet

/// Reads the row groups of one file as Arrow, from its footer and from bytes that the caller fetches.
///
/// Not done: the schema that Arrow writers store in the metadata is not looked at.
public struct FileReader: Sendable {
    /// The footer.
    public let metadata: FileMetadata
    /// The schema as a tree of fields.
    public let tree: SchemaTree
    /// The Arrow schema of every batch: that of the wanted columns.
    public var schema: Schema { mapping.schema }

    let mapping: SchemaMapping
    let limits: Limits

    /// Creates a reader of a file whose footer was read.
    ///
    /// - Parameter isWanted: whether a leaf is read, all if not given. What is not wanted is neither mapped nor
    ///   planned, so it may be of any type, damaged or encrypted. Of a VARIANT, one leaf stands for all of them.
    /// - Throws: `malformed` where the schema is not a tree, `unsupported` where a column cannot be read, naming it.
    public init(
        metadata: FileMetadata, limits: Limits = .default, int96: Int96Timestamps = .nanoseconds,
        intervals: IntervalForm = .calendar, columns isWanted: (LeafColumn) -> Bool = { _ in true }
    ) throws(ParquetError) {
        self.metadata = metadata
        self.limits = limits
        tree = try SchemaTree(metadata.schema, limits: limits)
        mapping = try SchemaMapping(
            tree, forms: ChosenForms(int96: int96, intervals: intervals), columns: isWanted)
    }

    /// Plans the reading of the wanted columns of a row group, and of no other bytes than lie in between.
    ///
    /// - Throws: `malformed` where the row group does not fit the file or schema, naming row group and column.
    public func plan(rowGroup: Int, fileByteCount: Int64) throws(ParquetError) -> RowGroupPlan {
        let following = metadata.rowGroups.dropFirst(rowGroup + 1).first
        return try RowGroupPlan(
            rowGroup: metadata.rowGroups[rowGroup], following: following, leaves: mapping.leaves,
            fileByteCount: fileByteCount)
    }

    /// Starts to cut a row group whose planned bytes were fetched.
    ///
    /// - Throws: `limit` where the row group has more rows than can be counted.
    public func batches(of bytes: RowGroupBytes, rowGroup: Int) throws(ParquetError) -> RowCutter {
        try cutter(of: bytes.chunks.map { ChunkBytes($0) }, rowGroup: rowGroup)
    }

    /// Starts to cut a row group of which parts are in memory; the chunks are in the order of the plan's.
    func cutter(of chunks: [ChunkBytes], rowGroup: Int) throws(ParquetError) -> RowCutter {
        let group = metadata.rowGroups[rowGroup]
        precondition(chunks.count == mapping.leaves.count, "FileReader: bytes of another plan")
        guard let rowCount = Int(exactly: group.rowCount) else {
            throw ParquetError(.malformed(.sizeOverflow), rowGroup: group.index)
        }
        // Nothing but the footer's word stands for rows without columns.
        guard !mapping.columns.isEmpty || rowCount <= limits.batchValueCount else {
            throw ParquetError(DecodeFault(.limit(.batchValueCount)), rowGroup: group.index)
        }
        var columns: [RowCutter.Column] = []
        var leaves: [RowCutter.Leaf] = []
        var flat: [FlatAssembler] = []
        var nested: [NestedAssembler] = []
        columns.reserveCapacity(mapping.columns.count)
        leaves.reserveCapacity(chunks.count)
        for column in mapping.columns {
            switch column {
            case .flat:
                columns.append(.flat(flat.count))
                let assembler = assembler(of: leaves.count, chunks, group, repeated: nil)
                leaves.append(.flat(flat.count))
                flat.append(assembler)
            case .nested(let shape):
                columns.append(.nested(nested.count))
                var assemblers: [FlatAssembler] = []
                for repeated in shape.repeated {
                    assemblers.append(assembler(of: leaves.count, chunks, group, repeated: repeated))
                    leaves.append(.nested(nested.count, leaf: assemblers.count - 1))
                }
                nested.append(NestedAssembler(shape, leaves: assemblers, rowGroup: group.index))
            }
        }
        return RowCutter(
            schema: schema, rowCount: rowCount, columns: columns, leaves: leaves, flat: flat, nested: nested)
    }

    /// Returns the assembler of a leaf; `repeated` are the levels of the repeated fields above it, nil for a flat column.
    private func assembler(
        of index: Int, _ chunks: [ChunkBytes], _ group: RowGroupMetadata, repeated: [LevelSlots]?
    ) -> FlatAssembler {
        let leaf = mapping.leaves[index]
        let chunk = chunks[index]
        let metadata = group.columns[leaf.index]
        let reader = ColumnChunkReader(chunk: chunk, leaf: leaf, metadata: metadata, limits: limits)
        // What the file claims, but never far beyond the bytes that are there.
        let byteCount = min(Double(metadata.totalUncompressedByteCount), Double(chunk.byteCount) * 16)
        return FlatAssembler(
            reader, mapping: mapping.mappings[index],
            nesting: repeated.map { LevelCutter(leaf: leaf, elements: $0, limits: limits) }, rowGroup: group.index,
            dataBytesPerRow: max(0, byteCount) / Double(max(1, group.rowCount)), limits: limits)
    }
}
