import ArrowLayout
import CloudQueryPlugin
import S3

/// What earlier syncs did for one table, whole or in shards: an object is done when a state that covers it says so.
///
/// So the number of shards may change, or sharding begin and end, without an object being lost or all being read anew.
struct TableHistory: Sendable {
    /// The state that this sync goes on with.
    private(set) var own = TableState()
    /// The states of the table as a whole and of other shardings.
    private(set) var others: [(shard: Shard?, state: TableState)] = []

    /// Why states of the table as a whole or of other shardings cannot be read: they count as empty.
    private(set) var unreadable: [StateError] = []

    /// Schemas that together all objects fit which are not new; nil where a state does not say one.
    private(set) var schemas: [Schema]?

    /// The history of a table that was never read.
    init() {}

    /// Creates a history.
    init(own: TableState, others: [(shard: Shard?, state: TableState)] = []) {
        self.own = own
        self.others = others
    }

    /// Reads the history of a table for a sync of one shard, or of all of it.
    ///
    /// - Parameters:
    ///   - shards: the shards of which there is a state.
    ///   - digest: what stands for the spec, which a stored schema must have been made by.
    /// - Throws: `StateError` for a value of the own state that cannot be read.
    init(
        bucket: String, table: String, shard: Shard?, shards: [Shard], digest: String, from store: any StateStore
    ) async throws(StateError) {
        var schemas: [Schema?] = []
        func state(_ shard: Shard?) async throws(StateError) -> TableState {
            let keys = TableState.Keys(bucket: bucket, table: table, shard: shard)
            let state = try await TableState(keys, from: store)
            if state.cursor != nil {
                // Without its list a state knows the recent objects by their footers only.
                let text = state.recent == nil ? "" : await store.value(for: keys.schema) ?? ""
                schemas.append(KnownSchema.schema(of: text, digest: digest))
            }
            return state
        }
        own = try await state(shard)
        for other in [nil] + shards.map(Optional.some) where other != shard {
            do throws(StateError) {
                others.append((other, try await state(other)))
            } catch {
                unreadable.append(error)
                schemas.append(nil)
            }
        }
        let known = schemas.compactMap(\.self)
        self.schemas = known.isEmpty || known.count < schemas.count ? nil : known
    }

    /// Whether the rows of an object are still to be read.
    func isNew(_ object: ObjectSummary) -> Bool {
        own.isNew(object)
            && others.allSatisfy { !($0.shard?.contains(object.key) ?? true) || $0.state.isNew(object) }
    }
}
