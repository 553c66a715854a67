import ByteCore

/// What the footer says about one row group.
///
/// Spec: parquet.thrift, `RowGroup`.
public struct RowGroupMetadata: Sendable {
    /// Position in the file's list of row groups.
    public internal(set) var index = 0
    /// One chunk for each leaf of the schema, in the order of the leaves.
    public internal(set) var columns: [ColumnChunkMetadata] = []
    /// Number of rows.
    public internal(set) var rowCount: Int64 = 0
    /// Bytes of all pages, decompressed, as the writer says.
    public internal(set) var totalByteCount: Int64 = 0
    /// Columns by which the rows are sorted, the first one first.
    public internal(set) var sortingColumns: [SortingColumn] = []

    /// The row group's number as the writer stored it.
    var ordinal: Int?

    init(_ reader: inout CompactReader, footer: Bytes) throws(DecodeFault) {
        let start = reader.offset
        var hasRowCount = false
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1:
                guard let list = try reader.list(field, of: CompactReader.WireType.structure) else { continue }
                // The required fields of a chunk take twelve bytes at least.
                columns.reserveCapacity(min(list.count, reader.cursor.remaining / 12))
                for _ in 0..<list.count { columns.append(try ColumnChunkMetadata(&reader, footer: footer)) }
            case 2: totalByteCount = try reader.int64(field) ?? 0
            case 3:
                if let count = try reader.int64(field) {
                    rowCount = count
                    hasRowCount = true
                }
            case 4: sortingColumns = try reader.sortingColumns(field)
            case 7: ordinal = try reader.int64(field).map { Int($0) }
            default: try reader.skip(field.type)
            }
        }
        guard hasRowCount else { throw .malformed(.missingField, at: start) }
        guard rowCount >= 0 else { throw .malformed(.negativeSize, at: start) }
    }
}

/// A column by which the rows of a row group are sorted.
///
/// Spec: parquet.thrift, `SortingColumn`.
public struct SortingColumn: Hashable, Sendable {
    /// Index of the leaf.
    public let columnIndex: Int
    /// Whether the largest value comes first.
    public let isDescending: Bool
    /// Whether nulls come before values.
    public let nullsFirst: Bool
}

extension CompactReader {
    fileprivate mutating func sortingColumns(_ field: Field) throws(DecodeFault) -> [SortingColumn] {
        guard let list = try list(field, of: WireType.structure) else { return [] }
        var result: [SortingColumn] = []
        for _ in 0..<list.count { result.append(try sortingColumn()) }
        return result
    }

    private mutating func sortingColumn() throws(DecodeFault) -> SortingColumn {
        var index: Int32 = -1
        var isDescending = false
        var nullsFirst = false
        var field = Field()
        while try next(&field) {
            switch field.id {
            case 1: index = try int32(field) ?? -1
            case 2: isDescending = try boolean(field) ?? false
            case 3: nullsFirst = try boolean(field) ?? false
            default: try skip(field.type)
            }
        }
        return SortingColumn(columnIndex: Int(index), isDescending: isDescending, nullsFirst: nullsFirst)
    }
}
