import AWSAuth
public import ByteCore
public import CloudQueryPlugin
public import Logging
import S3

/// The CloudQuery source that reads Parquet objects from an S3 bucket.
public actor S3SourcePlugin: SourcePlugin {
    /// What a spec configures, and the tables found with it.
    private struct Session {
        let spec: SourceSpec
        let specDigest: String
        let reader: BucketReader
        var catalog: Catalog?
        /// Whether a sync has told of the tables that failed.
        var hasSynced = false
        /// Tells this spec's session from a later one's.
        let number: Int
    }

    /// The name under which CloudQuery's hub and logs know the plugin, and the version of this build.
    public static let identity = PluginIdentity(team: "infobloxopen", name: "s3", version: "v0.1.0")

    /// Team, name and version.
    public nonisolated var identity: PluginIdentity { Self.identity }
    /// JSON Schema of the spec.
    public nonisolated let specSchema = SourceSpec.jsonSchema

    private let logger: Logger
    private let checkpointInterval: Duration
    private let connect: @Sendable (SourceSpec) throws -> any ObjectStore
    private var session: Session?
    /// Whether documentation is wanted of no bucket in particular.
    private var isWithoutBucket = false
    private var sessionCount = 0

    /// Creates the plugin as it runs, with S3 over the network.
    public init(logger: Logger) {
        self.init(logger: logger, connect: S3Connection(environment: .process, logger: logger).store)
    }

    /// Creates the plugin with its own way to a bucket.
    init(
        logger: Logger, checkpointInterval: Duration = .seconds(10),
        connect: @escaping @Sendable (SourceSpec) throws -> any ObjectStore
    ) {
        self.logger = logger
        self.checkpointInterval = checkpointInterval
        self.connect = connect
    }

    /// Checks the spec and takes it in place of an earlier one. Nothing is sent to S3 yet.
    public func initialize(_ request: InitRequest) async throws {
        session = nil
        isWithoutBucket = request.noConnection && request.spec == Bytes("null".utf8)
        if isWithoutBucket { return }
        let spec = try SourceSpec(json: request.spec)
        sessionCount += 1
        let reader = BucketReader(
            store: try connect(spec), byteLimit: BucketReader.keptByteCount(memory: spec.memoryLimit))
        session = Session(
            spec: spec, specDigest: KnownSchema.digest(ofSpec: request.spec, version: Self.identity.version),
            reader: reader, number: sessionCount)
    }

    /// Returns the tables of the bucket: those of the last sync, or found now.
    ///
    /// - Throws: also when a table failed, unless a sync has told of it: CLI 6.21 asks for the tables after each sync,
    ///   and fails it when that fails.
    public func tables(_ selection: TableSelection) async throws -> [Table] {
        if isWithoutBucket { return [] }
        let catalog = try await currentCatalog()
        guard !catalog.tableNames.isEmpty else { return [] }
        let names = try selection.select(from: catalog.tableNames)
        let tables = try await catalog.tables(named: names, forRows: false).map(\.table)
        if session?.hasSynced != true {
            for name in names {
                if let reason = await catalog.failure(of: name) { throw TableFailed(description: reason) }
            }
        }
        return tables
    }

    /// Sends all tables and the rows of all objects that are new.
    public func sync(_ options: SyncOptions, into sink: any SyncSink) async throws {
        guard let backendOptions = options.backend else { return try await sync(options, state: nil, into: sink) }
        let backend = try await StateBackend.connect(backendOptions)
        do {
            try await sync(options, state: backend, into: sink)
            await backend.close()
        } catch {
            await backend.close()
            throw error
        }
    }

    /// Sends all tables and the rows of all objects that are new by a state; nil reads all.
    ///
    /// - Parameter onProgress: told after each object.
    public func sync(
        _ options: SyncOptions, state: (any StateStore)?, into sink: any SyncSink,
        onProgress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws {
        try await RequestCounts.$current.withValue(RequestCounts()) {
            session?.catalog = nil
            session?.hasSynced = true
            let past = await history(options, in: state)
            let catalog = try await currentCatalog(after: past)
            guard let session else { throw NotInitialized() }
            try await SyncEngine(
                spec: session.spec, specDigest: session.specDigest, reader: session.reader, catalog: catalog,
                logger: logger,
                memoryByteCount: session.spec.memoryLimit, checkpointInterval: checkpointInterval,
                onProgress: onProgress
            ).run(options, state: state, into: sink)
        }
    }

    /// Returns what a sync would do, by a state or without one; reads listing and footers.
    public func plan(_ options: SyncOptions, state: (any StateStore)?) async throws -> SyncPlan {
        guard let session else { throw NotInitialized() }
        return try await RequestCounts.$current.withValue(RequestCounts()) {
            // Nothing is read after the footers, so nothing is held for it.
            let reader = BucketReader(store: session.reader.store, byteLimit: 0)
            let past = await history(options, in: state)
            let catalog = try await Catalog(spec: session.spec, reader: reader, after: past, logger: logger)
            return try await SyncEngine(
                spec: session.spec, specDigest: session.specDigest, reader: reader, catalog: catalog, logger: logger,
                memoryByteCount: session.spec.memoryLimit, checkpointInterval: checkpointInterval
            ).plan(options)
        }
    }

    /// Lists the bucket's first page.
    public func testConnection(spec: Bytes) async -> ConnectionTestResult {
        do {
            let spec = try SourceSpec(json: spec)
            try await connect(spec).test(prefix: Array(spec.pathPrefix.utf8))
            return .success
        } catch let error as SpecError {
            return .failure(code: "INVALID_SPEC", description: error.description)
        } catch {
            return .failure(code: ConnectionFailure.code(of: error), description: "\(error)")
        }
    }

    /// Lets go of the spec and what was found with it.
    public func close() async {
        session = nil
    }

    private func history(_ options: SyncOptions, in state: (any StateStore)?) async -> HistoryReader? {
        guard let state, let session else { return nil }
        return await HistoryReader(
            bucket: session.spec.bucket, specDigest: session.specDigest, shard: options.shard, store: state,
            logger: logger)
    }

    private func currentCatalog(after past: HistoryReader? = nil) async throws -> Catalog {
        guard let session else { throw NotInitialized() }
        if let catalog = session.catalog { return catalog }
        let catalog = try await Catalog(
            spec: session.spec, reader: session.reader, after: past, logger: logger)
        // Another Init may have come while the bucket was listed.
        if self.session?.number == session.number { self.session?.catalog = catalog }
        return catalog
    }
}

/// A table that cannot be described.
struct TableFailed: Error, CustomStringConvertible {
    let description: String
}

/// A call that needs a spec came before one.
struct NotInitialized: Error, CustomStringConvertible {
    let description = "plugin not initialized"
}
