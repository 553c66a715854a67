import ArrowIPC
import ByteCore
import CloudQueryProtocol
public import Logging
public import RPC

/// Answers the calls of CloudQuery's discovery and plugin protocols with a source plugin.
///
/// Spec: `cloudquery.discovery.v1` and `cloudquery.plugin.v3`. Calls that only destinations and transformers answer
/// are UNIMPLEMENTED.
public struct PluginService: RPCService {
    let plugin: any SourcePlugin
    private let splitting: BatchSplitting
    let log: Logger
    private let onInit: @Sendable (_ invocationID: String) -> Void
    private let session = PluginSession()

    /// Creates a service; `onInit` is told the run of the CLI that each Init belongs to.
    public init(
        plugin: any SourcePlugin, splitting: BatchSplitting = BatchSplitting(), log: Logger,
        onInit: @escaping @Sendable (_ invocationID: String) -> Void = { _ in }
    ) {
        self.plugin = plugin
        self.splitting = splitting
        self.log = log
        self.onInit = onInit
    }

    /// Answers one call.
    public func handle(_ call: ServerCall) async throws {
        log.debug("call", metadata: ["method": "\(call.method)"])
        switch call.method {
        case "/cloudquery.discovery.v1.Discovery/GetVersions":
            try await answer(call) { (_: WireGetVersions.Request) in
                var response = WireGetVersions.Response()
                response.versions = [3]
                return response
            }
        case "/cloudquery.plugin.v3.Plugin/GetName":
            try await answer(call) { (_: WireGetName.Request) in
                var response = WireGetName.Response()
                response.name = plugin.identity.name
                return response
            }
        case "/cloudquery.plugin.v3.Plugin/GetVersion":
            try await answer(call) { (_: WireGetVersion.Request) in
                var response = WireGetVersion.Response()
                response.version = plugin.identity.version
                return response
            }
        case "/cloudquery.plugin.v3.Plugin/GetSpecSchema":
            try await answer(call) { (_: WireGetSpecSchema.Request) in
                var response = WireGetSpecSchema.Response()
                if !plugin.specSchema.isEmpty { response.jsonSchema = plugin.specSchema }
                return response
            }
        case "/cloudquery.plugin.v3.Plugin/TestConnection": try await answer(call, testConnection)
        case "/cloudquery.plugin.v3.Plugin/Init": try await answer(call, initialize)
        case "/cloudquery.plugin.v3.Plugin/GetTables": try await getTables(call)
        case "/cloudquery.plugin.v3.Plugin/Sync": try await sync(call)
        case "/cloudquery.plugin.v3.Plugin/Close": try await answer(call, close)
        default: throw RPCStatus(.unimplemented, "a source plugin does not answer \(call.method)")
        }
    }

    private func initialize(_ request: WireInit.Request) async throws -> WireInit.Response {
        try await reporting(.internal, "failed to init plugin") {
            try session.begin(initialized: false)
            onInit(request.invocationID)
            var isInitialized = false
            defer { session.end(initialized: isInitialized) }
            try await plugin.initialize(
                InitRequest(
                    spec: Bytes(request.spec), noConnection: request.noConnection, invocationID: request.invocationID))
            isInitialized = true
        }
        return WireInit.Response()
    }

    private func getTables(_ call: ServerCall) async throws {
        let request: WireGetTables.Request = try await Self.request(of: call)
        let selection = TableSelection(
            tables: request.tables, skipTables: request.skipTables, skipDependentTables: request.skipDependentTables)
        let streams = try await reporting(.internal, "failed to get tables") {
            try session.requireInitialized()
            return try await plugin.tables(selection).map { try StreamEncoder.encode($0.schema) }
        }
        try await call.send(WireFrame.repeated(streams))
    }

    private func sync(_ call: ServerCall) async throws {
        let request: WireSync.Request = try await Self.request(of: call)
        try await reporting(.unknown, "failed to sync records") {
            let options = try SyncOptions(request)
            try session.begin(initialized: true)
            defer { session.end() }
            try await plugin.sync(
                options, into: CallSink(call, options: options, splitting: splitting, log: log))
            // A source that returns early because its task was cancelled has not sent all rows: never status OK.
            try Task.checkCancellation()
        }
    }

    private func testConnection(_ request: WireTestConnection.Request) async throws -> WireTestConnection.Response {
        var response = WireTestConnection.Response()
        switch await plugin.testConnection(spec: InitRequest.orNull(Bytes(request.spec))) {
        case .success:
            response.success = true
        case .failure(let code, let description):
            response.failureCode = code.isEmpty ? "UNKNOWN" : code
            response.failureDescription = description
        }
        return response
    }

    private func close(_ request: WireClose.Request) async throws -> WireClose.Response {
        try await reporting(.unknown, "failed to close plugin") {
            try session.begin(initialized: false)
            defer { session.end(initialized: false) }
            await plugin.close()
        }
        return WireClose.Response()
    }
}
