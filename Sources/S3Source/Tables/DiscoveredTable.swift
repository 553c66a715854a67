import ArrowLayout
import CloudQueryPlugin
import Parquet
import S3

/// An object of a table, and what discovery read of it.
struct TableObject: Sendable {
    let summary: ObjectSummary
    /// The footer; nil where it cannot be read, or was let go to save memory.
    var metadata: FileMetadata?
    /// The content that the footer is of, with its version where it has one.
    var pin: ObjectPin?
    /// Why the object cannot be read at all.
    var unreadable: SyncOutcome?
    /// Whether it could not be read before, and was not looked at again.
    var isUnchanged = false

    /// An object that could not be read before, and has not changed.
    static func unchanged(_ summary: ObjectSummary, _ cause: SkipCause) -> TableObject {
        TableObject(
            summary: summary, unreadable: .skip(cause, reason: "it could not be read before, and is unchanged"),
            isUnchanged: true)
    }
}

/// A table found in the bucket: its schema and objects.
struct DiscoveredTable: Sendable {
    let table: Table
    let columns: TableColumns
    /// What the rows of every object are brought to: the columns of the files, then the added ones.
    let fileSchema: Schema
    let added: AddedColumns
    /// By which rule the objects' schemas became one.
    let rule: SchemaMismatchRule
    var objects: [TableObject]
    /// Objects that need not be looked at.
    var settled = SettledObjects()

    /// Whether there is an object that says what the columns are.
    var hasSchema = true

    /// A table whose objects are all gone, or cannot be read.
    static func withoutSchema(_ name: String, _ objects: [TableObject]) throws(RowError) -> DiscoveredTable {
        let columns = try TableColumns(fileSchema: Schema([]))
        return DiscoveredTable(
            table: Table(name: name, columns: columns.fields, isIncremental: true), columns: columns,
            fileSchema: Schema([]),
            added: AddedColumns(
                layout: KeyLayout(bucket: ""), path: PathColumns(), selection: ColumnSelection(), hasLineage: true),
            rule: .fail, objects: objects, hasSchema: false)
    }
}
