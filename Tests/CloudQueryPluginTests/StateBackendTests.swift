import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryPlugin
import RPC
import Synchronization
import Testing

@Suite("State backend")
struct StateBackendTests {
    @Test("connecting asks for the version, migrates once and reads once")
    func connect() async throws {
        let destination = try FakeDestination()
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            #expect(await backend.value(for: "k") == nil)
            await backend.close()
        }
        #expect(destination.calls == ["GetVersions", "Write", "Read"])
        let schema = try #require(destination.migrated.first)
        #expect(schema.metadata["cq:table_name"] == "cq_state")
        #expect(schema.metadata["cq:extension:incremental"] == nil)
        #expect(schema.fields.map(\.name) == ["key", "value", "version"])
        #expect(schema.fields.map(\.type) == [.utf8, .utf8, .uint64])
        #expect(schema.fields.allSatisfy { $0.isNullable })
        #expect(schema.fields.map { $0.metadata[CQColumn.primaryKeyKey] } == ["true", "false", "false"])
        #expect(schema.fields.allSatisfy { $0.metadata.entries.count == 5 })
    }

    @Test("a flush is one insert of the changed keys, and the next connection reads them")
    func flush() async throws {
        let destination = try FakeDestination()
        try await withBackend(destination) { options in
            let first = try await StateBackend.connect(options)
            await first.set("1", for: "b")
            await first.set("2", for: "a")
            await first.set("3", for: "a")
            #expect(await first.value(for: "a") == "3")
            #expect(destination.inserted.isEmpty)
            try await first.flush()
            #expect(destination.inserted.map(\.stateRows) == [[.init("a", "3", 2), .init("b", "1", 1)]])
            await first.close()

            let second = try await StateBackend.connect(options)
            #expect(await second.value(for: "a") == "3")
            #expect(await second.value(for: "b") == "1")
            await second.set("4", for: "b")
            await second.set("3", for: "a")
            try await second.flush()
            #expect(destination.inserted.last?.stateRows == [.init("b", "4", 2)])
            await second.close()
        }
    }

    @Test("what is much is written in several inserts, the cursor with the last")
    func largeFlush() async throws {
        let destination = try FakeDestination()
        let list = String(repeating: "x", count: 3 << 20)
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            for key in ["s3/b/t/last_modified_cursor", "s3/b/t/sent_objects/0", "s3/b/t/sent_objects/1"] {
                await backend.set(key.hasSuffix("cursor") ? "now" : list, for: key)
            }
            try await backend.flush()
            try await backend.flush()
            await backend.close()
        }
        let keys = destination.inserted.map { $0.stateRows.map(\.key) }
        #expect(keys == [["s3/b/t/sent_objects/1"], ["s3/b/t/last_modified_cursor", "s3/b/t/sent_objects/0"]])
    }

    @Test("a connection that only reads makes no table")
    func readOnly() async throws {
        let destination = try FakeDestination()
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options, isReadOnly: true)
            #expect(await backend.value(for: "a") == nil)
            await backend.close()
        }
        #expect(destination.migrated.isEmpty)
    }

    @Test("a checkpoint sends the changed keys into the sink and not to the destination, once")
    func checkpoint() async throws {
        final class Sink: SyncSink {
            let batches = Mutex<[RecordBatch]>([])
            func send(_ message: SyncMessage) async throws {
                if case .checkpoint(let batch) = message { batches.withLock { $0.append(batch) } }
            }
        }
        let destination = try FakeDestination()
        let sink = Sink()
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            try await backend.checkpoint(into: sink)
            await backend.set("1", for: "s/a")
            await backend.set("2", for: "t/b")
            try await backend.checkpoint(into: sink)
            try await backend.checkpoint(into: sink)
            try await backend.flush()
            #expect(Set(await backend.keys(withPrefix: "s/")) == ["s/a"])
            await backend.close()
        }
        #expect(sink.batches.withLock { $0 }.map(\.stateRows) == [[.init("s/a", "1", 1), .init("t/b", "2", 1)]])
        #expect(destination.inserted.isEmpty)
    }

    @Test("a flush without changes writes nothing")
    func emptyFlush() async throws {
        let destination = try FakeDestination()
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            try await backend.flush()
            await backend.set("1", for: "a")
            try await backend.flush()
            await backend.set("1", for: "a")
            try await backend.flush()
            await backend.close()
        }
        #expect(destination.inserted.count == 1)
        #expect(destination.calls.count { $0 == "Write" } == 2)
    }

    @Test("of several rows of a key the highest version holds, the later one on a tie; null is version 0")
    func versions() async throws {
        let batches = try [
            RecordBatch.state([.init("a", "old", 1), .init("b", "first", 3), .init("c", "none", nil)]),
            RecordBatch.state([.init("a", "new", 9), .init("b", "second", 3), .init("c", "one", 1)]),
            RecordBatch.state([]),
            RecordBatch.state([.init("a", "late", 2), .init("d", nil, 1), .init(nil, "x", 99)]),
        ]
        let destination = try FakeDestination(stored: batches)
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            #expect(await backend.value(for: "a") == "new")
            #expect(await backend.value(for: "b") == "second")
            #expect(await backend.value(for: "c") == "one")
            #expect(await backend.value(for: "d") == "")
            await backend.set("newest", for: "a")
            try await backend.flush()
            await backend.close()
        }
        #expect(destination.inserted.last?.stateRows == [.init("a", "newest", 10)])
    }

    @Test(
        "key and value are read from every text type, with or without a version",
        arguments: [DataType.utf8, .largeUtf8])
    func textTypes(type: DataType) async throws {
        let rows = [StoredRow("key", "a value longer than any inline view", 4)]
        for withVersion in [true, false] {
            let stored = try RecordBatch.state(rows, text: type, withVersion: withVersion)
            let destination = try FakeDestination(stored: [stored])
            try await withBackend(destination) { options in
                let backend = try await StateBackend.connect(options)
                #expect(await backend.value(for: "key") == rows[0].value)
                await backend.set("x", for: "key")
                try await backend.flush()
                await backend.close()
            }
            #expect(destination.inserted.last?.stateRows == [.init("key", "x", withVersion ? 5 : 1)])
        }
    }

    @Test("views are read too")
    func views() async throws {
        let long = "a value longer than any inline view"
        func view(_ text: String, offset: Int32) -> [UInt8] {
            var bytes = withBytes(of: Int32(text.utf8.count))
            guard text.utf8.count > 12 else {
                return bytes + Array(text.utf8) + [UInt8](repeating: 0, count: 12 - text.utf8.count)
            }
            bytes += text.utf8.prefix(4)
            return bytes + withBytes(of: Int32(0)) + withBytes(of: offset)
        }
        func withBytes(of number: Int32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        func column(_ text: String) -> ArrayData {
            ArrayData(
                type: .utf8View, count: 1, nullCount: 0,
                buffers: [Bytes(), Bytes(view(text, offset: 0)), Bytes(utf8: text)])
        }
        let schema = Schema([Field("key", .utf8View), Field("value", .utf8View)])
        let batch = RecordBatch(schema: schema, rowCount: 1, columns: [column("key"), column(long)])
        try await withBackend(FakeDestination(stored: [batch])) { options in
            let backend = try await StateBackend.connect(options)
            #expect(await backend.value(for: "key") == long)
            await backend.close()
        }
    }

    @Test("keys are bytes: equal text in another Unicode form is another key, and another value")
    func unicodeForms() async throws {
        let destination = try FakeDestination()
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            await backend.set("composed", for: "\u{E9}")
            await backend.set("decomposed", for: "e\u{301}")
            #expect(await backend.value(for: "\u{E9}") == "composed")
            #expect(await backend.value(for: "e\u{301}") == "decomposed")
            try await backend.flush()
            await backend.set("\u{E9}", for: "k")
            await backend.set("e\u{301}", for: "k")
            try await backend.flush()
            await backend.close()
        }
        #expect(destination.inserted.map(\.rowCount) == [2, 1])
        #expect(destination.inserted.last?.stateRows.map(\.version) == [2])
    }

    @Test("a plugin that does not speak version 3 is refused")
    func oldPlugin() async throws {
        try await withBackend(FakeDestination(versions: [1, 2])) { options in
            await #expect {
                _ = try await StateBackend.connect(options)
            } throws: { error in
                "\(error)".contains("[1, 2], not 3: please upgrade your state backend plugin")
            }
        }
    }

    @Test(
        "an error of the plugin is given with the step, the table and the connection",
        arguments: [
            ("GetVersions", StateBackendError.Step.connect), ("Write", .migrate), ("Read", .read),
        ])
    func errors(call: String, step: StateBackendError.Step) async throws {
        let destination = try FakeDestination()
        destination.fail(call, with: RPCStatus(.internal, "reading is not supported with rotation"))
        try await withBackend(destination, tableName: "cursors") { options in
            await #expect {
                _ = try await StateBackend.connect(options)
            } throws: { error in
                guard let error = error as? StateBackendError else { return false }
                return error.step == step && error.options == options
                    && "\(error)".contains("cursors")
                    && "\(error)".contains("INTERNAL: reading is not supported with rotation")
                    && "\(error)".contains(options.connection)
            }
        }
    }

    @Test("rows that are no Arrow stream, and keys that are no text, are errors")
    func unreadableRows() async throws {
        let notArrow = try FakeDestination()
        notArrow.store(Bytes(utf8: "not Arrow"))
        let numbers = try FakeDestination(stored: [Table.numbers.batch([1])])
        let narrow = try FakeDestination(stored: [RecordBatch(schema: Schema([]), rowCount: 1, columns: [])])
        for destination in [notArrow, numbers, narrow] {
            try await withBackend(destination) { options in
                await #expect {
                    _ = try await StateBackend.connect(options)
                } throws: { error in
                    (error as? StateBackendError)?.step == .read
                }
            }
        }
    }

    @Test("after a failed flush the changes are still there for the next")
    func failedFlush() async throws {
        let destination = try FakeDestination()
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            await backend.set("1", for: "a")
            destination.fail("Write", with: RPCStatus(.unavailable, "disk full"))
            await #expect {
                try await backend.flush()
            } throws: { error in
                (error as? StateBackendError)?.step == .write && "\(error)".contains("disk full")
            }
            destination.fail("Write", with: nil)
            await backend.set("2", for: "b")
            try await backend.flush()
            await backend.close()
        }
        #expect(destination.inserted.map(\.stateRows) == [[.init("a", "1", 1), .init("b", "2", 1)]])
    }

    @Test("a change made while a flush is under way is written by the next, which waits for it")
    func changesDuringFlush() async throws {
        let destination = try FakeDestination()
        let inInsert = Signal()
        let proceed = Signal()
        destination.onInsert {
            inInsert.set()
            await proceed.wait()
        }
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            await backend.set("1", for: "a")
            async let first: Void = backend.flush()
            await inInsert.wait()
            await backend.set("2", for: "a")
            async let second: Void = backend.flush()
            await backend.set("3", for: "a")
            #expect(destination.inserted.isEmpty)
            proceed.set()
            try await first
            try await second
            await backend.close()
        }
        let versions = destination.inserted.flatMap(\.stateRows).map(\.version)
        #expect(versions == [1, 3])
    }

    @Test("many tasks may set and flush at once; the last version of each key arrives")
    func concurrentUse() async throws {
        let destination = try FakeDestination()
        try await withBackend(destination) { options in
            let backend = try await StateBackend.connect(options)
            try await withThrowingTaskGroup { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in 0..<20 {
                            await backend.set("\(number)", for: "key \(task)")
                            if number % 5 == 0 { try await backend.flush() }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await backend.flush()
            await backend.close()
            let reader = try await StateBackend.connect(options)
            for task in 0..<8 { #expect(await reader.value(for: "key \(task)") == "19") }
            await reader.close()
        }
        // Versions only rise in the order of writing, so that a destination that upserts ends at the same rows.
        for task in 0..<8 {
            let versions = destination.inserted.flatMap(\.stateRows).filter { $0.key == "key \(task)" }
                .compactMap(\.version)
            #expect(versions == versions.sorted() && versions.last == 20)
        }
    }

    @Test("a plugin that cannot be reached is named")
    func unreachable() async throws {
        let scratch = ScratchDirectory()
        let options = BackendOptions(tableName: "cq_state", connection: "unix://\(scratch.file("nobody.sock"))")
        let connecting = Task { try await StateBackend.connect(options) }
        connecting.cancel()
        await #expect {
            _ = try await connecting.value
        } throws: { error in
            (error as? StateBackendError)?.step == .connect && "\(error)".contains("nobody.sock")
        }
    }
}
