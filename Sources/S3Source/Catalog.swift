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

    private let client: S3Client
    private let concurrency: Int
    private let logger: Logger
    /// Objects by table name, in the listing's order.
    private let objects: [String: [ObjectSummary]]
    private var tables: [String: DiscoveredTable] = [:]
    private var retained: Int64 = 0

    /// Names of all tables in the bucket, sorted.
    nonisolated let tableNames: [String]

    /// Lists the bucket and groups the keys into tables.
    init(spec: SourceSpec, client: S3Client, logger: Logger) async throws {
        var objects: [String: [ObjectSummary]] = [:]
        var count = 0
        var byteCount: Int64 = 0
        for object in try await client.listObjects(prefix: Array(spec.pathPrefix.utf8)).all()
        where TableNaming.isParquet(object.key) {
            guard let name = TableNaming.tableName(of: object.key) else {
                logger.warning("object skipped: its key gives no table name", metadata: ["key": "\(object.key)"])
                continue
            }
            objects[name, default: []].append(object)
            count += 1
            byteCount += object.byteCount
        }
        self.client = client
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
    /// A table without a single readable file is left out, with a warning for each file.
    func tables(named names: [String]) async throws -> [DiscoveredTable] {
        var found: [DiscoveredTable] = []
        for name in names {
            if let known = tables[name] {
                found.append(known)
            } else if let discovered = try await discover(name) {
                tables[name] = discovered
                found.append(discovered)
            }
        }
        return found
    }

    private func discover(_ name: String) async throws -> DiscoveredTable? {
        var schemas = SchemaAgreement(table: name)
        var tableObjects: [TableObject] = []
        let summaries = objects[name] ?? []
        tableObjects.reserveCapacity(summaries.count)
        try await withThrowingTaskGroup(of: (Int, Result<FooterAndSchema, any Error>).self) { group in
            var results: [Int: Result<FooterAndSchema, any Error>] = [:]
            var next = 0
            func start() {
                guard next < summaries.count else { return }
                let (index, source) = (next, S3ObjectSource(client: client, object: summaries[next]))
                group.addTask { (index, await FooterAndSchema.read(from: source)) }
                next += 1
            }
            for _ in 0..<min(concurrency, summaries.count) { start() }
            // Results are taken in key order, so that errors and kept footers do not depend on timing.
            while let (index, result) = try await group.next() {
                start()
                results[index] = result
                while let result = results.removeValue(forKey: tableObjects.count) {
                    let summary = summaries[tableObjects.count]
                    tableObjects.append(try object(summary, result, table: name, schemas: &schemas))
                }
            }
        }
        guard let fileSchema = schemas.schema else { return nil }
        let columns = try TableColumns(fileSchema: fileSchema)
        let table = Table(name: name, columns: columns.fields, isIncremental: true)
        return DiscoveredTable(table: table, columns: columns, fileSchema: fileSchema, objects: tableObjects)
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
            return TableObject(summary: summary, metadata: isKept ? footer.metadata : nil)
        } catch {
            let outcome = SyncOutcome(of: error)
            guard let reason = outcome.reason else { throw error }
            logger.warning(
                "object skipped", metadata: ["key": "\(summary.key)", "table": "\(table)", "reason": "\(reason)"])
            return TableObject(summary: summary, unreadable: outcome)
        }
    }
}

/// A footer and the Arrow schema that it gives.
struct FooterAndSchema: Sendable {
    let metadata: FileMetadata
    let schema: Schema
    let byteCount: Int64

    static func read(from source: S3ObjectSource) async -> Result<FooterAndSchema, any Error> {
        do {
            let metadata = try await readFooter(of: source)
            let reader = try FileReader(metadata: metadata)
            return .success(
                FooterAndSchema(metadata: metadata, schema: reader.schema, byteCount: Int64(metadata.byteCount)))
        } catch {
            return .failure(error)
        }
    }
}
