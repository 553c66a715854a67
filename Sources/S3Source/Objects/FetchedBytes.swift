import ByteCore
import Parquet
import S3
import Synchronization

/// Bytes of objects that were fetched and are not used up: what was fetched for a schema is there for the rows.
///
/// Of each object it holds the end, or all of it. Room is taken before bytes are fetched, so that what is held and under
/// way never exceeds the limit; nobody waits for room.
final class FetchedBytes: Sendable {
    /// The bytes of an object from an offset to its end.
    struct End: Sendable {
        let offset: Int64
        let bytes: Bytes
    }

    private enum Entry {
        case fetching(Task<End, any Error>, byteCount: Int)
        case held(End)

        var byteCount: Int {
            switch self {
            case .fetching(_, let byteCount): byteCount
            case .held(let end): end.bytes.count
            }
        }

        /// Returns the bytes when they are there. A caller that is cancelled cancels the fetch: those who share it
        /// belong to the same work.
        func end() async throws -> End {
            switch self {
            case .held(let end): return end
            case .fetching(let task, _):
                return try await withTaskCancellationHandler {
                    try await task.value
                } onCancel: {
                    task.cancel()
                }
            }
        }
    }

    private struct State {
        var limit: Int
        var heldByteCount = 0
        var entries: [ObjectSummary: Entry] = [:]
    }

    private let state: Mutex<State>

    /// Creates an empty store for at most `byteLimit` bytes.
    init(byteLimit: Int) {
        state = Mutex(State(limit: byteLimit))
    }

    /// Bytes held and under way.
    var heldByteCount: Int { state.withLock { $0.heldByteCount } }

    /// Changes the limit to what is held now, but to no less than `minimum`; returns it.
    func settle(minimum: Int) -> Int {
        state.withLock { state in
            state.limit = max(state.heldByteCount, minimum)
            return state.limit
        }
    }

    /// Returns the end of an object that is held or just being fetched; nil where there is none.
    func end(of object: ObjectSummary) async throws -> End? {
        try await state.withLock { $0.entries[object] }?.end()
    }

    /// Fetches the last `byteCount` bytes of an object once, however many ask, and holds them.
    ///
    /// Returns nil where there is no room for them.
    func end(
        of object: ObjectSummary, byteCount: Int, _ fetch: @escaping @Sendable () async throws -> Bytes
    ) async throws -> End? {
        let entry: Entry? = state.withLock { state in
            if let entry = state.entries[object] { return entry.byteCount >= byteCount ? entry : nil }
            guard byteCount <= state.limit - state.heldByteCount else { return nil }
            let task = Task {
                do {
                    let end = End(offset: object.byteCount - Int64(byteCount), bytes: try await fetch())
                    self.finish(object, end)
                    return end
                } catch {
                    self.drop(object)
                    throw error
                }
            }
            let entry = Entry.fetching(task, byteCount: byteCount)
            state.heldByteCount += byteCount
            state.entries[object] = entry
            return entry
        }
        return try await entry?.end()
    }

    /// Lets go of an object's bytes.
    func drop(_ object: ObjectSummary) {
        state.withLock { state in
            if let entry = state.entries.removeValue(forKey: object) { state.heldByteCount -= entry.byteCount }
        }
    }

    /// Lets go of the bytes of all objects but these.
    func keep(only objects: Set<ObjectSummary>) {
        for object in state.withLock({ Array($0.entries.keys) }) where !objects.contains(object) { drop(object) }
    }

    private func finish(_ object: ObjectSummary, _ end: End) {
        state.withLock { state in
            // It may have been let go of meanwhile.
            if case .fetching = state.entries[object] { state.entries[object] = .held(end) }
        }
    }
}
