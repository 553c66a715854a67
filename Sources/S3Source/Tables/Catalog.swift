import ArrowLayout
import CloudQueryPlugin
import Logging
import Parquet
import ParquetArrow
import S3

/// The tables of a bucket at one moment: keys from one listing, schemas from the footers of the tables asked for.
actor Catalog {
    /// Footers kept for the sync after discovery, in bytes of all footers; others are read again.
    private static let retainedFooterByteCount: Int64 = 16 << 20

    private let reader: BucketReader
    private let concurrency: Int
    let options: TableOptions
    private let int96: Int96Timestamps
    private let keys: DecryptionKeys
    private let logger: Logger
    let layout: KeyLayout
    /// By table name.
    private(set) var listed: [String: TableListing.Entry]
    /// What earlier syncs did, by table.
    private var histories: [String: TableHistory]
    /// Reads what earlier syncs did; nil where every sync is the first.
    let past: HistoryReader?
    let pathPrefix: String
    /// Directories that could not be listed.
    let unreadableDirectories: [UnreadableDirectory]
    private var tables: [String: DiscoveredTable] = [:]
    /// The objects of tables without a readable one, by table.
    private var unreadable: [String: [TableObject]] = [:]
    /// Why tables failed that are there and could not be discovered.
    private var failures: [String: String] = [:]
    /// By table, an object that does not fit what earlier syncs knew of it.
    private var misfits: [String: (key: ObjectKey, schema: Schema)] = [:]
    /// Names of tables of which what earlier syncs knew does not hold any more.
    private var outdated: Set<String> = []
    /// Whether a table's schema is from an earlier sync.
    private var hasKnownSchemas = false
    private var retained: Int64 = 0
    /// Names of the columns of all tables before the selection, where there is one.
    private var columnNames: Set<[UInt8]> = []

    /// Names of all tables in the bucket, sorted; and of those whose objects are all gone, where their rows are to go too.
    nonisolated let tableNames: [String]

    /// Lists the bucket and groups the keys into tables.
    ///
    /// - Parameter past: what earlier syncs did: where they know a table's schema, only new objects are looked at.
    init(spec: SourceSpec, reader: BucketReader, after past: HistoryReader? = nil, logger: Logger) async throws {
        options = spec.tables
        layout = KeyLayout(
            rules: options.rules, foldsPartitions: options.hivePartitioning, bucket: spec.bucket,
            prefixByteCount: spec.pathPrefix.utf8.count)
        var histories: [String: TableHistory] = [:]
        pathPrefix = spec.pathPrefix
        let deletesRows = past != nil && options.deletedObjects == .deleteRows
        let listing = try await TableListing(
            reader.store, prefix: pathPrefix, layout: layout, past: past, histories: &histories,
            keepsHashes: deletesRows, logger: logger)
        listed = listing.tables
        unreadableDirectories = listing.unreadable
        self.histories = histories
        self.past = past
        var names = Set(listed.keys)
        if deletesRows, let past { names.formUnion(past.tablesWithSentObjects) }
        tableNames = names.sorted()
        self.reader = reader
        self.concurrency = min(spec.concurrency ?? 64, 64)
        int96 = spec.int96Timestamps
        keys = spec.decryptionKeys
        self.logger = logger
    }

    /// Returns the tables of the given names, reading the footers of those not yet known.
    ///
    /// A table without a single readable file is left out, with a warning for each file; so is one that failed.
    ///
    /// Where the rows are read afterwards, what is fetched for the footers is kept for them.
    func tables(named names: [String], forRows: Bool) async throws -> [DiscoveredTable] {
        let unknown = names.filter { tables[$0] == nil && unreadable[$0] == nil && failures[$0] == nil }
        if options.collisions == .fail {
            for name in unknown {
                guard let origins = listed[name]?.origins, origins.count > 1 else { continue }
                failures[name] = TableNameCollision(table: name, origins: origins).description
            }
        }
        for name in unknown {
            guard let directory = unreadableDirectory(of: name), listed[name] != nil else { continue }
            failures[name] = "directory \(directory.path) cannot be listed: \(directory.reason)"
        }
        try await discover(unknown.filter { failures[$0] == nil }, forRows: forRows)
        if !outdated.isEmpty {
            // What was settled by a schema that does not hold any more is listed again, with every object.
            let names = outdated.sorted()
            var none: [String: TableHistory] = [:]
            listed = try await TableListing(
                reader.store, prefix: pathPrefix, layout: layout, past: nil, histories: &none,
                keepsHashes: past != nil && options.deletedObjects == .deleteRows, logger: logger
            ).tables
            for name in names { histories[name] = nil }
            outdated = []
            try await discover(names.filter { listed[$0] != nil }, forRows: forRows)
        }
        let found = names.compactMap { tables[$0] }
        // A schema that an earlier sync knew was made by the same selection, which matched then.
        if !found.isEmpty, !hasKnownSchemas, let pattern = options.columns.unmatched(in: columnNames).first {
            throw pattern
        }
        return found
    }

    /// What earlier syncs did for a table.
    func history(of name: String) async -> TableHistory {
        if let history = histories[name] { return history }
        return await past?.history(of: name) ?? TableHistory()
    }

    /// Returns a directory that could not be listed and may hold objects of a table.
    func unreadableDirectory(of name: String) -> UnreadableDirectory? {
        unreadableDirectories.first { layout.table(name, mayHaveObjectsIn: $0.path) }
    }

    /// Whether the bucket has no object of any table.
    var isEmpty: Bool { listed.isEmpty }

    /// Returns the objects of a table none of which can be read, or which has none any more and is named for the rows
    /// that it once had; nil for other tables.
    func objectsWithoutSchema(of name: String) -> [TableObject]? { listed[name] == nil ? [] : unreadable[name] }

    /// Why a table failed that was asked for; nil where it did not.
    func failure(of name: String) -> String? { failures[name] }

    /// Reads the footers of the objects of the tables, and makes the tables of them.
    private func discover(_ names: [String], forRows: Bool) async throws {
        var drafts = names.map { draft(of: $0) }
        let work = drafts.indices.flatMap { draft in drafts[draft].unknown.map { (draft, $0) } }
        try await readFooters(of: work, in: drafts, forRows: forRows) { index, footer in
            let (draft, summary) = work[index]
            do {
                let object = try object(summary, footer, table: names[draft], schemas: &drafts[draft].agreement)
                drafts[draft].objects.append(object)
            } catch {
                guard case .failTable = SyncOutcome(of: error) else { throw error }
                if drafts[draft].isKnown, error is SchemaMismatch, let schema = try? footer.get().schema {
                    misfits[names[draft]] = (summary.key, schema)
                } else {
                    failures[names[draft]] = "\(ObjectError(key: summary.key, cause: error))"
                }
            }
        }
        for draft in drafts { try await judge(draft) }
        for draft in drafts where failures[draft.name] == nil && !outdated.contains(draft.name) {
            let name = draft.name
            warn(ofUnchanged: draft.objects.prefix(draft.unchangedCount), table: name)
            if draft.isKnown { hasKnownSchemas = true }
            guard let fileSchema = draft.agreement.schema else {
                unreadable[name] = draft.objects
                continue
            }
            do {
                try options.columns.checkRemainder(fileSchema, table: name)
            } catch {
                // A pattern without a match is the better reason.
                if let pattern = options.columns.unmatched(in: columnNames).first { throw pattern }
                throw error
            }
            log(draft.agreement.unitedDifferences, table: name)
            let columns = try TableColumns(fileSchema: fileSchema)
            let table = Table(name: name, columns: columns.fields, isIncremental: true)
            tables[name] = DiscoveredTable(
                table: table, columns: columns, fileSchema: fileSchema, added: draft.added,
                rule: options.schemaMismatch, objects: draft.objects,
                settled: draft.isKnown ? listed[name]?.settled ?? SettledObjects() : SettledObjects())
        }
    }

    /// A table whose footers are being read.
    private struct Draft {
        let name: String
        let added: AddedColumns
        var agreement: SchemaAgreement
        var objects: [TableObject] = []
        /// So many of the objects, the first ones, could not be read before.
        var unchangedCount = 0
        /// The objects of which the footers are to be read.
        var unknown: [ObjectSummary] = []
        /// Whether the schema begins with what an earlier sync knew.
        var isKnown = false
    }

    /// Has a table fail where an object does not fit it and one that earlier syncs have read; where it fits that one,
    /// what they knew of the table does not hold any more.
    private func judge(_ draft: Draft) async throws {
        guard let misfit = misfits.removeValue(forKey: draft.name) else { return }
        guard let example = listed[draft.name]?.settled.example else {
            outdated.insert(draft.name)
            return
        }
        let footer = await FooterAndSchema.read(
            example, of: draft.name, reader, forRows: false, adding: draft.added, int96: int96, keys: keys)
        var agreement = SchemaAgreement(table: draft.name, rule: options.schemaMismatch)
        do {
            try agreement.add(footer.get().schema, of: example.key)
            try agreement.add(misfit.schema, of: misfit.key)
            outdated.insert(draft.name)
        } catch {
            switch SyncOutcome(of: error) {
            case .failTable:
                let key = error is SchemaMismatch ? misfit.key : example.key
                failures[draft.name] = "\(ObjectError(key: key, cause: error))"
            case .skip: outdated.insert(draft.name)
            case .failSync: throw error
            }
        }
    }

    private func draft(of table: String) -> Draft {
        let added = AddedColumns(
            layout: layout, path: listed[table]?.path ?? PathColumns(), selection: options.columns,
            hasLineage: options.hasLineage)
        var draft = Draft(
            name: table, added: added, agreement: SchemaAgreement(table: table, rule: options.schemaMismatch))
        guard let entry = listed[table] else { return draft }
        guard let history = histories[table] else {
            draft.unknown = entry.objects
            return draft
        }
        var states = entry.settled.states
        for object in entry.objects {
            if let known = history.skipCause(of: object) {
                draft.objects.append(.unchanged(object, known.cause))
                states.insert(known.state)
            } else {
                draft.unknown.append(object)
            }
        }
        draft.unchangedCount = draft.objects.count
        guard let key = entry.settled.example?.key ?? draft.objects.first?.summary.key else { return draft }
        var agreement = draft.agreement
        do throws(SchemaMismatch) {
            for schema in history.schemas(of: states) {
                try agreement.add(schema, of: key)
                draft.isKnown = true
            }
        } catch {
            outdated.insert(table)
            return draft
        }
        draft.agreement = agreement
        return draft
    }

    private func warn(ofUnchanged objects: some Collection<TableObject>, table: String) {
        guard let example = objects.first else { return }
        logger.warning(
            "objects that could not be read before are unchanged, and skipped",
            metadata: ["table": "\(table)", "objects": "\(objects.count)", "example": "\(example.summary.key)"])
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
            func isUnwanted(_ index: Int) -> Bool {
                let name = drafts[work[index].table].name
                if outdated.contains(name) { return true }
                if misfits[name] != nil { return true }
                return failures[name] != nil
            }
            while taken < work.count {
                while let result = waiting.removeValue(forKey: taken) {
                    if !isUnwanted(taken) { try take(taken, result) }
                    taken += 1
                }
                // One slow object must not have all the others' footers wait in memory.
                let bound = min(work.count, taken + 4 * concurrency)
                while started < bound, started - taken - waiting.count < concurrency {
                    if isUnwanted(started) {
                        waiting[started] = .failure(CancellationError())
                        started += 1
                        continue
                    }
                    let (index, added) = (started, drafts[work[started].table].added)
                    let (table, object) = (drafts[work[started].table].name, work[started].object)
                    group.addTask { [reader, int96, keys] in
                        let footer = await FooterAndSchema.read(
                            object, of: table, reader, forRows: forRows, adding: added, int96: int96, keys: keys)
                        return (index, footer)
                    }
                    started += 1
                }
                guard let (index, result) = try await group.next() else { continue }
                waiting[index] = result
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
            return TableObject(
                summary: footer.object, metadata: isKept ? footer.metadata : nil, pin: isKept ? footer.pin : nil)
        } catch {
            reader.fetched.drop(summary)
            let outcome = SyncOutcome(of: error)
            guard case .skip(_, let reason) = outcome else { throw error }
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
    let pin: ObjectPin
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
                        object: source.object, metadata: metadata, pin: source.pin,
                        schema: Schema(fields + added.columns(of: source.object).map(\.field)),
                        byteCount: Int64(metadata.byteCount),
                        columnNames: added.selection.isWhole ? [] : added.names(in: file.tree, source.object))
                })
        } catch {
            return .failure(error)
        }
    }
}
