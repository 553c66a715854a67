import ArrowLayout
import CloudQueryPlugin
import S3

/// What earlier syncs did for one table, whole or in shards: an object is done when a state that covers it says so.
///
/// So the number of shards may change, or sharding begin and end, without an object being lost or all being read anew.
struct TableHistory: Sendable {
    /// What one sequence of syncs has left.
    private struct Past {
        /// The objects that it is about; nil for all.
        var shard: Shard?
        let state: TableState
        /// What all objects fit that the state says are done; nil where it is not kept, or was made by another spec.
        let schema: Schema?
        /// Whether the state was made by the same spec.
        var isOfSpec = false

        func covers(_ object: ObjectSummary) -> Bool { shard?.contains(object.key) ?? true }

        func isDone(_ object: ObjectSummary) -> Bool { covers(object) && !state.isNew(object) }
    }

    /// The state that this sync goes on with, then those of the table as a whole and of other shardings.
    private var pasts = [Past(state: TableState(), schema: nil)]

    /// The state that this sync goes on with.
    var own: TableState { pasts[0].state }

    /// Why states of the table as a whole or of other shardings cannot be read: they count as empty.
    private(set) var unreadable: [StateError] = []

    /// The history of a table that was never read.
    init() {}

    /// Creates a history without schemas.
    init(own: TableState, others: [(shard: Shard?, state: TableState)] = []) {
        pasts = [Past(state: own, schema: nil)]
        pasts += others.map { Past(shard: $0.shard, state: $0.state, schema: nil) }
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
        func past(_ shard: Shard?) async throws(StateError) -> Past {
            let keys = TableState.Keys(bucket: bucket, table: table, shard: shard)
            let state = try await TableState(keys, from: store)
            // Without its list a state knows the recent objects by their footers only.
            let text = state.cursor == nil || state.recent == nil ? "" : await store.value(for: keys.schema) ?? ""
            return Past(
                shard: shard, state: state, schema: KnownSchema.schema(of: text, digest: digest),
                isOfSpec: KnownSchema.isMade(text, by: digest))
        }
        pasts = [try await past(shard)]
        // Its syncs have looked at the footers of all objects.
        pasts[0].shard = nil
        for other in [nil] + shards.map(Optional.some) where other != shard {
            do throws(StateError) {
                pasts.append(try await past(other))
            } catch {
                unreadable.append(error)
            }
        }
    }

    /// Whether the rows of an object are still to be read.
    func isNew(_ object: ObjectSummary) -> Bool {
        // What the own state knows of the key is newer than what the others do: they were left.
        own.isNewContent(object) ?? !pasts.contains { $0.isDone(object) }
    }

    /// Returns the number of the state by which an object is done and known to fit a schema, so that nothing of it is to
    /// be looked at; nil where none says so.
    func settlingState(of object: ObjectSummary) -> Int? {
        guard skipCause(of: object) == nil, own.isNewContent(object) != true else { return nil }
        return pasts.firstIndex { $0.schema != nil && $0.isDone(object) }
    }

    /// Returns why an object cannot be read that could not be read by the same spec, and is unchanged, and the number of
    /// the state that says so; nil where none does.
    func skipCause(of object: ObjectSummary) -> (cause: SkipCause, state: Int)? {
        for (number, past) in pasts.enumerated() where past.isOfSpec && past.covers(object) {
            if let cause = past.state.skipCause(of: object) { return (cause, number) }
        }
        return nil
    }

    /// Returns the schemas that all objects fit which states of some numbers have settled.
    ///
    /// Other states may be of objects that are gone, and of columns that no object has any more.
    func schemas(of states: Set<Int>) -> [Schema] {
        states.sorted().compactMap { pasts[$0].schema }
    }
}
