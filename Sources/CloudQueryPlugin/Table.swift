public import ArrowLayout

/// A table of a source.
public struct Table: Sendable, Hashable {
    /// Name, on migrate and on every batch.
    public let name: String
    /// Name for people; may be empty.
    public let title: String
    /// Text for people; may be empty.
    public let description: String
    /// The columns, each with CloudQuery's five field keys.
    public let columns: [Field]
    /// Whether a sync adds to the rows of former ones. The CLI deletes the older rows of every other table.
    public let isIncremental: Bool
    /// What a user must be allowed to do to read the table.
    public let permissionsNeeded: [String]
    /// Names of columns that hold secrets.
    public let sensitiveColumns: [String]
    /// The Arrow schema with CloudQuery's metadata: that of the migrate message and of every batch.
    public let schema: Schema

    /// Creates a table; field keys that a column lacks are set to false.
    public init(
        name: String, title: String = "", description: String = "", columns: [Field], isIncremental: Bool = false,
        permissionsNeeded: [String] = [], sensitiveColumns: [String] = []
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.columns = columns.map(CQColumn.completed)
        self.isIncremental = isIncremental
        self.permissionsNeeded = permissionsNeeded
        self.sensitiveColumns = sensitiveColumns
        var metadata: Metadata = [
            Self.nameKey: name,
            "cq:table_description": description,
            "cq:table_title": title,
            "cq:extension:constraint_name": "",
            "cq:table_permissions_needed": JSONText.array(permissionsNeeded),
            "cq:table_sensitive_columns": JSONText.array(sensitiveColumns),
        ]
        if isIncremental { metadata["cq:extension:incremental"] = "true" }
        schema = Schema(self.columns, metadata: metadata)
    }

    /// Schema metadata key of a table's name.
    static let nameKey = "cq:table_name"
}
