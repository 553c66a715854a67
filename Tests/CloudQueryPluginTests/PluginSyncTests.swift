import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryPlugin
import CloudQueryProtocol
import RPC
import Synchronization
import Testing

@Suite("Sync")
struct PluginSyncTests {
    private func sync(
        log: LogRecorder = LogRecorder(), splitting: BatchSplitting = BatchSplitting(),
        _ fill: (inout WireSync.Request) -> Void = { _ in },
        _ body: @escaping @Sendable (SyncOptions, any SyncSink) async throws -> Void
    ) async throws -> [WireSync.Response] {
        let responses = Mutex<[WireSync.Response]>([])
        try await withPeer(TestSource(tables: [.numbers], onSync: body), splitting: splitting, log: log) { peer in
            try await peer.initialize()
            let received = try await peer.sync(fill)
            responses.withLock { $0 = received }
        }
        return responses.withLock { $0 }
    }

    @Test("tables and rows arrive in order, each insert one batch under the table's schema")
    func order() async throws {
        let table = Table.numbers
        let responses = try await sync { _, sink in
            try await sink.send(.migrate(table))
            try await sink.send(.insert(table.batch([1, 2, 3])))
            try await sink.send(.insert(table.batch([])))
            try await sink.send(.insert(table.batch([4])))
        }
        #expect(responses.count == 4)
        let migrated = try StreamDecoder.decode(Bytes(responses[0].migrateTable.table))
        #expect(migrated.schema == table.schema)
        #expect(migrated.batches.isEmpty)
        let inserted = try responses[1...].map { try StreamDecoder.decode(Bytes($0.insert.record)) }
        #expect(inserted.allSatisfy { $0.schema == table.schema && $0.batches.count == 1 })
        #expect(inserted.map { $0.batches[0].numbers() } == [[1, 2, 3], [], [4]])
    }

    @Test("the options of the request reach the source")
    func options() async throws {
        let seen = Mutex<SyncOptions?>(nil)
        _ = try await sync { request in
            request.tables = ["a*", "b"]
            request.skipTables = ["ab"]
            request.skipDependentTables = true
            request.deterministicCqID = true
            request.backend.tableName = "cq_state"
            request.backend.connection = "unix:///tmp/x.sock"
            request.shard.num = 2
            request.shard.total = 3
            request.withErrorMessages = true
            request.supportsCheckpoints = true
        } _: { options, _ in
            seen.withLock { $0 = options }
        }
        let options = try #require(seen.withLock { $0 })
        let selection = TableSelection(tables: ["a*", "b"], skipTables: ["ab"], skipDependentTables: true)
        #expect(options.selection == selection)
        #expect(options.deterministicCQID)
        #expect(options.backend == BackendOptions(tableName: "cq_state", connection: "unix:///tmp/x.sock"))
        #expect(options.shard == Shard(number: 2, total: 3))
        #expect(options.withErrorMessages)
        #expect(options.supportsCheckpoints)
    }

    @Test("a request without them leaves backend and shard nil, also when the backend is empty")
    func absentOptions() async throws {
        let seen = Mutex<SyncOptions?>(nil)
        _ = try await sync { request in
            request.backend = .init()
        } _: { options, _ in
            seen.withLock { $0 = options }
        }
        let options = try #require(seen.withLock { $0 })
        #expect(options.backend == nil)
        #expect(options.shard == nil)
        #expect(!options.withErrorMessages)
        #expect(!options.supportsCheckpoints)
    }

