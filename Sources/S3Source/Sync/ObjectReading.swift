import CloudQueryPlugin
import Logging
import S3

/// Sends the rows of objects and says what became of each, in the log too.
struct ObjectReading: Sendable {
    /// What became of an object.
    struct Result: Sendable {
        enum End: Sendable {
            /// All rows were sent, of the content that was listed or of a newer one.
            case read(isAsListed: Bool)
            /// The object, or the rest of it, was passed over.
            case skipped(SkipCause)
            /// Its table cannot go on.
            case tableFailed(String)
        }

        let end: End
        let rowCount: Int
        /// The tag of the version that the rows are of.
        let eTag: String
    }

    let spec: SourceSpec
    let reader: BucketReader
    let logger: Logger
    let int96: Int96Policy
    let budget: MemoryBudget
    let sink: any SyncSink

    /// Sends the rows of one object.
    ///
    /// - Parameter isOneOfMany: whether so many objects are read at once that one connection for each is enough.
    /// - Throws: `ObjectError` for what ends the whole sync.
    func send(_ object: TableObject, of table: DiscoveredTable, isOneOfMany: Bool) async throws -> Result {
        let requests = RequestCounts(table: table.table.name)
        let start = ContinuousClock.now
        let result = try await RequestCounts.$current.withValue(requests) {
            try await read(object, of: table, isOneOfMany: isOneOfMany)
        }
        guard logger.logLevel <= .debug else { return result }
        var fields: Logger.Metadata = [
            "key": "\(object.summary.key)", "table": "\(table.table.name)", "size": "\(object.summary.byteCount)",
            "rows": "\(result.rowCount)", "ms": "\((ContinuousClock.now - start).milliseconds)",
        ]
        fields.merge(requests.logged) { $1 }
        logger.debug("object ended", metadata: fields)
        return result
    }

    private func read(_ object: TableObject, of table: DiscoveredTable, isOneOfMany: Bool) async throws -> Result {
        var sentRowCount = 0
        var eTag = object.summary.eTag
        do {
            let isAsListed = try await reader.reading(
                object.summary, table: table.table.name, pin: object.pin, isUntouched: { sentRowCount == 0 }
            ) { source in
                let isAsListed = source.object == object.summary
                eTag = source.object.eTag
                try await ObjectSync(
                    source: source, bucket: spec.bucket, table: table, rowsPerRecord: spec.rowsPerRecord,
                    int96: int96, keys: spec.decryptionKeys, budget: budget,
                    isOneOfMany: isOneOfMany, sink: sink
                ).run(metadata: isAsListed ? object.metadata : nil, sentRowCount: &sentRowCount)
                source.release()
                return isAsListed
            }
            return Result(end: .read(isAsListed: isAsListed), rowCount: sentRowCount, eTag: eTag)
        } catch {
            var error = int96.explained(error)
            if let row = error as? OversizedRow { error = row.after(rowCount: sentRowCount) }
            switch SyncOutcome(of: error) {
            case .skip(let cause, let reason):
                logger.warning(
                    sentRowCount == 0 ? "object skipped" : "the rest of an object skipped",
                    metadata: [
                        "key": "\(object.summary.key)", "table": "\(table.table.name)", "reason": "\(reason)",
                        "rows_sent": "\(sentRowCount)",
                    ])
                return Result(end: .skipped(cause), rowCount: sentRowCount, eTag: eTag)
            case .failTable:
                let reason = "\(ObjectError(key: object.summary.key, cause: error))"
                return Result(end: .tableFailed(reason), rowCount: sentRowCount, eTag: eTag)
            case .failSync: throw ObjectError(key: object.summary.key, cause: error)
            }
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
