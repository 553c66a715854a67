import FoundationEssentials

/// What a sync would do, found by a listing and the footers, without reading a row.
public struct SyncPlan: Encodable, Sendable, Equatable {
    /// One table.
    public struct TablePlan: Encodable, Sendable, Equatable {
        /// The table's name.
        public var name: String
        /// Number of columns, CloudQuery's own among them; nil where the table failed, or has no object any more.
        public var columns: Int?
        /// Objects of the table.
        public var objects = 0
        /// Bytes of all objects.
        public var bytes: Int64 = 0
        /// Objects whose rows would be sent.
        public var newObjects = 0
        /// Bytes of those objects.
        public var newBytes: Int64 = 0
        /// Rows that would be sent, where all footers say how many.
        public var newRows: Int64?
        /// Objects that an earlier sync has read, by the stored state.
        public var unchangedObjects = 0
        /// Objects that are gone and whose rows would be deleted.
        public var deletedObjects = 0
        /// Objects of other shards.
        public var otherShardObjects = 0
        /// Objects that would be passed over.
        public var skipped: [SkippedObject] = []
        /// Why the table would fail.
        public var failure: String?
        /// Requests that read the new objects, and the footers of others that no earlier sync knows: estimated.
        public var getRequests = 0
    }

    /// An object that would be passed over.
    public struct SkippedObject: Encodable, Sendable, Equatable {
        /// The object's key.
        public let key: String
        /// The kind of reason, as in the counts of a summary.
        public let cause: String
        /// The reason.
        public let reason: String
    }

    /// The bucket, or the name given to a directory.
    public let bucket: String
    /// The beginning of the keys that were listed.
    public let pathPrefix: String
    /// The tables, by name.
    public internal(set) var tables: [TablePlan] = []
    /// Requests that list the bucket.
    public internal(set) var listRequests = 0
    /// Requests that read objects: estimated.
    public var getRequests: Int { tables.reduce(0) { $0 + $1.getRequests } }
    /// Price of the requests in US dollars, as AWS asks in us-east-1 for its standard storage class; transfer is not
    /// in it.
    public var requestCost: Double { Double(listRequests) * 0.005 / 1_000 + Double(getRequests) * 0.0004 / 1_000 }

    private enum CodingKeys: String, CodingKey {
        case bucket
        case pathPrefix
        case tables
        case listRequests
        case getRequests
        case requestCost = "requestCostUSD"
    }

    /// Writes the plan with its totals.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(bucket, forKey: .bucket)
        try container.encode(pathPrefix, forKey: .pathPrefix)
        try container.encode(tables, forKey: .tables)
        try container.encode(listRequests, forKey: .listRequests)
        try container.encode(getRequests, forKey: .getRequests)
        try container.encode(requestCost, forKey: .requestCost)
    }

    /// The plan as JSON, with names in snake case.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The plan as a table for people, with a line for every object that would be passed over and every failure.
    public func text() -> String {
        let header = [
            "table", "columns", "objects", "bytes", "new objects", "new bytes", "new rows", "skipped", "requests",
        ]
        var rows = [header]
        for table in tables {
            rows.append([
                table.name, table.columns.map(String.init) ?? "-", "\(table.objects)", ByteCountText.of(table.bytes),
                "\(table.newObjects)", ByteCountText.of(table.newBytes), table.newRows.map(String.init) ?? "-",
                "\(table.skipped.count)", "\(table.getRequests)",
            ])
        }
        var lines = Self.aligned(rows)
        for table in tables {
            lines += table.skipped.map { "skipped: \($0.key) (\($0.cause)): \($0.reason)" }
            if table.deletedObjects > 0 {
                lines.append("deleted: rows of \(table.deletedObjects) objects of table \(table.name) that are gone")
            }
            if let failure = table.failure { lines.append("failed: table \(table.name): \(failure)") }
        }
        let micros = Int((requestCost * 1_000_000).rounded())
        let digits = String(1_000_000 + micros % 1_000_000).dropFirst()
        lines.append(
            "about \(listRequests) LIST and \(getRequests) GET requests, \(micros / 1_000_000).\(digits) USD at AWS's "
                + "prices in us-east-1, without transfer")
        return lines.joined(separator: "\n")
    }

    /// Returns the rows with columns of one width: the first to the left, the others to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }.joined(separator: "  ")
        }
    }
}
