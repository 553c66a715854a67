public import ByteCore

/// What a CloudQuery source is made of; `PluginService` answers the protocol's calls with it.
///
/// Calls of `initialize`, `sync` and `close` never overlap. `tables` may be called during and after a sync, and must
/// then be cheap and give the same tables: CLI 6.21 asks for them after each sync and fails it when that fails.
public protocol SourcePlugin: Sendable {
    /// Who the plugin is.
    var identity: PluginIdentity { get }

    /// JSON Schema (draft 2020-12) of the plugin's spec; empty for none.
    var specSchema: String { get }

    /// Takes a new spec, replacing all former state; a sync does not validate the spec before, so this must.
    func initialize(_ request: InitRequest) async throws

    /// Returns the selected tables.
    func tables(_ selection: TableSelection) async throws -> [Table]

    /// Sends the selected tables and their rows into the sink.
    ///
    /// The task is cancelled when the client goes away. Returning is success, throwing fails the whole sync.
    func sync(_ options: SyncOptions, into sink: any SyncSink) async throws

    /// Tries a spec without keeping anything of it; called without `initialize` before.
    func testConnection(spec: Bytes) async -> ConnectionTestResult

    /// Lets go of all state. The CLI does not call this on sources: what a sync opened ends with the sync.
    func close() async
}

/// The names under which a plugin is known.
public struct PluginIdentity: Sendable, Hashable {
    /// The publisher, such as `cloudquery`.
    public let team: String
    /// The plugin, such as `s3`.
    public let name: String
    /// `source` or `destination`.
    public let kind: String
    /// The version, such as `v1.2.3`.
    public let version: String

    /// Creates an identity.
    public init(team: String, name: String, kind: String = "source", version: String) {
        self.team = team
        self.name = name
        self.kind = kind
        self.version = version
    }

    /// The name that log lines carry, such as `s3-source`.
    public var module: String { "\(name)-\(kind)" }
}

/// What an Init call asks for.
public struct InitRequest: Sendable {
    /// JSON of the plugin's spec; `null` when the user gave none.
    public let spec: Bytes
    /// Whether only tables are wanted, for `cloudquery tables` and `cloudquery migrate`.
    public let noConnection: Bool
    /// Identifies the run of the CLI.
    public let invocationID: String

    /// Creates a request; an empty spec becomes `null`.
    public init(spec: Bytes, noConnection: Bool = false, invocationID: String = "") {
        self.spec = Self.orNull(spec)
        self.noConnection = noConnection
        self.invocationID = invocationID
    }

    static func orNull(_ spec: Bytes) -> Bytes { spec.isEmpty ? Bytes("null".utf8) : spec }
}

/// What a Sync call asks for.
public struct SyncOptions: Sendable {
    /// Which tables to sync.
    public var selection: TableSelection
    /// Whether `_cq_id` must follow from the row's values rather than be random.
    public var deterministicCQID: Bool
    /// Where cursors are kept; nil for nowhere.
    public var backend: BackendOptions?
    /// The part of the work that is this sync's; nil for all of it.
    public var shard: Shard?
    /// Whether the client wants error messages; `SyncMessage.error` is only sent on if it does.
    public var withErrorMessages: Bool
    /// Whether the client stores checkpoints; `SyncMessage.checkpoint` must not be sent if not.
    public var supportsCheckpoints: Bool

    /// Creates options.
    public init(
        selection: TableSelection, deterministicCQID: Bool = false, backend: BackendOptions? = nil,
        shard: Shard? = nil, withErrorMessages: Bool = false, supportsCheckpoints: Bool = false
    ) {
        self.selection = selection
        self.deterministicCQID = deterministicCQID
        self.backend = backend
        self.shard = shard
        self.withErrorMessages = withErrorMessages
        self.supportsCheckpoints = supportsCheckpoints
    }
}

/// The plugin and table that keep cursors between syncs.
public struct BackendOptions: Sendable, Hashable {
    /// Name of the state table.
    public let tableName: String
    /// gRPC target of the plugin, such as `unix:///tmp/x.sock` or `host:port`.
    public let connection: String

    /// Creates options.
    public init(tableName: String, connection: String) {
        self.tableName = tableName
        self.connection = connection
    }
}

/// One of several equal parts of a sync.
public struct Shard: Sendable, Hashable {
    /// Which part: 1 to `total`.
    public let number: Int
    /// Number of parts.
    public let total: Int

    /// Creates a part.
    public init(number: Int, total: Int) {
        self.number = number
        self.total = total
    }
}

/// What trying a spec gave.
public enum ConnectionTestResult: Sendable, Hashable {
    /// Everything could be reached.
    case success
    /// The code is free text such as `INVALID_SPEC`, `ACCESS_DENIED` or `UNREACHABLE`.
    case failure(code: String, description: String)
}
