import CloudQueryPlugin
import Logging
import S3

/// One sync: migrates the tables, reads the objects that are new, and moves the state of the tables whose rows were all
/// taken.
struct SyncEngine: Sendable {
    let spec: SourceSpec
    /// What stands for the spec where a schema is kept.
    let specDigest: String
    let reader: BucketReader
    let catalog: Catalog
    let logger: Logger
    /// Most bytes of objects held at once.
    let memoryByteCount: Int
    /// Least time between two checkpoints.
    let checkpointInterval: Duration
    /// Told after each object, and before the first.
    var onProgress: @Sendable (SyncProgress) -> Void = { _ in }

    /// So many objects at once keep a fast line busy with one connection for each.
    private static let manyObjects = 8

    /// Runs the sync into a sink.
    ///
    /// State moves at the end, when every row of a table has been taken by the transport, and before it only by
    /// checkpoints, which the client stores after the rows before them: a cancelled or failed sync loses nothing.
    ///
    /// A table that fails is reported and left, the others go on. Without a state the sync then fails at the end, so
    /// that the rows of an earlier one are not deleted as stale; with a state nothing is deleted, and failing would have
    /// the client drop rows that the state says have arrived. Where every table failed there is nothing to keep.
    func run(_ options: SyncOptions, state: (any StateStore)?, into sink: any SyncSink) async throws {
        let start = ContinuousClock.now
        var found = try await discover(options, forRows: true)
        for (table, reason) in found.failures { try await sink.send(.error(tableName: table, message: reason)) }
        for table in found.tables where table.table.hasSchema { try await migrate(table, into: sink) }
        if state == nil, spec.tables.deletedObjects == .deleteRows {
            logger.warning("deleted_objects does nothing without backend_options: nothing is known of earlier syncs")
        }
        let checkpoints = options.supportsCheckpoints ? state : nil
        try await readTables(&found, shard: options.shard, checkpoints: checkpoints, into: sink)
        if let state {
            try await deleteRows(&found, into: sink)
            await store(&found, shard: options.shard, in: state)
            if options.supportsCheckpoints { try await state.checkpoint(into: sink) } else { try await state.flush() }
        }
        summarize(found, start: start)
        let tableCount = found.tables.count + found.undiscoveredCount
        if !found.failures.isEmpty, state == nil || found.failures.count == tableCount {
            throw TablesFailed(failures: found.failures, tableCount: tableCount)
        }
    }

    /// The tables of a sync, and those that failed.
    struct Tables {
        var tables: [TableProgress] = []
        var failures: [(table: String, reason: String)] = []
        /// Number of tables that failed before there was a schema.
        var undiscoveredCount = 0
    }

    func discover(_ options: SyncOptions, forRows: Bool) async throws -> Tables {
        if await catalog.isEmpty {
            logger.warning(
                "no Parquet objects found",
                metadata: ["bucket": "\(spec.bucket)", "path_prefix": "\(spec.pathPrefix)"])
        }
        guard !catalog.tableNames.isEmpty else { return Tables() }
        let names = try options.selection.select(from: catalog.tableNames)
        var found = Tables()
        for table in try await catalog.tables(named: names, forRows: forRows, of: options.shard) {
            let history = await catalog.history(of: table.table.name)
            var progress = TableProgress(table: table, history: history, shard: options.shard)
            progress.sentRows = await catalog.sentRows(of: progress)
            found.tables.append(progress)
        }
        for name in names {
            guard let objects = await catalog.objectsWithoutSchema(of: name) else { continue }
            let history = await catalog.history(of: name)
            var progress = TableProgress(
                table: try .withoutSchema(name, objects), history: history, shard: options.shard)
            progress.sentRows = await catalog.sentRows(of: progress)
            if !objects.isEmpty || progress.sentRows?.gone.isEmpty == false { found.tables.append(progress) }
        }
        for name in names {
            if let reason = await catalog.failure(of: name) { found.failures.append((name, reason)) }
        }
        found.undiscoveredCount = found.failures.count
        return found
    }

