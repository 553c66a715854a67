import ArrowLayout
import ByteCore
import CloudQueryPlugin

/// How the columns of a table are made from the columns of its files.
///
/// Shape: `_cq_id`, `_cq_parent_id`, then the file's columns in their order. `_cq_sync_time` and `_cq_source_name` in
/// a file are left out, so that the CLI adds those of this sync: old ones would make it delete the new rows as stale.
struct TableColumns: Sendable {
    private enum Origin {
        /// The row's derived identity.
        case identity
        /// A column of the file, as it is.
        case file(Int)
        /// A column of the file with UUIDs, as text or 16 bytes.
        case fileUUID(Int)
        /// Null in every row.
        case null
    }

    /// The table's columns with CloudQuery's field metadata.
    let fields: [Field]
    private let origins: [Origin]

    private static let dropped: Set<String> = ["_cq_sync_time", "_cq_source_name"]

    /// Lays out the columns for files of a schema.
    ///
    /// - Throws: `RowError` when two columns have one name: no destination can hold them.
    init(fileSchema: Schema) throws(RowError) {
        var fields: [Field] = []
        var origins: [Origin] = []
        func index(_ name: String) -> Int? {
            fileSchema.fields.firstIndex { $0.name == name && Self.holdsUUIDs($0.type) }
        }
        for name in [CQColumn.id.name, CQColumn.parentID.name]
        where index(name) == nil && fileSchema.fields.contains(where: { $0.name == name }) {
            throw RowError(description: "column \"\(name)\" must hold UUIDs, as text or 16 bytes")
        }
        let id = index(CQColumn.id.name)
        let parentID = index(CQColumn.parentID.name)
        fields.append(CQColumn.id)
        origins.append(id.map(Origin.fileUUID) ?? .identity)
        fields.append(CQColumn.parentID)
        origins.append(parentID.map(Origin.fileUUID) ?? .null)
        for (index, field) in fileSchema.fields.enumerated()
        where index != id && index != parentID && !Self.dropped.contains(field.name) {
            var field = field
            field.type = field.type.withTextForNull
            fields.append(CQColumn.column(field))
            origins.append(.file(index))
        }
        var names: Set<[UInt8]> = []
        for field in fields where !names.insert(Array(field.name.utf8)).inserted {
            throw RowError(description: "two columns are named \"\(field.name)\"")
        }
        self.fields = fields
        self.origins = origins
    }

    private static func holdsUUIDs(_ type: DataType) -> Bool {
        switch type {
        case .utf8, .binary, .fixedSizeBinary(byteWidth: 16): true
        default: false
        }
    }

    /// Returns the table's rows for rows of a file.
    ///
    /// - Parameters:
    ///   - batch: rows of a file of the schema that this was made for.
    ///   - schema: the table's schema.
    ///   - firstRow: number of the first row in its file.
    ///   - identity: makes the ids of the file's rows.
    /// - Throws: `RowError` when a value of `_cq_id` or `_cq_parent_id` is not a UUID.
    func rows(
        from batch: RecordBatch, schema: Schema, firstRow: Int, identity: RowIdentity
    ) throws(RowError) -> RecordBatch {
        var columns: [ArrayData] = []
        columns.reserveCapacity(origins.count)
        for (index, origin) in origins.enumerated() {
            let field = fields[index]
            switch origin {
            case .identity:
                columns.append(Self.identities(identity, rows: firstRow..<firstRow + batch.rowCount))
            case .file(let source):
                columns.append(try Self.converted(batch.columns[source], to: schema.fields[index]))
            case .fileUUID(let source):
                columns.append(
                    try UUIDColumn.converted(
                        batch.columns[source], name: field.name, firstRow: firstRow,
                        fallback: field.isNullable ? nil : identity))
            case .null:
                columns.append(Self.nulls(count: batch.rowCount))
            }
        }
        return RecordBatch(schema: schema, rowCount: batch.rowCount, columns: columns)
    }

    /// Returns a column with the nullability that the table's nested fields have, and text for what has no value.
    private static func converted(_ column: ArrayData, to field: Field) throws(RowError) -> ArrayData {
        do throws(ArrayFault) {
            return try column.widened(to: field.type)
        } catch {
            throw RowError(description: "column \"\(field.name)\": \(error.rule.rawValue)")
        }
    }

    private static func identities(_ identity: RowIdentity, rows: Range<Int>) -> ArrayData {
        var values = ByteBuilder(capacity: rows.count * 16)
        for row in rows { identity.append(row: row, to: &values) }
        return ArrayData(
            type: .fixedSizeBinary(byteWidth: 16), count: rows.count, nullCount: 0,
            buffers: [Bytes(), values.freeze()])
    }

    private static func nulls(count: Int) -> ArrayData {
        var validity = ByteBuilder(capacity: (count + 7) / 8)
        validity.append(repeating: UInt8(0), count: (count + 7) / 8)
        var values = ByteBuilder(capacity: count * 16)
        values.append(repeating: UInt64(0), count: count * 2)
        return ArrayData(
            type: .fixedSizeBinary(byteWidth: 16), count: count, nullCount: count,
            buffers: [validity.freeze(), values.freeze()])
    }
}

/// A value of a file that cannot be a row of a table.
struct RowError: Error, Hashable, CustomStringConvertible {
    let description: String
}
