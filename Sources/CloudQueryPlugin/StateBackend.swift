import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryProtocol
import RPC

/// Client of the plugin that keeps cursors between syncs: all keys are read once, changes are written by `flush`.
///
/// The plugin belongs to the CLI, so it is neither initialized nor closed from here. What is flushed is stored at
/// once, while rows may still be under way to the destination: flush only after the last row was sent.
public actor StateBackend: StateStore {
    private let options: BackendOptions
    private let table: StateTable
    private let client: RPCClient
    /// By the key's bytes, since equal strings may differ in them.
    private var rows: [[UInt8]: StateRow] = [:]
    private var changed: Set<[UInt8]> = []
    private var isFlushing = false
    private var flushesWaiting: [CheckedContinuation<Void, Never>] = []

    /// Connects to the state plugin, makes sure that the table is there and reads all its keys.
    ///
    /// - Parameter isReadOnly: whether nothing is written: then the table is not made where it is missing, and cannot be
    ///   read.
    /// - Throws: `StateBackendError`, which says what could not be done.
    public static func connect(_ options: BackendOptions, isReadOnly: Bool = false) async throws -> StateBackend {
        let backend = StateBackend(options)
        do {
            try await backend.requireVersion3()
            if !isReadOnly { try await backend.migrate() }
            try await backend.readAll()
        } catch {
            await backend.close()
            throw error
        }
        return backend
    }

    private init(_ options: BackendOptions) {
        self.options = options
        table = StateTable(name: options.tableName)
        // A destination may give the whole table as one message.
        client = RPCClient(target: options.connection, maximumMessageByteCount: Int(Int32.max))
    }

    /// The value of a key; nil when it was never set.
    public func value(for key: String) -> String? { rows[Array(key.utf8)]?.value }

    /// The keys that begin with a prefix, in no order.
    public func keys(withPrefix prefix: String) -> [String] {
        let start = Array(prefix.utf8)
        return rows.values.map(\.key).filter { $0.utf8.starts(with: start) }
    }

    /// Sets the value of a key, to be written by the next `flush`; a value equal to the present one changes nothing.
    public func set(_ value: String, for key: String) {
        let bytes = Array(key.utf8)
        let present = rows[bytes]
        if let present, present.value.utf8.elementsEqual(value.utf8) { return }
        rows[bytes] = StateRow(key: key, value: value, version: (present?.version ?? 0) &+ 1)
        changed.insert(bytes)
    }

    /// Writes all changes since the last flush; without any it does nothing.
    ///
    /// Flushes run one after another, so that an older value never overtakes a newer one. After a failure the changes
    /// are still there for the next flush.
    ///
    /// - Throws: `StateBackendError`.
    public func flush() async throws {
        try await save { batch in
            try await doing(.write) {
                let stream = try StreamEncoder.encode(batch)
                _ = try await client.clientStream("/cloudquery.plugin.v3.Plugin/Write", [WireFrame.nested(2, stream)])
            }
        }
    }

    /// Sends all changes since the last flush or checkpoint as checkpoints, which the CLI stores when the destinations
    /// have all that was sent before; without any it does nothing.
    ///
    /// - Throws: what the sink throws; the changes are then still there.
    public func checkpoint(into sink: any SyncSink) async throws {
        try await save { try await sink.send(.checkpoint($0)) }
    }

    private func save(_ write: (RecordBatch) async throws -> Void) async throws {
        while isFlushing { await withCheckedContinuation { flushesWaiting.append($0) } }
        isFlushing = true
        defer {
            isFlushing = false
            let waiting = flushesWaiting
            flushesWaiting = []
            for flush in waiting { flush.resume() }
        }
        // The last keys first, so that wherever writing is cut off a cursor comes after the lists of what lies behind it.
        var waiting = changed.compactMap { rows[$0] }.sorted { $1.key.utf8.lexicographicallyPrecedes($0.key.utf8) }[...]
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.batchRowCount(waiting)).reversed())
            waiting = waiting.dropFirst(batch.count)
            try await write(table.batch(batch))
            for row in batch {
                let key = Array(row.key.utf8)
                if rows[key]?.version == row.version { changed.remove(key) }
            }
        }
    }

    /// Number of the first rows that together are no more than a few MiB, and at least one.
    private static func batchRowCount(_ rows: ArraySlice<StateRow>) -> Int {
        var byteCount = 0
        return max(
            1,
            rows.prefix { row in
                byteCount += row.key.utf8.count + row.value.utf8.count
                return byteCount <= 4 << 20
            }.count)
    }

    /// Closes the connection; changes that were not flushed are lost.
    public func close() { client.close() }

    private func requireVersion3() async throws(StateBackendError) {
        let versions = try await doing(.connect) {
            let request = try WireGetVersions.Request().bytes()
            let response = try await client.call("/cloudquery.discovery.v1.Discovery/GetVersions", request)
            return try WireGetVersions.Response(response).versions
        }
        guard versions.contains(3) else {
            let spoken = versions.map(String.init).joined(separator: ", ")
            throw StateBackendError(
                options: options, step: .connect,
                reason: "it speaks protocol versions [\(spoken)], not 3: please upgrade your state backend plugin")
        }
    }

    private func migrate() async throws(StateBackendError) {
        try await doing(.migrate) {
            let stream = try StreamEncoder.encode(table.schema)
            _ = try await client.clientStream("/cloudquery.plugin.v3.Plugin/Write", [WireFrame.nested(1, stream)])
        }
    }

    private func readAll() async throws(StateBackendError) {
        rows = try await doing(.read) {
            var request = WireRead.Request()
            request.table = try .init(StreamEncoder.encode(table.schema))
            let stream = try await client.serverStream("/cloudquery.plugin.v3.Plugin/Read", request.bytes())
            var newest: [[UInt8]: StateRow] = [:]
            while let message = try await stream.next() {
                for batch in try StreamDecoder.decode(WireFrame.payload(of: message)).batches {
                    for row in try StateTable.rows(of: batch) {
                        // The later row wins a tie: a destination that appends gives rows in the order of writing.
                        if let known = newest[Array(row.key.utf8)], known.version > row.version { continue }
                        newest[Array(row.key.utf8)] = row
                    }
                }
            }
            return newest
        }
    }

    private func doing<Value: Sendable>(
        _ step: StateBackendError.Step, _ work: () async throws -> Value
    ) async throws(StateBackendError) -> Value {
        do {
            return try await work()
        } catch {
            throw StateBackendError(options: options, step: step, reason: "\(error)")
        }
    }
}

/// Why cursors could not be read or written, and where.
public struct StateBackendError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done.
    public enum Step: String, Hashable, Sendable {
        /// Reaching the plugin and agreeing on the protocol.
        case connect = "cannot be used"
        /// Creating the table.
        case migrate = "cannot create the state table"
        /// Reading all keys.
        case read = "cannot read the state table"
        /// Writing changed keys.
        case write = "cannot write the state table"
    }

    /// The plugin and table.
    public let options: BackendOptions
    /// What was being done.
    public let step: Step
    /// What the plugin or the transport said.
    public let reason: String

    /// The plugin, the table, what was being done and why it failed.
    public var description: String {
        "state backend \(options.connection) \(step.rawValue) (\(options.tableName)): \(reason)"
    }
}