    private func migrate(_ table: TableProgress, into sink: any SyncSink) async throws {
        try await sink.send(.migrate(table.table.table))
        logger.info(
            "syncing table",
            metadata: [
                "table": "\(table.name)", "objects": "\(table.counts.listed)", "new_objects": "\(table.pending.count)",
                "new_bytes": "\(table.pendingByteCount)",
            ])
    }

    /// Sends the rows of the objects that are new, `concurrency` objects at once, table by table.
    private func readTables(
        _ found: inout Tables, shard: Shard?, checkpoints: (any StateStore)?, into sink: any SyncSink
    ) async throws {
        let work = found.tables.indices.flatMap { table in
            found.tables[table].pending.indices.map { (table: table, position: $0) }
        }
        let largeByteCount = Self.largeByteCount(of: found.tables)
        reader.fetched.keep(only: wanted(of: found.tables, largeByteCount: largeByteCount))
        // What discovery fetched is let go object by object; row groups get the rest.
        let fetchedByteCount = reader.fetched.settle(minimum: memoryByteCount / 8)
        let footerByteCount = Int(await catalog.retainedByteCount)
        let reading = ObjectReading(
            spec: spec, reader: reader, logger: logger,
            int96: Int96Policy(unit: spec.int96Timestamps, logger: logger),
            budget: MemoryBudget(byteCount: memoryByteCount - fetchedByteCount - footerByteCount), sink: sink)
        found = try await withThrowingTaskGroup(of: (Int, ObjectReading.Result).self) { [found] group in
            var found = found
            var (started, running) = (0, 0)
            var nextCheckpoint = ContinuousClock.now + checkpointInterval
            var progress = SyncProgress()
            progress.objectCount = work.count
            progress.byteCount = found.tables.reduce(0) { $0 + $1.pendingByteCount }
            // Of the objects that are not finished.
            var largeByteCount = largeByteCount
            onProgress(progress)
            while true {
                while started < work.count, running < spec.concurrency {
                    let (index, item) = (started, work[started])
                    started += 1
                    let progress = found.tables[item.table]
                    guard progress.failure == nil else { continue }
                    let (table, object) = (progress.table, progress.table.objects[progress.pending[item.position]])
                    let isOneOfMany = isOneOfMany(object.summary, ofLarge: largeByteCount)
                    group.addTask { (index, try await reading.send(object, of: table, isOneOfMany: isOneOfMany)) }
                    running += 1
                }
                guard let (index, result) = try await group.next() else { return found }
                running -= 1
                try await take(result, of: work[index], &found, into: sink)
                let table = found.tables[work[index].table]
                progress.doneObjectCount += 1
                let object = table.table.objects[table.pending[work[index].position]].summary
                progress.doneByteCount += object.byteCount
                if object.byteCount > BucketReader.wholeByteCount { largeByteCount -= object.byteCount }
                progress.rowCount += result.rowCount
                onProgress(progress)
                if let checkpoints, ContinuousClock.now >= nextCheckpoint {
                    let start = ContinuousClock.now
                    try await deleteRows(&found, into: sink)
                    await store(&found, shard: shard, in: checkpoints)
                    try await checkpoints.checkpoint(into: sink)
                    // Lists of many objects take time to write: at most a tenth of all, unless that is minutes.
                    nextCheckpoint = .now + max(checkpointInterval, min((.now - start) * 10, checkpointInterval * 6))
                }
            }
        }
    }

    /// Returns the objects of which bytes that are there save a request, or come no second time: of those that come out
    /// of one request whole, all that their end was for is the footer.
    private func wanted(of tables: [TableProgress], largeByteCount: Int64) -> Set<ObjectSummary> {
        var wanted: Set<ObjectSummary> = []
        for table in tables {
            for position in table.pending {
                let object = table.table.objects[position]
                let isStreamed =
                    object.summary.byteCount > BucketReader.wholeByteCount && !reader.needsOneGo(object.summary)
                    && isOneOfMany(object.summary, ofLarge: largeByteCount)
                if !isStreamed || object.metadata == nil { wanted.insert(object.summary) }
            }
        }
        return wanted
    }

