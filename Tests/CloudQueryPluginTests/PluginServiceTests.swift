import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryPlugin
import CloudQueryProtocol
import FoundationEssentials
import RPC
import Synchronization
import Testing

@Suite("Calls other than Sync")
struct PluginServiceTests {
    @Test("discovery answers version 3 alone")
    func versions() async throws {
        try await withPeer(TestSource()) { peer in
            let method = "/cloudquery.discovery.v1.Discovery/GetVersions"
            let answer = try await peer.client.call(method, WireGetVersions.Request().wire())
            #expect([UInt8](answer) == [0x0A, 1, 3])
        }
    }

    @Test("name, version and schema are those of the plugin; no schema leaves the field unset")
    func identity() async throws {
        try await withPeer(TestSource(specSchema: #"{"type":"object"}"#)) { peer in
            let name: WireGetName.Response = try await peer.call("GetName", WireGetName.Request())
            let version: WireGetVersion.Response = try await peer.call("GetVersion", WireGetVersion.Request())
            let schema: WireGetSpecSchema.Response = try await peer.call("GetSpecSchema", WireGetSpecSchema.Request())
            #expect(name.name == "test")
            #expect(version.version == "v1.2.3")
            #expect(schema.jsonSchema == #"{"type":"object"}"#)
        }
        try await withPeer(TestSource()) { peer in
            let schema: WireGetSpecSchema.Response = try await peer.call("GetSpecSchema", WireGetSpecSchema.Request())
            #expect(!schema.hasJsonSchema)
        }
    }

    @Test(
        "calls of destinations and transformers are unimplemented",
        arguments: [
            "/cloudquery.plugin.v3.Plugin/Read", "/cloudquery.plugin.v3.Plugin/Write",
            "/cloudquery.plugin.v3.Plugin/WriteStream", "/cloudquery.plugin.v3.Plugin/Transform",
            "/cloudquery.plugin.v3.Plugin/TransformSchema", "/cloudquery.plugin.v3.Plugin/AssessTables",
            "/cloudquery.discovery.v0.Discovery/GetVersions", "/proto.Source/GetProtocolVersion", "/x/y",
        ])
    func unimplemented(method: String) async throws {
        try await withPeer(TestSource()) { peer in
            let status = await status { _ = try await peer.client.call(method, Bytes()) }
            #expect(status?.code == .unimplemented)
        }
    }

    @Test("Init hands over spec, flag and invocation, replaces what was there, and an empty spec is null")
    func initialize() async throws {
        let invocations = Mutex<[String]>([])
        let source = TestSource()
        try await withPeer(source, onInit: { id in invocations.withLock { $0.append(id) } }) { peer in
            try await peer.initialize(spec: #"{"a":1}"#, noConnection: true, invocationID: "run-1")
            try await peer.initialize(spec: "", invocationID: "run-2")
        }
        #expect(source.calls == [#"init {"a":1} true run-1"#, "init null false run-2"])
        #expect(invocations.withLock { $0 } == ["run-1", "run-2"])
    }

    @Test("a failed Init is INTERNAL with the reason, is logged, and leaves the plugin without a spec")
    func failedInit() async throws {
        let log = LogRecorder()
        let source = TestSource(onInitialize: { request in
            if request.spec.text == "bad" { throw TestFailure("bucket: is required") }
        })
        try await withPeer(source, log: log) { peer in
            try await peer.initialize()
            let failure = await status { try await peer.initialize(spec: "bad") }
            #expect(failure == RPCStatus(.internal, "failed to init plugin: bucket: is required"))
            let sync = await status { _ = try await peer.sync() }
            #expect(sync == RPCStatus(.unknown, "failed to sync records: plugin not initialized"))
        }
        #expect(log.lines.contains("error failed to init plugin: bucket: is required"))
    }

    @Test("a long reason is cut to what fits in the trailers")
    func longReason() async throws {
        let source = TestSource(onInitialize: { _ in throw TestFailure(String(repeating: "é", count: 100_000)) })
        try await withPeer(source) { peer in
            let failure = await status { try await peer.initialize() }
            #expect(failure?.code == .internal)
            #expect(failure?.message.hasPrefix("failed to init plugin: éé") == true)
            #expect(failure?.message.hasSuffix("é...") == true)
            #expect((failure?.message.utf8.count ?? 0) <= 2_000)
        }
    }

    @Test("calls before Init are refused, and again after Close")
    func beforeInit() async throws {
        let source = TestSource(tables: [.numbers])
        let tablesRefusal = RPCStatus(.internal, "failed to get tables: plugin not initialized")
        let syncRefusal = RPCStatus(.unknown, "failed to sync records: plugin not initialized")
        try await withPeer(source) { peer in
            #expect(await status { _ = try await peer.tables(["*"]) } == tablesRefusal)
            #expect(await status { _ = try await peer.sync() } == syncRefusal)
            try await peer.initialize()
            #expect(try await peer.tables(["*"]).count == 1)
            _ = try await peer.call("Close", WireClose.Request(), as: WireClose.Response.self)
            #expect(await status { _ = try await peer.sync() } == syncRefusal)
        }
        #expect(source.calls.last == "close")
    }

    @Test("GetTables gives one schema stream a table, selected by the patterns, also during a sync")
    func tables() async throws {
        let other = Table(name: "other", columns: [CQColumn.id])
        let inSync = Signal()
        let end = Signal()
        let source = TestSource(tables: [.numbers, other]) { _, _ in
            inSync.set()
            await end.wait()
        }
        try await withPeer(source) { peer in
            try await peer.initialize()
            async let sync = peer.sync()
            await inSync.wait()
            let all = try await peer.tables(["*"])
            #expect(all.map(\.schema) == [Table.numbers.schema, other.schema])
            #expect(all.allSatisfy { $0.batches.isEmpty })
            #expect(try await peer.tables(["*"], skipping: ["n*"]).map(\.schema) == [other.schema])
            let unmatched = await status { _ = try await peer.tables(["x*"]) }
            #expect(
                unmatched
                    == RPCStatus(.internal, "failed to get tables: tables include a pattern x* with no matches"))
            end.set()
            _ = try await sync
        }
    }

    @Test("one Init, Sync or Close at a time")
    func alreadyInUse() async throws {
        let inSync = Signal()
        let end = Signal()
        let source = TestSource(tables: [.numbers]) { _, _ in
            inSync.set()
            await end.wait()
        }
        try await withPeer(source) { peer in
            try await peer.initialize()
            async let first = peer.sync()
            await inSync.wait()
            let sync = await status { _ = try await peer.sync() }
            let initialize = await status { try await peer.initialize() }
            let close = await status {
                _ = try await peer.call("Close", WireClose.Request(), as: WireClose.Response.self)
            }
            #expect(sync == RPCStatus(.unknown, "failed to sync records: plugin already in use"))
            #expect(initialize == RPCStatus(.internal, "failed to init plugin: plugin already in use"))
            #expect(close == RPCStatus(.unknown, "failed to close plugin: plugin already in use"))
            end.set()
            _ = try await first
            _ = try await peer.sync()
        }
    }

    @Test("TestConnection needs no Init and carries code and description")
    func testConnection() async throws {
        let source = TestSource(onTest: { spec in
            switch spec.text {
            case "null": .failure(code: "INVALID_SPEC", description: "bucket: is required")
            case "uncoded": .failure(code: "", description: "why")
            default: .success
            }
        })
        try await withPeer(source) { peer in
            func result(_ spec: String) async throws -> WireTestConnection.Response {
                var request = WireTestConnection.Request()
                request.spec = .init(spec.utf8)
                return try await peer.call("TestConnection", request)
            }
            #expect(try await result("{}").success)
            let failure = try await result("")
            #expect(!failure.success)
            #expect(failure.failureCode == "INVALID_SPEC")
            #expect(failure.failureDescription == "bucket: is required")
            #expect(try await result("uncoded").failureCode == "UNKNOWN")
        }
        #expect(source.calls == ["test {}", "test null", "test uncoded"])
    }

    @Test("bytes that are no message are refused as such")
    func malformedRequest() async throws {
        try await withPeer(TestSource()) { peer in
            let failure = await status {
                _ = try await peer.client.call(PluginPeer.plugin + "Init", Bytes([0x0A, 0xFF]))
            }
            #expect(failure == RPCStatus(.invalidArgument, "malformed cloudquery.plugin.v3.Init.Request"))
            let missing = await status {
                _ = try await peer.client.clientStream(PluginPeer.plugin + "Init", [])
            }
            #expect(missing?.code == .invalidArgument)
        }
    }
}