    @Test("half of the backend options, and shards outside of their total, fail the sync")
    func invalidOptions() async throws {
        func refusal(_ fill: (inout WireSync.Request) -> Void) async throws -> RPCStatus? {
            var result: RPCStatus?
            try await withPeer(TestSource()) { peer in
                try await peer.initialize()
                result = await status { _ = try await peer.sync(fill) }
            }
            return result
        }
        let partial = RPCStatus(
            .unknown, "failed to sync records: backend_options must contain both connection and table_name")
        #expect(try await refusal { $0.backend.tableName = "x" } == partial)
        #expect(try await refusal { $0.backend.connection = "x" } == partial)
        for (number, total) in [(0, 1), (2, 1), (-1, -1), (1, 0)] {
            let status = try await refusal {
                $0.shard.num = Int32(number)
                $0.shard.total = Int32(total)
            }
            #expect(status?.message.contains("shard \(number)/\(total)") == true)
        }
    }

    @Test("a table's error is one error line, and a message only for a client that asked")
    func tableErrors() async throws {
        for asked in [false, true] {
            let log = LogRecorder()
            let responses = try await sync(log: log) { request in
                request.withErrorMessages = asked
            } _: { _, sink in
                try await sink.send(.error(tableName: "numbers", message: "x.parquet: no"))
            }
            #expect(log.lines.filter { $0.hasPrefix("error") } == ["error x.parquet: no [numbers]"])
            #expect(responses.map(\.error.tableName) == (asked ? ["numbers"] : []))
            #expect(responses.map(\.error.error) == (asked ? ["x.parquet: no"] : []))
        }
    }

    @Test("a checkpoint goes out as field 5 to a client that stores them, and fails the sync for another")
    func checkpoints() async throws {
        let table = Table.numbers
        let responses = try await sync { request in
            request.supportsCheckpoints = true
        } _: { _, sink in
            try await sink.send(.checkpoint(table.batch([7])))
        }
        let decoded = try StreamDecoder.decode(Bytes(responses[0].checkpoint.record))
        #expect(decoded.batches.map { $0.numbers() } == [[7]])
        let refusal = await status {
            _ = try await sync { _, sink in try await sink.send(.checkpoint(table.batch([7]))) }
        }
        #expect(refusal?.message.contains("does not support") == true)
    }

    @Test("a delete-record message carries table, predicates and relations")
    func deleteRecord() async throws {
        let value = Table.numbers.batch([5])
        let responses = try await sync { _, sink in
            let groups = [
                DeleteRecord.Group(.any, [.init(column: "n", equals: value), .init(column: "m", equals: value)]),
                DeleteRecord.Group(.all, []),
            ]
            let relations = [DeleteRecord.Relation(tableName: "child", parentTable: "numbers")]
            try await sink.send(.deleteRecord(.init(tableName: "numbers", groups: groups, relations: relations)))
        }
        let message = responses[0].deleteRecord
        #expect(message.tableName == "numbers")
        #expect(message.whereClause.map(\.groupingType) == [.or, .and])
        #expect(message.whereClause[0].predicates.map(\.column) == ["n", "m"])
        let record = try StreamDecoder.decode(Bytes(message.whereClause[0].predicates[0].record))
        #expect(record.batches.map { $0.numbers() } == [[5]])
        #expect(message.tableRelations.map(\.parentTable) == ["numbers"])
    }

    @Test("rows before their table, under another schema or of no table never leave the plugin")
    func protocolFaults() async throws {
        let table = Table.numbers
        let nullable = Table(name: "numbers", columns: [CQColumn.id, Field("n", .int64, isNullable: false)])
        let unnamed = RecordBatch(schema: Schema([]), rowCount: 0, columns: [])
        let cases: [(RecordBatch, migrate: Bool, SyncOrderFault)] = [
            (table.batch([1]), false, .insertBeforeMigrate("numbers")),
            (nullable.batch([1]), true, .schemaDiffers("numbers")),
            (unnamed, true, .unnamedBatch),
        ]
        for (batch, migrate, fault) in cases {
            let refusal = await status {
                _ = try await sync { _, sink in
                    if migrate { try await sink.send(.migrate(table)) }
                    try await sink.send(.insert(batch))
                }
            }
            #expect(refusal == RPCStatus(.unknown, "failed to sync records: \(fault)"))
        }
    }

