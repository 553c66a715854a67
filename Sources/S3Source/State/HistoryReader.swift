import CloudQueryPlugin
import Logging

/// Reads what earlier syncs did, table by table.
struct HistoryReader: Sendable {
    /// The part of every table that this sync is about; nil for all of it.
    let shard: Shard?
    private let bucket: String
    private let specDigest: String
    private let store: any StateStore
    /// The shards of which there is a state, by table.
    private let shards: [String: [Shard]]
    private let logger: Logger

    /// - Parameter specDigest: what stands for the spec, which a kept schema must have been made by.
    init(bucket: String, specDigest: String, shard: Shard?, store: any StateStore, logger: Logger) async {
        self.bucket = bucket
        self.specDigest = specDigest
        self.shard = shard
        self.store = store
        self.logger = logger
        shards = await TableState.Keys.shards(bucket: bucket, in: store)
    }

    /// Returns the history of a table; an empty one, with a warning, where it cannot be read.
    func history(of table: String) async -> TableHistory {
        do {
            let history = try await TableHistory(
                bucket: bucket, table: table, shard: shard, shards: shards[table] ?? [], digest: specDigest, from: store
            )
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
}
