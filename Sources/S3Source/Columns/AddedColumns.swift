import ArrowLayout
import Parquet
import ParquetArrow
import S3

/// The columns that a table has beside those of its files: what the keys of its objects say, and where its rows lie.
struct AddedColumns: Sendable {
    /// What a column holds.
    enum Value: Sendable {
        /// The same in all rows of an object.
        case constant(ConstantValue)
        /// The number of the row in its file, from 0.
        case rowNumber
    }

    /// A column and what it holds for one object.
    struct Column: Sendable {
        let field: Field
        let value: Value
    }

    let layout: KeyLayout
    /// Over the keys of all objects of the table.
    let path: PathColumns
    let selection: ColumnSelection
    let hasLineage: Bool

    /// Returns the columns that an object adds, which come after those of its file.
    func columns(of object: ObjectSummary) -> [Column] {
        let columns = path.columns(values(of: object)).filter { selection.includes($0.field.name) }
        return hasLineage ? columns + LineageColumns.columns(of: object) : columns
    }

    /// Returns a reader of the columns of an object's file that are wanted; nothing else of it is fetched.
    ///
    /// A column with the name of an added one is not: the key is about the object as it lies in the bucket, whatever the
    /// writer of the file thought.
    func reader(
        of metadata: FileMetadata, _ object: ObjectSummary, int96: Int96Timestamps
    ) throws(ParquetError) -> FileReader {
        let added = Set(columns(of: object).map { Array($0.field.name.utf8) })
        if added.isEmpty, selection.isWhole { return try FileReader(metadata: metadata, int96: int96) }
        return try FileReader(metadata: metadata, int96: int96) { leaf in
            guard let name = leaf.path.first else { return true }
            return selection.includes(name) && !added.contains(Array(name.utf8))
        }
    }

    /// Returns the names that the selection chooses from: those of a file's columns, and what the key gives.
    func names(in tree: SchemaTree, _ object: ObjectSummary) -> [[UInt8]] {
        (tree.root.children.map(\.name) + values(of: object).map(\.column)).map { Array($0.utf8) }
    }

    private func values(of object: ObjectSummary) -> [PathValue] {
        if case .object(let placement) = layout.meaning(of: object.key) { placement.values } else { [] }
    }
}
