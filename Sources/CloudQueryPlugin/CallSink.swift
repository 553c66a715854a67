import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryProtocol
import Logging
import RPC
import Synchronization

/// Writes the messages of a sync to its call, keeping the order that destinations rely on.
final class CallSink: SyncSink {
    private let call: ServerCall
    private let options: SyncOptions
    private let splitting: BatchSplitting
    private let log: Logger
    /// By the name's bytes, since equal strings may differ in them.
    private let encoders = Mutex<[[UInt8]: BatchStreamEncoder]>([:])

    init(_ call: ServerCall, options: SyncOptions, splitting: BatchSplitting, log: Logger) {
        self.call = call
        self.options = options
        self.splitting = splitting
        self.log = log
    }

    func send(_ message: SyncMessage) async throws {
        switch message {
        case .migrate(let table):
            try await migrate(table)
        case .insert(let batch):
            try await insert(batch)
        case .error(let tableName, let text):
            log.error("\(text)", metadata: ["table": "\(tableName)"])
            guard options.withErrorMessages else { return }
            try await send { response in
                response.error.tableName = tableName
                response.error.error = text
            }
        case .deleteRecord(let record):
            let wire = try WireSync.MessageDeleteRecord(record)
            try await send { $0.deleteRecord = wire }
        case .checkpoint(let batch):
            guard options.supportsCheckpoints else { throw SyncOrderFault.checkpointNotSupported }
            try await call.send(WireFrame.nested(5, StreamEncoder.encode(batch)))
        }
    }

    private func migrate(_ table: Table) async throws {
        let encoder = try BatchStreamEncoder(schema: table.schema)
        try await call.send(WireFrame.nested(1, StreamEncoder.encode(table.schema)))
        encoders.withLock { $0[Array(table.name.utf8)] = encoder }
    }

    private func insert(_ batch: RecordBatch) async throws {
        guard let tableName = batch.schema.metadata[Table.nameKey] else { throw SyncOrderFault.unnamedBatch }
        guard let encoder = encoders.withLock({ $0[Array(tableName.utf8)] }) else {
            throw SyncOrderFault.insertBeforeMigrate(tableName)
        }
        guard encoder.schema == batch.schema else { throw SyncOrderFault.schemaDiffers(tableName) }
        for rows in try splitting.pieces(of: batch, encodedBy: encoder) {
            try await call.send(WireFrame.nested(2, encoder.encode(batch.slice(rows))))
        }
    }

    private func send(_ fill: (inout WireSync.Response) -> Void) async throws {
        var response = WireSync.Response()
        fill(&response)
        try await call.send([response.bytes()])
    }
}

/// A message that breaks the protocol: a fault of the source, stopped before it reaches a destination.
public enum SyncOrderFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A checkpoint though the client stores none.
    case checkpointNotSupported
    /// Rows of a table that was not migrated in this sync.
    case insertBeforeMigrate(String)
    /// Rows under another schema than that of the migrated table.
    case schemaDiffers(String)
    /// Rows whose schema names no table.
    case unnamedBatch

    /// What was sent, and of which table.
    public var description: String {
        switch self {
        case .checkpointNotSupported: "a checkpoint was sent to a client that does not support them"
        case .insertBeforeMigrate(let table): "rows of table \(table) were sent before the table"
        case .schemaDiffers(let table): "rows of table \(table) were sent under another schema than the table's"
        case .unnamedBatch: "rows were sent whose schema names no table"
        }
    }
}

extension WireSync.MessageDeleteRecord {
    init(_ record: DeleteRecord) throws {
        self.init()
        tableName = record.tableName
        whereClause = try record.groups.map { group in
            var wire = WirePredicatesGroup()
            wire.groupingType = group.grouping == .all ? .and : .or
            wire.predicates = try group.predicates.map { predicate in
                var wire = WirePredicate()
                wire.column = predicate.column
                wire.record = try .init(StreamEncoder.encode(predicate.value))
                return wire
            }
            return wire
        }
        tableRelations = record.relations.map { relation in
            var wire = WireTableRelation()
            wire.tableName = relation.tableName
            wire.parentTable = relation.parentTable
            return wire
        }
    }
}
