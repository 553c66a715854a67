import ArrowLayout
import ByteCore
import S3

/// How the rows of one object become rows of its table: the file's columns and those that the object adds, in the
/// order of the table and of its types, null where the object has no such column.
struct ObjectColumns: Sendable {
    private enum Origin {
        /// A column of the file.
        case file(Int)
        /// A column beside those of the file.
        case added(AddedColumns.Column)
        /// Null in every row.
        case missing
    }

    private let schema: Schema
    private let origins: [Origin]

    /// Finds the origin of each of the table's columns.
    ///
    /// - Parameters:
    ///   - file: the schema of what is read of the object's file.
    ///   - object: the object, whose key is of the table.
    ///   - table: the table as it was discovered.
    /// - Throws: `SchemaMismatch` where the object does not fit the table.
    init(file: Schema, object: ObjectSummary, table: DiscoveredTable) throws(SchemaMismatch) {
        schema = table.fileSchema
        let added = table.added.columns(of: object)
        try SchemaAgreement.check(Schema(file.fields + added.map(\.field)), of: object.key, fits: table)
        var sources: [[UInt8]: Origin] = [:]
        for (index, field) in file.fields.enumerated() { sources[Array(field.name.utf8)] = .file(index) }
        for column in added { sources[Array(column.field.name.utf8)] = .added(column) }
        origins = schema.fields.map { sources[Array($0.name.utf8)] ?? .missing }
    }

    /// The most rows that may be converted at once.
    var maximumRowCount: Int {
        origins.reduce(Int.max) { count, origin in
            guard case .added(let column) = origin, case .constant(let value) = column.value else { return count }
            return min(count, value.maximumRowCount)
        }
    }

    /// Returns rows of the table for rows of the file.
    ///
    /// - Parameters:
    ///   - batch: at most `maximumRowCount` rows under the file's schema.
    ///   - firstRow: number of the first row in its file.
    /// - Throws: `ArrayFault` where a value does not fit the type that the table has for it.
    func rows(from batch: RecordBatch, firstRow: Int) throws(ArrayFault) -> RecordBatch {
        var columns: [ArrayData] = []
        columns.reserveCapacity(origins.count)
        for (origin, field) in zip(origins, schema.fields) {
            do throws(ArrayFault) {
                switch origin {
                case .file(let index): columns.append(try batch.columns[index].widened(to: field.type))
                case .added(let column):
                    columns.append(try column.values(of: batch.rowCount, firstRow: firstRow).widened(to: field.type))
                case .missing: columns.append(.nulls(of: field.type, count: batch.rowCount))
                }
            } catch {
                throw ArrayFault(error.rule, path: [field.name] + error.path)
            }
        }
        return RecordBatch(schema: schema, rowCount: batch.rowCount, columns: columns)
    }
}

extension AddedColumns.Column {
    fileprivate func values(of rowCount: Int, firstRow: Int) -> ArrayData {
        switch value {
        case .constant(let value): return value.column(of: field.type, rowCount: rowCount)
        case .rowNumber:
            var numbers = PrimitiveBuilder<Int64>(capacity: rowCount)
            for row in firstRow..<firstRow + rowCount { numbers.append(Int64(row)) }
            return numbers.freeze(field.type)
        }
    }
}
