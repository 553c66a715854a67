import ArrowLayout
import CloudQueryPlugin
import Logging
import Parquet
import ParquetArrow
import S3

/// An object of a table, and what discovery read of it.
struct TableObject: Sendable {
    let summary: ObjectSummary
    /// The footer; nil where it cannot be read, or was let go to save memory.
    var metadata: FileMetadata?
    /// Why the object cannot be read at all.
    var unreadable: SyncOutcome?
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
}

/// The tables of a bucket at one moment: keys from one listing, schemas from the footers of the tables asked for.
actor Catalog {
    /// Footers kept for the sync after discovery, in bytes of all footers; others are read again.
    private static let retainedFooterByteCount: Int64 = 16 << 20

    private let reader: BucketReader
    private let concurrency: Int
    private let options: TableOptions
    private let int96: Int96Timestamps
    private let keys: DecryptionKeys
    private let logger: Logger
    private let layout: KeyLayout
    /// By table name.
    private let listed: [String: TableListing.Entry]
    private var tables: [String: DiscoveredTable] = [:]
    /// Names of tables without a readable file: their objects are not read, and warned of, again.
    private var unreadable: Set<String> = []
    private var retained: Int64 = 0
    /// Names of the columns of all tables before the selection, where there is one.
    private var columnNames: Set<[UInt8]> = []

    /// Names of all tables in the bucket, sorted.
    nonisolated let tableNames: [String]

    /// Lists the bucket and groups the keys into tables.
    init(spec: SourceSpec, reader: BucketReader, logger: Logger) async throws {
        let objects = try await reader.client.listObjects(prefix: Array(spec.pathPrefix.utf8)).all()
        options = spec.tables
        layout = KeyLayout(
            rules: options.rules, foldsPartitions: options.hivePartitioning, bucket: spec.bucket)
        listed = TableListing(objects, layout: layout, logger: logger).tables
        tableNames = listed.keys.sorted()
        self.reader = reader
        self.concurrency = min(spec.concurrency ?? 64, 64)
        int96 = spec.int96Timestamps
        keys = spec.decryptionKeys
        self.logger = logger
    }

    /// Returns the tables of the given names, reading the footers of those not yet known.
    ///
    /// A table without a single readable file is left out, with a warning for each file.
    ///
    /// Where the rows are read afterwards, what is fetched for the footers is kept for them.
    func tables(named names: [String], forRows: Bool) async throws -> [DiscoveredTable] {
        let unknown = names.filter { tables[$0] == nil && !unreadable.contains($0) }
        if options.collisions == .fail, let collision = unknown.compactMap({ listed[$0]?.collision }).first {
            throw collision
        }
        try await discover(unknown, forRows: forRows)
        let found = names.compactMap { tables[$0] }
        if !found.isEmpty, let pattern = options.columns.unmatched(in: columnNames).first { throw pattern }
        return found
    }

    /// Reads the footers of all objects of the tables, and makes the tables of them.
    private func discover(_ names: [String], forRows: Bool) async throws {
        var drafts = names.map { draft(of: $0) }
        let work = drafts.indices.flatMap { draft in (listed[names[draft]]?.objects ?? []).map { (draft, $0) } }
        try await readFooters(of: work, in: drafts, forRows: forRows) { index, footer in
            let (draft, summary) = work[index]
            let object = try object(summary, footer, table: drafts[draft].name, schemas: &drafts[draft].agreement)
            drafts[draft].objects.append(object)
        }
        for draft in drafts {
            let name = draft.name
            guard let fileSchema = draft.agreement.schema else {
                unreadable.insert(name)
                continue
            }
            try options.columns.checkRemainder(fileSchema, table: name)
            log(draft.agreement.unitedDifferences, table: name)
            let columns = try TableColumns(fileSchema: fileSchema)
            let table = Table(name: name, columns: columns.fields, isIncremental: true)
            tables[name] = DiscoveredTable(
                table: table, columns: columns, fileSchema: fileSchema, added: draft.added,
                rule: options.schemaMismatch, objects: draft.objects)
        }
    }

    /// A table whose footers are being read.
    private struct Draft {
        let name: String
        let added: AddedColumns
        var agreement: SchemaAgreement
        var objects: [TableObject] = []
    }

    private func draft(of table: String) -> Draft {
        let added = AddedColumns(
            layout: layout, path: listed[table]?.path ?? PathColumns(), selection: options.columns,
            hasLineage: options.hasLineage)
        return Draft(
            name: table, added: added, agreement: SchemaAgreement(table: table, rule: options.schemaMismatch))
    }

    private func log(_ differences: [String], table: String) {
        guard !differences.isEmpty else { return }
        let more = differences.count > 8 ? "; and \(differences.count - 8) more" : ""
        logger.info(
            "the files of a table differ, and their columns were united",
            metadata: [
                "table": "\(table)", "columns": "\(differences.prefix(8).joined(separator: "; "))\(more)",
            ])
    }

    /// Reads the footers of objects, `concurrency` at once, and hands them over in the order of the objects, so that
    /// errors and what is kept do not depend on timing.
    ///
    /// - Parameters:
    ///   - work: each object and the index of its table.
    ///   - drafts: the tables.
    ///   - forRows: whether what is fetched is kept.
    private func readFooters(
        of work: [(table: Int, object: ObjectSummary)], in drafts: [Draft], forRows: Bool,
        _ take: (Int, Result<FooterAndSchema, any Error>) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Result<FooterAndSchema, any Error>).self) { group in
            var waiting: [Int: Result<FooterAndSchema, any Error>] = [:]
            var started = 0
            var taken = 0
            while taken < work.count {
                // One slow object must not have all the others' footers wait in memory.
                let bound = min(work.count, taken + 4 * concurrency)
                while started < bound, started - taken - waiting.count < concurrency {
                    let (index, added) = (started, drafts[work[started].table].added)
                    let (table, object) = (drafts[work[started].table].name, work[started].object)
                    group.addTask { [reader, int96, keys] in
                        let footer = await FooterAndSchema.read(
                            object, of: table, reader, forRows: forRows, adding: added, int96: int96, keys: keys)
                        return (index, footer)
                    }
                    started += 1
                }
                guard let (index, result) = try await group.next() else { return }
                waiting[index] = result
                while let result = waiting.removeValue(forKey: taken) {
                    try take(taken, result)
                    taken += 1
                }
            }
        }
    }

    private func object(
        _ summary: ObjectSummary, _ result: Result<FooterAndSchema, any Error>, table: String,
        schemas: inout SchemaAgreement
    ) throws -> TableObject {
        do {
            let footer = try result.get()
            _ = try TableColumns(fileSchema: footer.schema)
            try schemas.add(footer.schema, of: summary.key)
            columnNames.formUnion(footer.columnNames)
            let isKept = retained + footer.byteCount <= Self.retainedFooterByteCount
            if isKept { retained += footer.byteCount }
            return TableObject(summary: footer.object, metadata: isKept ? footer.metadata : nil)
        } catch {
            reader.fetched.drop(summary)
            let outcome = SyncOutcome(of: error)
            guard let reason = outcome.reason else { throw error }
            logger.warning(
                "object skipped", metadata: ["key": "\(summary.key)", "table": "\(table)", "reason": "\(reason)"])
            return TableObject(summary: summary, unreadable: outcome)
        }
    }
}

/// A footer and the columns of the rows that the object gives, in the types of destinations.
private struct FooterAndSchema: Sendable {
    /// The object, which may be newer than the one that was listed.
    let object: ObjectSummary
    let metadata: FileMetadata
    let schema: Schema
    let byteCount: Int64
    /// Names of the columns before the selection, where there is one.
    let columnNames: [[UInt8]]

    static func read(
        _ object: ObjectSummary, of table: String, _ reader: BucketReader, forRows: Bool,
        adding added: AddedColumns, int96: Int96Timestamps, keys: DecryptionKeys
    ) async -> Result<FooterAndSchema, any Error> {
        do {
            return .success(
                try await reader.reading(object, table: table, keepsBytes: forRows) { source in
                    let metadata = try await source.footer(keys: keys)
                    let file = try added.reader(of: metadata, source.object, int96: int96)
                    let fields = try DestinationSchema(file.schema).schema.fields
                    return FooterAndSchema(
                        object: source.object, metadata: metadata,
                        schema: Schema(fields + added.columns(of: source.object).map(\.field)),
                        byteCount: Int64(metadata.byteCount),
                        columnNames: added.selection.isWhole ? [] : added.names(in: file.tree, source.object))
                })
        } catch {
            return .failure(error)
        }
    }
}
