import ArrowIPC
import ArrowLayout
import ByteCore

/// One key of the state table.
struct StateRow: Equatable, Sendable {
    var key: String
    var value: String
    /// Counts the changes of the key; the row with the highest one holds.
    var version: UInt64
}

/// The table that keeps cursors, as every CloudQuery plugin writes it.
struct StateTable: Sendable {
    private let table: Table

    init(name: String) {
        table = Table(
            name: name,
            columns: [
                CQColumn.column(Field("key", .utf8), isPrimaryKey: true),
                CQColumn.column(Field("value", .utf8)),
                CQColumn.column(Field("version", .uint64)),
            ])
    }

    /// The Arrow schema.
    var schema: Schema { table.schema }

    /// Returns a batch of rows.
    func batch(_ rows: [StateRow]) throws(ArrayFault) -> RecordBatch {
        var keys = VariableBuilder<Int32>(capacity: rows.count)
        var values = VariableBuilder<Int32>(capacity: rows.count)
        var versions = PrimitiveBuilder<UInt64>(capacity: rows.count)
        for row in rows {
            try keys.append(utf8: row.key)
            try values.append(utf8: row.value)
            versions.append(row.version)
        }
        return RecordBatch(
            schema: schema, rowCount: rows.count,
            columns: [keys.freeze(.utf8), values.freeze(.utf8), versions.freeze(.uint64)])
    }

    /// Reads rows by the position of their columns, since destinations may rename them.
    ///
    /// A row without a key says nothing and is left out; a null value is empty; a version that is null, missing or
    /// not a number from 0 up is 0.
    ///
    /// - Throws: `StateColumnFault` for columns of which keys and values cannot be read.
    static func rows(of batch: RecordBatch) throws(StateColumnFault) -> [StateRow] {
        let keys = try text(batch, column: 0, name: "key")
        let values = try text(batch, column: 1, name: "value")
        let versions = batch.columns.count > 2 ? ArrayView(batch.columns[2]) : nil
        return (0..<batch.rowCount).compactMap { row in
            keys.string(at: row).map { key in
                StateRow(
                    key: key, value: values.string(at: row) ?? "", version: versions?.uint64(at: row) ?? 0)
            }
        }
    }

    private static func text(
        _ batch: RecordBatch, column: Int, name: String
    ) throws(StateColumnFault) -> ArrayView {
        guard batch.columns.indices.contains(column) else { throw StateColumnFault(column: name, type: nil) }
        let array = batch.columns[column]
        switch array.type {
        case .utf8, .largeUtf8, .utf8View, .null: return ArrayView(array)
        default: throw StateColumnFault(column: name, type: "\(array.type)")
        }
    }
}

/// A column of the state table that does not hold text.
struct StateColumnFault: Error, CustomStringConvertible {
    let column: String
    let type: String?

    var description: String {
        guard let type else { return "the table has no \(column) column" }
        return "the \(column) column has the type \(type), not text"
    }
}
