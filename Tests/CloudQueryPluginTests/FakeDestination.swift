import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryPlugin
import CloudQueryProtocol
import FoundationEssentials
import RPC
import SwiftProtobuf
import Synchronization

/// A destination that keeps what is written to it and gives all of it back, as those do that append.
final class FakeDestination: RPCService {
    private struct State {
        var versions: [Int32] = [1, 2, 3]
        var calls: [String] = []
        var migrated: [Schema] = []
        var inserted: [RecordBatch] = []
        /// Streams that Read gives before what was inserted.
        var stored: [Bytes] = []
        /// What a call of this name ends with, instead of its work.
        var failures: [String: RPCStatus] = [:]
        var onInsert: (@Sendable () async -> Void)?
    }
    private let state = Mutex(State())

    init(versions: [Int32] = [1, 2, 3], stored: [RecordBatch] = []) throws {
        let streams = try stored.map { try StreamEncoder.encode($0) }
        state.withLock { state in
            state.versions = versions
            state.stored = streams
        }
    }

    /// The names of the calls so far.
    var calls: [String] { state.withLock(\.calls) }
    /// The schemas of all migrate messages.
    var migrated: [Schema] { state.withLock(\.migrated) }
    /// The batches of all insert messages.
    var inserted: [RecordBatch] { state.withLock(\.inserted) }

    func fail(_ call: String, with status: RPCStatus?) { state.withLock { $0.failures[call] = status } }

    func store(_ stream: Bytes) { state.withLock { $0.stored.append(stream) } }

    func onInsert(_ body: @escaping @Sendable () async -> Void) { state.withLock { $0.onInsert = body } }

    func handle(_ call: ServerCall) async throws {
        let name = String(call.method.split(separator: "/").last ?? "")
        let failure = state.withLock { state in
            state.calls.append(name)
            return state.failures[name]
        }
        if let failure { throw failure }
        switch name {
        case "GetVersions":
            var response = WireGetVersions.Response()
            response.versions = state.withLock(\.versions)
            try await call.send([response.wire()])
        case "Write": try await write(call)
        case "Read": try await read(call)
        default: throw RPCStatus(.unimplemented)
        }
    }

    private func write(_ call: ServerCall) async throws {
        while let message = try await call.receive() {
            let request = try WireWrite.Request(serializedBytes: [UInt8](message))
            switch request.message {
            case .migrateTable(let migrate):
                let stream = try StreamDecoder.decode(Bytes(migrate.table))
                state.withLock { $0.migrated.append(stream.schema) }
            case .insert(let insert):
                if let onInsert = state.withLock(\.onInsert) { await onInsert() }
                let stream = try StreamDecoder.decode(Bytes(insert.record))
                state.withLock { $0.inserted += stream.batches }
            default: throw RPCStatus(.invalidArgument, "unexpected message")
            }
        }
        try await call.send([WireWrite.Response().wire()])
    }

    private func read(_ call: ServerCall) async throws {
        guard let message = try await call.receive() else { throw RPCStatus(.invalidArgument) }
        let request = try WireRead.Request(serializedBytes: [UInt8](message))
        _ = try StreamDecoder.decode(Bytes(request.table))
        let inserted = try state.withLock(\.inserted).map { try StreamEncoder.encode($0) }
        for stream in state.withLock(\.stored) + inserted {
            var response = WireRead.Response()
            response.record = .init([UInt8](stream))
            try await call.send([response.wire()])
        }
    }
}

/// Serves a destination on a socket of its own, and ends it after the body.
func withBackend(
    _ destination: FakeDestination, tableName: String = "cq_state", _ body: (BackendOptions) async throws -> Void
) async throws {
    let scratch = ScratchDirectory()
    let path = scratch.file("plugin.sock")
    let server = try RPCServer(listening: .unix(path: path), service: destination)
    let options = BackendOptions(tableName: tableName, connection: "unix://\(path)")
    do {
        try await body(options)
    } catch {
        await server.shutdown(grace: .zero)
        throw error
    }
    await server.shutdown(grace: .zero)
}

/// One row of the state table as a test writes it.
struct StoredRow: Equatable {
    let key: String?
    let value: String?
    let version: UInt64?

    init(_ key: String?, _ value: String?, _ version: UInt64?) {
        self.key = key
        self.value = value
        self.version = version
    }
}

extension RecordBatch {
    /// State rows with text columns of a type with 32-bit (`.utf8`) or 64-bit (`.largeUtf8`) offsets.
    static func state(_ rows: [StoredRow], text: DataType = .utf8, withVersion: Bool = true) throws -> RecordBatch {
        func column(_ values: [String?]) throws -> ArrayData {
            if text == .largeUtf8 {
                var builder = VariableBuilder<Int64>()
                for value in values { try builder.append(utf8: value) }
                return builder.freeze(text)
            }
            var builder = VariableBuilder<Int32>()
            for value in values { try builder.append(utf8: value) }
            return builder.freeze(text)
        }
        var versions = PrimitiveBuilder<UInt64>()
        for row in rows { versions.append(row.version) }
        var fields = [Field("key", text), Field("value", text)]
        var columns = [try column(rows.map(\.key)), try column(rows.map(\.value))]
        if withVersion {
            fields.append(Field("version", .uint64))
            columns.append(versions.freeze(.uint64))
        }
        return RecordBatch(schema: Schema(fields), rowCount: rows.count, columns: columns)
    }

    /// The rows of a batch that the state client wrote.
    var stateRows: [StoredRow] {
        (0..<rowCount).map { row in
            StoredRow(
                ArrayView(columns[0]).string(at: row), ArrayView(columns[1]).string(at: row),
                ArrayView(columns[2]).uint64(at: row))
        }
    }
}