    @Test("many tasks may send at once; nothing is lost or mixed")
    func concurrentSends() async throws {
        let table = Table.numbers
        let responses = try await sync { _, sink in
            try await sink.send(.migrate(table))
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask { try await sink.send(.insert(table.batch([Int64(number), -Int64(number)]))) }
                }
                try await group.waitForAll()
            }
        }
        let batches = try responses.dropFirst().map { try StreamDecoder.decode(Bytes($0.insert.record)).batches[0] }
        #expect(batches.allSatisfy { $0.numbers()[0] == $0.numbers()[1].map { -$0 } })
        #expect(Set(batches.map { $0.numbers()[0] }) == Set((0..<200).map { Int64($0) }))
    }

    @Test("a batch over the bound arrives as several, in order")
    func splitting() async throws {
        let table = Table.numbers
        let numbers = (0..<5_000).map { Int64($0) }
        let splitting = BatchSplitting(preferredByteCount: 20_000, maximumByteCount: 40_000)
        let responses = try await sync(splitting: splitting) { _, sink in
            try await sink.send(.migrate(table))
            try await sink.send(.insert(table.batch(numbers)))
        }
        let inserts = responses.dropFirst()
        #expect(inserts.count > 5)
        #expect(inserts.allSatisfy { $0.insert.record.count <= 20_000 })
        let batches = try inserts.map { try StreamDecoder.decode(Bytes($0.insert.record)).batches[0] }
        #expect(batches.flatMap { $0.numbers() } == numbers.map { $0 })
    }

    @Test("a failing source fails the sync with its reason")
    func failure() async throws {
        let log = LogRecorder()
        let failure = await status {
            _ = try await sync(log: log) { _, _ in throw TestFailure("access denied to bucket b") }
        }
        #expect(failure == RPCStatus(.unknown, "failed to sync records: access denied to bucket b"))
        #expect(log.lines.contains("error failed to sync records: access denied to bucket b"))
    }

    @Test("a client that goes away cancels the source's task, and the plugin can be used again")
    func clientCancels() async throws {
        let log = LogRecorder()
        let cancelled = Signal()
        let table = Table.numbers
        let source = TestSource(tables: [table]) { _, sink in
            defer { cancelled.set() }
            try await sink.send(.migrate(table))
            // Ends only with the client: gRPC's flow control stops it meanwhile.
            while true { try await sink.send(.insert(table.batch([1]))) }
        }
        try await withPeer(source, log: log) { peer in
            try await peer.initialize()
            let first = Signal()
            let reader = Task {
                let stream = try await peer.startSync()
                _ = try await stream.next()
                first.set()
                while try await stream.next() != nil {}
            }
            await first.wait()
            reader.cancel()
            await cancelled.wait()
            _ = await reader.result
            // The source's task has ended; the call around it ends at any moment now.
            var refusal = await status { try await peer.initialize() }
            while refusal != nil {
                #expect(refusal?.message == "failed to init plugin: plugin already in use")
                await Task.yield()
                refusal = await status { try await peer.initialize() }
            }
        }
        #expect(!log.lines.contains { $0.hasPrefix("error failed to sync") })
        #expect(log.lines.contains { $0.hasPrefix("info failed to sync records: cancelled") })
    }

    @Test("a source that returns early when it is cancelled does not end the sync with success")
    func cancelledButReturning() async throws {
        let inSync = Signal()
        let scratch = ScratchDirectory()
        let path = scratch.file("plugin.sock")
        let source = TestSource { _, _ in
            inSync.set()
            try? await Task.sleep(for: .seconds(3_600))
        }
        let server = try RPCServer(
            listening: .unix(path: path), service: PluginService(plugin: source, log: LogRecorder().logger))
        let peer = PluginPeer(client: RPCClient(target: "unix://\(path)"))
        try await peer.initialize()
        async let ended = status { _ = try await peer.sync() }
        await inSync.wait()
        await server.shutdown(grace: .zero)
        let status = await ended
        #expect(status != nil)
    }
}
