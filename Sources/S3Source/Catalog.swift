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
    /// The schema of the table's files.
    let fileSchema: Schema
    var objects: [TableObject]
}

/// The tables of a bucket at one moment: keys from one listing, schemas from the footers of the tables asked for.
actor Catalog {
    /// Footers kept for the sync after discovery, in bytes of all footers; others are read again.
    private static let retainedFooterByteCount: Int64 = 16 << 20

    private let reader: BucketReader
    private let concurrency: Int
    private let logger: Logger
    /// Objects by table name, in the listing's order.
    private let objects: [String: [ObjectSummary]]
    private var tables: [String: DiscoveredTable] = [:]
    /// Names of tables without a readable file: their objects are not read, and warned of, again.
    private var unreadable: Set<String> = []
    /// Why tables failed that are there and could not be discovered.
    private var failures: [String: String] = [:]
    private var retained: Int64 = 0

    /// Names of all tables in the bucket, sorted.
    nonisolated let tableNames: [String]

    /// Lists the bucket and groups the keys into tables.
    init(spec: SourceSpec, reader: BucketReader, logger: Logger) async throws {
        var objects: [String: [ObjectSummary]] = [:]
        var count = 0
        var byteCount: Int64 = 0
        for object in try await reader.client.listObjects(prefix: Array(spec.pathPrefix.utf8)).all()
        where TableNaming.isParquet(object.key) {
            guard let name = TableNaming.tableName(of: object.key) else {
                logger.warning("object skipped: its key gives no table name", metadata: ["key": "\(object.key)"])
                continue
            }
            objects[name, default: []].append(object)
            count += 1
            byteCount += object.byteCount
        }
        self.reader = reader
        self.concurrency = min(spec.concurrency ?? 64, 64)
        self.logger = logger
        self.objects = objects
        tableNames = objects.keys.sorted()
        logger.info(
            "listed bucket",
            metadata: ["tables": "\(objects.count)", "objects": "\(count)", "bytes": "\(byteCount)"])
    }

    /// Returns the tables of the given names, reading the footers of those not yet known.
    ///
    /// A table without a single readable file is left out, with a warning for each file; so is one that failed.
    func tables(named names: [String]) async throws -> [DiscoveredTable] {
        try await discover(names.filter { tables[$0] == nil && !unreadable.contains($0) && failures[$0] == nil })
        return names.compactMap { tables[$0] }
    }

    /// Why a table failed that was asked for; nil where it did not.
    func failure(of name: String) -> String? { failures[name] }

    /// Reads the footers of all objects of the tables, and makes the tables of them.
    private func discover(_ names: [String]) async throws {
        let summaries = names.flatMap { name in (objects[name] ?? []).map { (table: name, object: $0) } }
        var schemas: [String: SchemaAgreement] = [:]
        var found: [String: [TableObject]] = [:]
        try await readFooters(of: summaries, unless: { failures[summaries[$0].table] != nil }) { index, footer in
            let (name, summary) = summaries[index]
            do {
                let object = try object(
                    summary, footer, table: name, schemas: &schemas[name, default: SchemaAgreement(table: name)])
                found[name, default: []].append(object)
            } catch {
                guard case .failTable = SyncOutcome(of: error) else { throw error }
                failures[name] = "\(ObjectError(key: summary.key, cause: error))"
            }
        }
        for name in names where failures[name] == nil {
            guard let fileSchema = schemas[name]?.schema, let objects = found[name] else {
                unreadable.insert(name)
                continue
            }
            let columns = try TableColumns(fileSchema: fileSchema)
            let table = Table(name: name, columns: columns.fields, isIncremental: true)
            tables[name] = DiscoveredTable(table: table, columns: columns, fileSchema: fileSchema, objects: objects)
        }
    }

    /// Reads the footers of objects, `concurrency` at once, and hands them over in the order of the objects, so that
    /// errors and what is kept do not depend on timing.
    private func readFooters(
        of summaries: [(table: String, object: ObjectSummary)], unless isUnwanted: (Int) -> Bool,
        _ take: (Int, Result<FooterAndSchema, any Error>) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Result<FooterAndSchema, any Error>).self) { group in
            var waiting: [Int: Result<FooterAndSchema, any Error>] = [:]
            var started = 0
            var taken = 0
            while taken < summaries.count {
                while let result = waiting.removeValue(forKey: taken) {
                    if !isUnwanted(taken) { try take(taken, result) }
                    taken += 1
                }
                // One slow object must not have all the others' footers wait in memory.
                let bound = min(summaries.count, taken + 4 * concurrency)
                while started < bound, started - taken - waiting.count < concurrency {
                    if isUnwanted(started) {
                        waiting[started] = .failure(CancellationError())
                        started += 1
                        continue
                    }
                    let (table, object) = summaries[started]
                    let index = started
                    group.addTask { [reader] in (index, await FooterAndSchema.read(object, of: table, reader)) }
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
            let isKept = retained + footer.byteCount <= Self.retainedFooterByteCount
            if isKept { retained += footer.byteCount }
            return TableObject(summary: footer.object, metadata: isKept ? footer.metadata : nil)
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

/// A footer and the Arrow schema that it gives.
struct FooterAndSchema: Sendable {
    /// The object, which may be newer than the one that was listed.
    let object: ObjectSummary
    let metadata: FileMetadata
    let schema: Schema
    let byteCount: Int64

    static func read(
        _ object: ObjectSummary, of table: String, _ reader: BucketReader
    ) async -> Result<FooterAndSchema, any Error> {
        do {
            return .success(
                try await reader.reading(object, table: table) { source in
                    let metadata = try await source.footer()
                    return FooterAndSchema(
                        object: source.object, metadata: metadata, schema: try FileReader(metadata: metadata).schema,
                        byteCount: Int64(metadata.byteCount))
                })
        } catch {
            return .failure(error)
        }
    }
}
