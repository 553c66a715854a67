import CloudQueryPlugin
import Logging
import S3

/// What earlier syncs did for one table, whole or in shards: an object is done when a state that covers it says so.
///
/// So the number of shards may change, or sharding begin and end, without an object being lost or all being read anew.
struct TableHistory: Sendable {
    /// The state that this sync goes on with.
    private(set) var own = TableState()
    /// The states of the table as a whole and of other shardings.
    private(set) var others: [(shard: Shard?, state: TableState)] = []

    /// The history of a table that was never read.
    init() {}

    /// Creates a history.
    init(own: TableState, others: [(shard: Shard?, state: TableState)] = []) {
        self.own = own
        self.others = others
    }

    /// Reads the history of a table for a sync of one shard, or of all of it.
    ///
    /// - Throws: `StateError` for a value that cannot be read.
    init(bucket: String, table: String, shard: Shard?, from store: any StateStore) async throws(StateError) {
        own = try await TableState(TableState.Keys(bucket: bucket, table: table, shard: shard), from: store)
        let shards = await TableState.Keys.shards(bucket: bucket, table: table, in: store)
        for other in [nil] + shards.map(Optional.some) where other != shard {
            let keys = TableState.Keys(bucket: bucket, table: table, shard: other)
            others.append((other, try await TableState(keys, from: store)))
        }
    }

    /// Whether the rows of an object are still to be read.
    func isNew(_ object: ObjectSummary) -> Bool {
        own.isNew(object)
            && others.allSatisfy { !($0.shard?.contains(object.key) ?? true) || $0.state.isNew(object) }
    }
}
