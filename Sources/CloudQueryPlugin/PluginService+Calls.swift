import ByteCore
import CloudQueryProtocol
import Logging
import RPC
import SwiftProtobuf

extension PluginService {
    /// Answers a call of one request and one response.
    func answer<Request: SwiftProtobuf.Message, Response: SwiftProtobuf.Message>(
        _ call: ServerCall, _ respond: (Request) async throws -> Response
    ) async throws {
        let response = try await respond(Self.request(of: call))
        try await call.send([response.bytes()])
    }

    /// Returns the only request of a call.
    static func request<Request: SwiftProtobuf.Message>(of call: ServerCall) async throws -> Request {
        guard let bytes = try await call.receive() else {
            throw RPCStatus(.invalidArgument, "\(Request.protoMessageName) is missing")
        }
        return try Request(bytes)
    }

    /// Runs the work of a call; a failure is logged and becomes the status of the call.
    func reporting<Value>(
        _ code: RPCStatus.Code, _ action: String, _ work: () async throws -> Value
    ) async throws(RPCStatus) -> Value {
        do {
            return try await work()
        } catch {
            // Whatever a cancelled call makes of its cancellation, it did not fail.
            let status = RPCStatus.failure(code, action, Task.isCancelled ? CancellationError() : error)
            if status.code == .cancelled {
                log.info("\(status.message)")
            } else {
                log.error("\(status.message)")
            }
            throw status
        }
    }
}

extension SyncOptions {
    /// Reads the request of a Sync call.
    ///
    /// - Throws: for backend options of which one is missing, and a shard outside of its total.
    init(_ request: WireSync.Request) throws(InvalidSyncRequest) {
        self.init(
            selection: TableSelection(
                tables: request.tables, skipTables: request.skipTables,
                skipDependentTables: request.skipDependentTables),
            deterministicCQID: request.deterministicCqID, withErrorMessages: request.withErrorMessages,
            supportsCheckpoints: request.supportsCheckpoints)
        switch (request.backend.tableName, request.backend.connection) {
        case ("", ""): break
        case ("", _), (_, ""): throw .partialBackend
        case (let tableName, let connection):
            backend = BackendOptions(tableName: tableName, connection: connection)
        }
        guard request.hasShard else { return }
        let (number, total) = (Int(request.shard.num), Int(request.shard.total))
        guard number >= 1, number <= total else { throw .shard(number: number, total: total) }
        shard = Shard(number: number, total: total)
    }
}

/// A Sync request that makes no sense.
enum InvalidSyncRequest: Error, Equatable, CustomStringConvertible {
    case partialBackend
    case shard(number: Int, total: Int)

    var description: String {
        switch self {
        case .partialBackend: "backend_options must contain both connection and table_name"
        case .shard(let number, let total): "shard \(number)/\(total): the number must be from 1 to the total"
        }
    }
}
