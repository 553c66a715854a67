import ArrowLayout
import CloudQueryPlugin
import Synchronization

/// A state store in memory that knows what is merely set and what is kept.
final class MemoryState: StateStore {
    private struct Values {
        var set: [String: String] = [:]
        var kept: [String: String] = [:]
        var checkpoints: [[String: String]] = []
    }

    private let values = Mutex(Values())
    private let failsToFlush: Bool

    init(_ kept: [String: String] = [:], failsToFlush: Bool = false) {
        self.failsToFlush = failsToFlush
        values.withLock { $0 = Values(set: kept, kept: kept) }
    }

    /// What would be there after the process was killed.
    var kept: [String: String] { values.withLock { $0.kept } }
    /// What was kept by each checkpoint, one after the other.
    var checkpoints: [[String: String]] { values.withLock { $0.checkpoints } }

    func value(for key: String) -> String? { values.withLock { $0.set[key] } }
    func keys(withPrefix prefix: String) -> [String] {
        values.withLock { $0.set.keys.filter { $0.hasPrefix(prefix) } }
    }
    func set(_ value: String, for key: String) { values.withLock { $0.set[key] = value } }

    func flush() async throws {
        if failsToFlush { throw FlushFailed() }
        values.withLock { $0.kept = $0.set }
    }

    func checkpoint(into sink: any SyncSink) async throws {
        try await sink.send(.checkpoint(RecordBatch(schema: Schema([]), rowCount: 0, columns: [])))
        values.withLock { values in
            values.kept = values.set
            values.checkpoints.append(values.kept)
        }
    }

    struct FlushFailed: Error {}
}
