import CloudQueryPlugin
import Logging
import S3

/// One sync: migrates the tables, reads the objects that are new, and moves the state when all rows were taken.
struct SyncEngine: Sendable {
    let spec: SourceSpec
    let reader: BucketReader
    let catalog: Catalog
    let logger: Logger
    /// Most bytes of objects held at once.
    let memoryByteCount: Int

    /// Runs the sync into a sink.
    ///
    /// State moves only at the end, when every row of every table has been taken by the transport: a failed or
    /// cancelled sync leaves it as it was.
    func run(_ options: SyncOptions, into sink: any SyncSink) async throws {
        guard let backendOptions = options.backend else {
            var tables = try await discover(options.selection, backend: nil)
            return try await send(&tables, into: sink)
        }
        let backend = try await StateBackend.connect(backendOptions)
        do {
            var tables = try await discover(options.selection, backend: backend)
            try await send(&tables, into: sink)
            for table in tables {
                await table.nextState.store(bucket: spec.bucket, table: table.name, into: backend)
            }
            try await backend.flush()
            await backend.close()
        } catch {
            await backend.close()
            throw error
        }
    }

    private func discover(_ selection: TableSelection, backend: StateBackend?) async throws -> [TableProgress] {
        guard !catalog.tableNames.isEmpty else {
            logger.warning(
                "no Parquet objects found",
                metadata: ["bucket": "\(spec.bucket)", "path_prefix": "\(spec.pathPrefix)"])
            return []
        }
        var tables: [TableProgress] = []
        for table in try await catalog.tables(
            named: try selection.select(from: catalog.tableNames), forRows: true)
        {
            let state =
                if let backend { await state(of: table.table.name, in: backend) } else { TableState() }
            tables.append(TableProgress(table: table, state: state))
        }
        return tables
    }

    private func state(of table: String, in backend: StateBackend) async -> TableState {
        do {
            return try await TableState(bucket: spec.bucket, table: table, from: backend)
        } catch {
            logger.warning(
                "reading all objects of the table", metadata: ["table": "\(table)", "reason": "\(error)"])
            return TableState()
        }
    }

    /// Sends every table, then the rows of the objects that are new, `concurrency` objects at once.
    private func send(_ tables: inout [TableProgress], into sink: any SyncSink) async throws {
        for table in tables {
            try await sink.send(.migrate(table.table.table))
            logger.info(
                "syncing table",
                metadata: [
                    "table": "\(table.name)", "objects": "\(table.table.objects.count)",
                    "new_objects": "\(table.pending.count)",
                ])
        }
        let int96 = Int96Policy(unit: spec.int96Timestamps, logger: logger)
        let work = tables.indices.flatMap { table in tables[table].pending.map { (table: table, object: $0) } }
        reader.fetched.keep(only: Set(work.map { tables[$0.table].table.objects[$0.object].summary }))
        // What discovery fetched is let go object by object; row groups get the rest.
        let fetchedByteCount = reader.fetched.settle(minimum: memoryByteCount / 8)
        let budget = MemoryBudget(byteCount: memoryByteCount - fetchedByteCount)
        let finished = try await withThrowingTaskGroup(of: Int?.self) { [tables] group in
            var started = 0
            func startNext() {
                guard started < work.count else { return }
                let (index, item) = (started, work[started])
                let table = tables[item.table].table
                group.addTask {
                    try await read(table.objects[item.object], of: table, int96, within: budget, into: sink)
                        ? index : nil
                }
                started += 1
            }
            for _ in 0..<min(spec.concurrency ?? work.count, work.count) { startNext() }
            var finished: [Int] = []
            while let result = try await group.next() {
                startNext()
                if let index = result { finished.append(index) }
            }
            return finished
        }
        for index in finished { tables[work[index].table].finish(object: work[index].object) }
    }

    /// Sends the rows of one object; returns whether this version of it need not be read again.
    private func read(
        _ object: TableObject, of table: DiscoveredTable, _ int96: Int96Policy, within budget: MemoryBudget,
        into sink: any SyncSink
    ) async throws -> Bool {
        let key: Logger.MetadataValue = "\(object.summary.key)"
        var sentRowCount = 0
        do {
            let isAsListed = try await reader.reading(
                object.summary, table: table.table.name, isUntouched: { sentRowCount == 0 }
            ) { source in
                let isAsListed = source.object == object.summary
                try await ObjectSync(
                    source: source, bucket: spec.bucket, table: table, rowsPerRecord: spec.rowsPerRecord,
                    int96: int96, keys: spec.decryptionKeys, budget: budget, sink: sink
                ).run(metadata: isAsListed ? object.metadata : nil, sentRowCount: &sentRowCount)
                source.release()
                return isAsListed
            }
            logger.debug(
                "object read", metadata: ["key": key, "table": "\(table.table.name)", "rows": "\(sentRowCount)"])
            // A newer content than the listed one is new to the next sync too, which sends the same rows again.
            return isAsListed
        } catch {
            let error = int96.explained(error)
            let outcome = SyncOutcome(of: error)
            guard let reason = outcome.reason else { throw ObjectError(key: object.summary.key, cause: error) }
            logger.warning(
                sentRowCount == 0 ? "object skipped" : "the rest of an object skipped",
                metadata: [
                    "key": key, "table": "\(table.table.name)", "reason": "\(reason)", "rows_sent": "\(sentRowCount)",
                ])
            return outcome.isFinal
        }
    }
}
