public import ArrowLayout

/// Takes the messages of a sync, from any number of tasks.
public protocol SyncSink: Sendable {
    /// Sends one message; returns when the transport has taken it, which is the back-pressure.
    ///
    /// - Throws: when the client is gone, when a message breaks the protocol, and when a row does not fit in a message.
    func send(_ message: SyncMessage) async throws
}

/// One message of a sync.
public enum SyncMessage: Sendable {
    /// A table, which must come before its first batch.
    case migrate(Table)
    /// Rows of a table; the schema must be the table's own, metadata included. A batch too large for one message is
    /// cut into several.
    case insert(RecordBatch)
    /// A failure of one table that does not end the sync: logged as an error line, which is what counts it in older
    /// CLIs, and sent on if the client asked for error messages.
    case error(tableName: String, message: String)
    /// Rows to delete at the destination.
    case deleteRecord(DeleteRecord)
    /// Rows of the state table, to be stored once the destinations have everything sent before. Only if
    /// `SyncOptions.supportsCheckpoints`.
    case checkpoint(RecordBatch)
}

/// Names the rows to delete from a table and from the tables that hang on it.
public struct DeleteRecord: Sendable {
    /// A test of one column.
    public struct Predicate: Sendable {
        /// Name of the column.
        public let column: String
        /// One row of one column: the value that the column must equal.
        public let value: RecordBatch

        /// Creates a test for equality.
        public init(column: String, equals value: RecordBatch) {
            self.column = column
            self.value = value
        }
    }

    /// How the predicates of a group go together.
    public enum Grouping: Sendable {
        /// All must hold.
        case all
        /// One must hold.
        case any
    }

    /// Predicates that go together.
    public struct Group: Sendable {
        /// How they go together.
        public let grouping: Grouping
        /// The predicates.
        public let predicates: [Predicate]

        /// Creates a group.
        public init(_ grouping: Grouping, _ predicates: [Predicate]) {
            self.grouping = grouping
            self.predicates = predicates
        }
    }

    /// A table whose rows hang on rows of another.
    public struct Relation: Sendable {
        /// Name of the table.
        public let tableName: String
        /// Name of the table it hangs on.
        public let parentTable: String

        /// Creates a relation.
        public init(tableName: String, parentTable: String) {
            self.tableName = tableName
            self.parentTable = parentTable
        }
    }

    /// Name of the table.
    public let tableName: String
    /// Which rows: all groups must hold.
    public let groups: [Group]
    /// The tables whose rows go with them.
    public let relations: [Relation]

    /// Creates a message.
    public init(tableName: String, groups: [Group], relations: [Relation] = []) {
        self.tableName = tableName
        self.groups = groups
        self.relations = relations
    }
}
