import CloudQueryPlugin
import Logging

/// Reads what earlier syncs did, table by table.
struct HistoryReader: Sendable {
    /// The part of every table that this sync is about; nil for all of it.
    let shard: Shard?
    private let bucket: String
    private let specDigest: String
    private let store: any StateStore
    private let found: TableState.Keys.Found
    private let logger: Logger

    /// - Parameter specDigest: what stands for the spec, which a kept schema must have been made by.
    init(bucket: String, specDigest: String, shard: Shard?, store: any StateStore, logger: Logger) async {
        self.bucket = bucket
        self.specDigest = specDigest
        self.shard = shard
        self.store = store
        self.logger = logger
        found = await TableState.Keys.find(bucket: bucket, in: store)
    }

    /// Names of the tables of which rows were sent with their lineage.
    var tablesWithSentObjects: some Collection<String> { found.sentObjects.keys }

    /// Returns the history of a table; an empty one, with a warning, where it cannot be read.
    func history(of table: String) async -> TableHistory {
        do {
            let history = try await TableHistory(
                bucket: bucket, table: table, shard: shard, shards: found.shards[table] ?? [], digest: specDigest,
                from: store)
            for error in history.unreadable {
                logger.warning(
                    "a state of the table for other shards is not used",
                    metadata: ["table": "\(table)", "reason": "\(error)"])
            }
            return history
        } catch {
            logger.warning(
                "reading all objects of the table", metadata: ["table": "\(table)", "reason": "\(error)"])
            return TableHistory()
        }
    }

    /// Returns the record of the objects of a table that were sent with their lineage.
    func sentObjects(of table: String) async -> SentObjects {
        let sent = await SentObjects(
            bucket: bucket, table: table, shard: shard, recorded: found.sentObjects[table] ?? [], in: store)
        for error in sent.unreadable { warn(ofSentObjectsIn: table, error) }
        return sent
    }

    /// Warns of a record of sent objects that cannot be read.
    func warn(ofSentObjectsIn table: String, _ error: StateError) {
        logger.warning(
            "a record of the objects sent is begun anew: rows of objects that were replaced or deleted may stay",
            metadata: ["table": "\(table)", "reason": "\(error)"])
    }
}
