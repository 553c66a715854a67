import ArrowLayout
import CloudQueryPlugin
import Synchronization

/// Keeps every message; optionally each send waits until the test lets it go.
final class RecordingSink: SyncSink {
    private struct State {
        var messages: [SyncMessage] = []
        var suspended: [CheckedContinuation<Void, Never>] = []
        var isOpen: Bool
    }

    private let state: Mutex<State>

    init(isOpen: Bool = true) {
        state = Mutex(State(isOpen: isOpen))
    }

    func send(_ message: SyncMessage) async throws {
        try Task.checkCancellation()
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                state.messages.append(message)
                if !state.isOpen { state.suspended.append(continuation) }
                return state.isOpen
            }
            if goesOn { continuation.resume() }
        }
    }

    /// Number of sends that wait.
    var suspendedCount: Int { state.withLock { $0.suspended.count } }

    /// Lets all waiting and later sends go on.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.suspended = [] }
            return state.suspended
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Every message, as one word each: `migrate t`, `insert t 5`.
    var log: [String] {
        state.withLock { $0.messages }.map { message in
            switch message {
            case .migrate(let table): "migrate \(table.name)"
            case .insert(let batch): "insert \(batch.schema.metadata["cq:table_name"] ?? "?") \(batch.rowCount)"
            default: "other"
            }
        }
    }

    /// The batches of a table, in order.
    func batches(of table: String) -> [RecordBatch] {
        state.withLock { $0.messages }.compactMap { message in
            if case .insert(let batch) = message, batch.schema.metadata["cq:table_name"] == table { batch } else { nil }
        }
    }
}
