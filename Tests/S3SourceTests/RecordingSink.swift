import ArrowLayout
import CloudQueryPlugin
import Synchronization

/// Keeps every message; optionally each send waits until the test lets it go.
final class RecordingSink: SyncSink {
    private struct State {
        var messages: [SyncMessage] = []
        var suspended: [CheckedContinuation<Void, Never>] = []
        var isOpen: Bool
        var closesAfter: Int
    }

    /// What a send throws when the sink is to fail.
    struct Closed: Error {}

    private let state: Mutex<State>
    private let failsAfter: Int

    /// - Parameters:
    ///   - closesAfter: so many messages are taken at once, further ones wait.
    ///   - failsAfter: so many messages are taken, further ones fail.
    init(isOpen: Bool = true, closesAfter: Int = .max, failsAfter: Int = .max) {
        state = Mutex(State(isOpen: isOpen, closesAfter: closesAfter))
        self.failsAfter = failsAfter
    }

    func send(_ message: SyncMessage) async throws {
        try Task.checkCancellation()
        guard state.withLock({ $0.messages.count < failsAfter }) else { throw Closed() }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.messages.count == state.closesAfter { state.isOpen = false }
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

    /// Every message, as a few words each: `migrate t`, `insert t 5`, `error t reason`, `delete t column=value …`.
    var log: [String] {
        state.withLock { $0.messages }.map { message in
            switch message {
            case .migrate(let table): "migrate \(table.name)"
            case .insert(let batch): "insert \(batch.schema.metadata["cq:table_name"] ?? "?") \(batch.rowCount)"
            case .error(let table, let message): "error \(table) \(message)"
            case .deleteRecord(let record): "delete \(record.tableName) \(Self.words(record))"
            case .checkpoint: "checkpoint"
            }
        }
    }

    private static func words(_ record: DeleteRecord) -> String {
        record.groups.flatMap(\.predicates).map { predicate in
            "\(predicate.column)=\(ArrayView(predicate.value.columns[0]).string(at: 0) ?? "null")"
        }.joined(separator: " ")
    }

    /// The migrated tables, in order.
    var tables: [Table] {
        state.withLock { $0.messages }.compactMap { if case .migrate(let table) = $0 { table } else { nil } }
    }

    /// The batches of a table, in order.
    func batches(of table: String) -> [RecordBatch] {
        state.withLock { $0.messages }.compactMap { message in
            if case .insert(let batch) = message, batch.schema.metadata["cq:table_name"] == table { batch } else { nil }
        }
    }
}