    /// Bytes of the pending objects that take more than one request.
    static func largeByteCount(of tables: [TableProgress]) -> Int64 {
        tables.reduce(0) { sum, table in
            table.pending.reduce(sum) { sum, position in
                let byteCount = table.table.objects[position].summary.byteCount
                return byteCount > BucketReader.wholeByteCount ? sum + byteCount : sum
            }
        }
    }

    /// Whether so many other objects as large as one are to be read that one connection for each is enough.
    ///
    /// - Parameter byteCount: bytes of the large objects that are not finished, this one among them.
    func isOneOfMany(_ object: ObjectSummary, ofLarge byteCount: Int64) -> Bool {
        spec.concurrency >= Self.manyObjects && object.byteCount <= byteCount / Int64(Self.manyObjects)
    }

    private func take(
        _ result: ObjectReading.Result, of item: (table: Int, position: Int), _ found: inout Tables,
        into sink: any SyncSink
    ) async throws {
        switch result.end {
        case .read(let isAsListed):
            // A newer content than the listed one is new to the next sync too, which sends the same rows again.
            found.tables[item.table].finish(
                item.position, rowCount: result.rowCount, eTag: result.eTag, isFinal: isAsListed)
        case .skipped(let cause):
            found.tables[item.table].skip(item.position, cause, rowCount: result.rowCount, eTag: result.eTag)
        case .tableFailed(let reason):
            let isFirst = found.tables[item.table].failure == nil
            found.tables[item.table].fail(reason, rowCount: result.rowCount)
            guard isFirst else { return }
            let name = found.tables[item.table].name
            found.failures.append((name, reason))
            try await sink.send(.error(tableName: name, message: reason))
        }
    }

    /// Has the destination delete rows of the tables that did not fail: of objects that are gone, and those that a new
    /// version of an object does not have.
    private func deleteRows(_ found: inout Tables, into sink: any SyncSink) async throws {
        for index in found.tables.indices where found.tables[index].failure == nil {
            let name = found.tables[index].name
            for deletion in found.tables[index].takeDeletions() {
                try await sink.send(.deleteRecord(deletion.message(table: name)))
            }
        }
    }

    /// Sets the state of the tables that did not fail.
    private func store(_ found: inout Tables, shard: Shard?, in state: any StateStore) async {
        for index in found.tables.indices where found.tables[index].failure == nil {
            let table = found.tables[index]
            let keys = TableState.Keys(bucket: spec.bucket, table: table.name, shard: shard)
            if table.hasNewState { await table.state.store(keys, into: state) }
            await found.tables[index].sentRows?.store { catalog.past?.warn(ofSentObjectsIn: table.name, $0) }
            let schema = table.table.hasSchema ? table.table.fileSchema : nil
            await state.set(KnownSchema.text(of: schema, digest: specDigest), for: keys.schema)
        }
    }

    private func summarize(_ found: Tables, start: ContinuousClock.Instant) {
        var all = SyncCounts()
        for table in found.tables {
            all += table.counts
            var fields = table.counts.logged
            fields["table"] = "\(table.name)"
            if let requests = RequestCounts.current { fields.merge(requests.logged(of: table.name)) { $1 } }
            logger.info("table synced", metadata: fields)
        }
        var fields = all.logged
        fields["tables"] = "\(found.tables.count + found.undiscoveredCount)"
        fields["tables_failed"] = "\(found.failures.count)"
        fields["ms"] = "\((ContinuousClock.now - start).milliseconds)"
        if let requests = RequestCounts.current { fields.merge(requests.logged) { $1 } }
        logger.info("sync finished", metadata: fields)
    }
}
