import ArrowLayout
import S3

/// The columns of all objects of a table, by name: each of the narrowest type that holds the values of all, null where
/// an object has none.
///
/// Shape: the columns of the first object in its order, then those that further objects add, in theirs.
struct SchemaUnion {
    /// A column that no type holds over all objects.
    struct Conflict: Error {
        /// The object that gave the column its type.
        let key: ObjectKey
        let difference: String
    }

    private struct Column {
        var field: Field
        /// The type in the first object that has the column.
        let firstType: DataType
        /// The object that gave the field its type.
        var key: ObjectKey
        var objectCount = 1
    }

    private var columns: [Column] = []
    private var indices: [[UInt8]: Int] = [:]
    private var objectCount = 0

    /// The schema that all rows fit; nil before the first object.
    var schema: Schema? {
        guard objectCount > 0 else { return nil }
        return Schema(
            columns.map { column in
                var field = column.field
                field.isNullable = field.isNullable || column.objectCount < objectCount
                return field
            })
    }

    /// The columns that differ between the objects, in words.
    var differences: [String] {
        columns.compactMap { column in
            let name = "\"\(column.field.name)\""
            if column.field.type != column.firstType {
                return "\(name) is widened from \(column.firstType) to \(column.field.type) by \"\(column.key)\""
            }
            return column.objectCount < objectCount ? "\(name) is in \(column.objectCount) of \(objectCount)" : nil
        }
    }

    /// Takes in the schema of an object, whose names must be unique.
    mutating func add(_ schema: Schema, of key: ObjectKey) throws(Conflict) {
        for field in schema.fields {
            let name = Array(field.name.utf8)
            guard let index = indices[name] else {
                indices[name] = columns.count
                columns.append(Column(field: field, firstType: field.type, key: key))
                continue
            }
            let known = columns[index].field
            guard let wider = known.widened(with: field) else {
                throw Conflict(
                    key: columns[index].key,
                    difference: "column \"\(field.name)\" is \(known.type) against \(field.type), "
                        + "and no type holds the values of both")
            }
            if wider.type != known.type { columns[index].key = key }
            columns[index].field = wider
            columns[index].objectCount += 1
        }
        objectCount += 1
    }
}
