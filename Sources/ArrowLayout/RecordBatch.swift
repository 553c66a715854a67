/// Equally long columns under one schema.
public struct RecordBatch: Sendable {
    /// The names and types of the columns.
    public let schema: Schema
    /// Number of rows: the length of every column.
    public let rowCount: Int
    /// One array for each field of the schema.
    public let columns: [ArrayData]

    /// Creates a batch; the columns must be as many as the fields and each `rowCount` long.
    public init(schema: Schema, rowCount: Int, columns: [ArrayData]) {
        precondition(columns.count == schema.fields.count, "RecordBatch: columns and fields differ in number")
        precondition(columns.allSatisfy { $0.count == rowCount }, "RecordBatch: a column is not rowCount long")
        self.schema = schema
        self.rowCount = rowCount
        self.columns = columns
    }
}
