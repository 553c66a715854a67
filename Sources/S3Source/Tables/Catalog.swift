import ArrowLayout
import CloudQueryPlugin
import Logging
import Parquet
import ParquetArrow
import S3

/// The tables of a bucket at one moment: keys from one listing, schemas from the footers of the tables asked for.
actor Catalog {
    /// In memory a footer takes about so many times its bytes.
    private static let parsedFooterFactor: Int64 = 8

    private let reader: BucketReader
    private let concurrency: Int
    /// Bytes of the ends of objects that are fetched at once, and of the footers that wait: what was fetched for the rows
    /// has the other half of the memory.
    private let footerByteLimit: Int64
    /// Bytes in memory of the footers that are kept for the rows at most; others are read again.
    private let retainedByteLimit: Int64
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
    /// Bytes in memory of the footers that are kept for the rows.
    private(set) var retainedByteCount: Int64 = 0
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
        self.concurrency = min(spec.concurrency, 64)
        footerByteLimit = Int64(spec.memoryLimit / 2)
        retainedByteLimit = Int64(spec.memoryLimit / 4)
        int96 = spec.int96Timestamps
        keys = spec.decryptionKeys
        self.logger = logger
    }

    /// Returns the tables of the given names, reading the footers of those not yet known.
    ///
    /// A table without a single readable file is left out, with a warning for each file; so is one that failed.
    ///
    /// - Parameters:
    ///   - forRows: whether the rows are read afterwards: what is fetched for the footers of new objects is kept for them.
    ///   - shard: the objects whose rows are read; nil for all.
    func tables(named names: [String], forRows: Bool, of shard: Shard? = nil) async throws -> [DiscoveredTable] {
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
        try await discover(unknown.filter { failures[$0] == nil }, forRows: forRows, of: shard)
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
            try await discover(names.filter { listed[$0] != nil }, forRows: forRows, of: shard)
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
    private func discover(_ names: [String], forRows: Bool, of shard: Shard?) async throws {
        var drafts = names.map { draft(of: $0) }
        var work: [FooterWork] = []
        for index in drafts.indices {
            let history = await history(of: names[index])
            work += drafts[index].unknown.map { object in
                let hasRows = forRows && shard?.contains(object.key) ?? true && history.isNew(object)
                return FooterWork(table: index, object: object, keepsBytes: hasRows)
            }
        }
        try await readFooters(of: work, in: drafts) { index, footer in
            let (draft, summary) = (work[index].table, work[index].object)
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
            warn(ofUnchanged: draft.objects.filter(\.isUnchanged), table: name)
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
            example, of: draft.name, reader, keepsBytes: false, adding: draft.added, int96: int96, keys: keys)
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

    private func warn(ofUnchanged objects: [TableObject], table: String) {
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
    ///   - work: the objects.
    ///   - drafts: the tables.
    private func readFooters(
        of work: [FooterWork], in drafts: [Draft], _ take: (Int, Result<FooterAndSchema, any Error>) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Result<FooterAndSchema, any Error>).self) { group in
            var waiting: [Int: Result<FooterAndSchema, any Error>] = [:]
            var started = 0
            var taken = 0
            // Bytes of what is being fetched and of what waits, by object and in all.
            var byteCounts: [Int: Int64] = [:]
            var heldByteCount: Int64 = 0
            func hold(_ byteCount: Int64, for index: Int) {
                heldByteCount += byteCount - (byteCounts.updateValue(byteCount, forKey: index) ?? 0)
            }
            func isUnwanted(_ index: Int) -> Bool {
                let name = drafts[work[index].table].name
                if outdated.contains(name) { return true }
                if misfits[name] != nil { return true }
                return failures[name] != nil
            }
            while taken < work.count {
                while let result = waiting.removeValue(forKey: taken) {
                    if !isUnwanted(taken) { try take(taken, result) }
                    heldByteCount -= byteCounts.removeValue(forKey: taken) ?? 0
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
                    let (table, item) = (drafts[work[started].table].name, work[started])
                    let byteCount = min(reader.endByteCount(of: item.object, table: table), item.object.byteCount)
                    guard heldByteCount == 0 || heldByteCount + byteCount <= footerByteLimit else { break }
                    hold(byteCount, for: index)
                    group.addTask { [reader, int96, keys] in
                        let footer = await FooterAndSchema.read(
                            item.object, of: table, reader, keepsBytes: item.keepsBytes, adding: added, int96: int96,
                            keys: keys)
                        return (index, footer)
                    }
                    started += 1
                }
                guard let (index, result) = try await group.next() else { continue }
                waiting[index] = result
                hold((try? result.get()).map { $0.byteCount * Self.parsedFooterFactor } ?? 0, for: index)
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
            let byteCount = footer.byteCount * Self.parsedFooterFactor
            let isKept = retainedByteCount + byteCount <= retainedByteLimit
            if isKept { retainedByteCount += byteCount }
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
