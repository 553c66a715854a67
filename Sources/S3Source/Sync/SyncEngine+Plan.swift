import CloudQueryPlugin
import Parquet
import S3

extension SyncEngine {
    /// Returns what `run` would do with the same options.
    func plan(_ options: SyncOptions) async throws -> SyncPlan {
        let found = try await discover(options, forRows: false)
        var plan = SyncPlan(bucket: spec.bucket, pathPrefix: spec.pathPrefix)
        plan.listRequests = RequestCounts.current?.requestCount(of: .listObjects) ?? 0
        let largeByteCount = Self.largeByteCount(of: found.tables)
        // What discovery has room for of the objects themselves.
        var freeByteCount = Int64(BucketReader.keptByteCount(memory: spec.memoryLimit))
        for table in found.tables { plan.tables.append(self.plan(table, ofLarge: largeByteCount, &freeByteCount)) }
        plan.tables += found.failures.map { SyncPlan.TablePlan(name: $0.table, failure: $0.reason) }
        plan.tables.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return plan
    }

    private func plan(
        _ progress: TableProgress, ofLarge largeByteCount: Int64, _ freeByteCount: inout Int64
    ) -> SyncPlan.TablePlan {
        let table = progress.table
        var plan = SyncPlan.TablePlan(
            name: progress.name, columns: table.hasSchema ? table.table.columns.count : nil)
        if !table.hasSchema, !table.objects.isEmpty { plan.failure = "none of its objects can be read" }
        plan.objects = progress.counts.listed
        plan.bytes = table.objects.reduce(table.settled.byteCount) { $0 + $1.summary.byteCount }
        plan.newObjects = progress.pending.count
        plan.newBytes = progress.pendingByteCount
        plan.unchangedObjects = progress.counts.unchanged
        plan.deletedObjects = progress.sentRows?.gone.count ?? 0
        plan.otherShardObjects = progress.counts.otherShard
        for object in table.objects {
            guard case .skip(let cause, let reason)? = object.unreadable else { continue }
            plan.skipped.append(
                SyncPlan.SkippedObject(key: "\(object.summary.key)", cause: cause.rawValue, reason: reason))
        }
        let pending = Set(progress.pending)
        for (index, object) in table.objects.enumerated() where !object.isUnchanged {
            guard pending.contains(index) else {
                // Its footer.
                plan.getRequests += 1
                continue
            }
            plan.getRequests += requestCount(
                of: object, isOneOfMany: isOneOfMany(object.summary, ofLarge: largeByteCount), &freeByteCount)
        }
        var rowCount: Int64? = 0
        for index in progress.pending {
            let object = table.objects[index]
            guard let rows = object.metadata?.rowGroups.reduce(0, { $0 + max($1.rowCount, 0) }) else {
                rowCount = nil
                continue
            }
            rowCount = rowCount.map { $0 &+ rows }
        }
        plan.newRows = rowCount
        return plan
    }

    /// Estimates the requests that read an object: one for a small one that discovery has room for, else one for the
    /// footer, and one for the rows where the object is small or many are read at once, or as many as the row groups take.
    private func requestCount(of object: TableObject, isOneOfMany: Bool, _ freeByteCount: inout Int64) -> Int {
        let size = object.summary.byteCount
        guard size > BucketReader.wholeByteCount else {
            guard size <= freeByteCount else { return 2 }
            freeByteCount -= size
            return 1
        }
        let groups = object.metadata?.rowGroups ?? []
        let sizes = groups.map { group in group.columns.reduce(0) { $0 &+ max($1.totalCompressedByteCount, 0) } }
        let mostByteCount = ObjectSync.mostStreamedByteCount(budget: spec.memoryLimit - spec.memoryLimit / 8)
        if isOneOfMany, sizes.allSatisfy({ $0 <= mostByteCount }) { return 2 }
        let counts = (sizes.isEmpty ? [size] : sizes).map { (min($0, size) - 1) / requestByteCount + 1 }
        return 1 + Int(counts.reduce(0, +))
    }
}
