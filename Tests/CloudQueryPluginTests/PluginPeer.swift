import ArrowIPC
import ByteCore
import CloudQueryPlugin
import CloudQueryProtocol
import FoundationEssentials
import RPC
import SwiftProtobuf

/// A client of the plugin protocol, as the CLI is one.
struct PluginPeer: Sendable {
    let client: RPCClient

    static let plugin = "/cloudquery.plugin.v3.Plugin/"

    func call<Request: SwiftProtobuf.Message, Response: SwiftProtobuf.Message>(
        _ method: String, _ request: Request, as response: Response.Type = Response.self
    ) async throws -> Response {
        let answer = try await client.call(method.hasPrefix("/") ? method : Self.plugin + method, request.wire())
        return try Response(serializedBytes: [UInt8](answer))
    }

    func initialize(spec: String = "{}", noConnection: Bool = false, invocationID: String = "") async throws {
        var request = WireInit.Request()
        request.spec = Data(spec.utf8)
        request.noConnection = noConnection
        request.invocationID = invocationID
        _ = try await call("Init", request, as: WireInit.Response.self)
    }

    func tables(_ patterns: [String], skipping skipped: [String] = []) async throws -> [DecodedStream] {
        var request = WireGetTables.Request()
        request.tables = patterns
        request.skipTables = skipped
        let response = try await call("GetTables", request, as: WireGetTables.Response.self)
        return try response.tables.map { try StreamDecoder.decode(Bytes($0)) }
    }

    func startSync(_ fill: (inout WireSync.Request) -> Void = { _ in }) async throws -> RPCMessageStream {
        var request = WireSync.Request()
        request.tables = ["*"]
        fill(&request)
        return try await client.serverStream(Self.plugin + "Sync", request.wire())
    }

    func sync(_ fill: (inout WireSync.Request) -> Void = { _ in }) async throws -> [WireSync.Response] {
        let stream = try await startSync(fill)
        var responses: [WireSync.Response] = []
        while let message = try await stream.next() {
            responses.append(try WireSync.Response(serializedBytes: [UInt8](message)))
        }
        return responses
    }
}

extension SwiftProtobuf.Message {
    func wire() throws -> Bytes {
        let bytes: [UInt8] = try serializedBytes()
        return Bytes(bytes)
    }
}

/// Serves a source on a socket of its own, and ends both after the body.
func withPeer(
    _ source: TestSource, splitting: BatchSplitting = BatchSplitting(), log: LogRecorder = LogRecorder(),
    onInit: @escaping @Sendable (String) -> Void = { _ in }, _ body: (PluginPeer) async throws -> Void
) async throws {
    let scratch = ScratchDirectory()
    let path = scratch.file("plugin.sock")
    let service = PluginService(plugin: source, splitting: splitting, log: log.logger, onInit: onInit)
    let server = try RPCServer(listening: .unix(path: path), service: service)
    let client = RPCClient(target: "unix://\(path)")
    do {
        try await body(PluginPeer(client: client))
    } catch {
        client.close()
        await server.shutdown(grace: .zero)
        throw error
    }
    client.close()
    await server.shutdown(grace: .zero)
}

/// Runs calls that must fail and returns their status.
func status(of body: () async throws -> Void) async -> RPCStatus? {
    do {
        try await body()
        return nil
    } catch let status as RPCStatus {
        return status
    } catch {
        return RPCStatus(.unknown, "not a status: \(error)")
    }
}
