import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Logging
import S3
import TestSupport
import Testing

@testable import S3Source

/// Syncs that do not come to their end, wholly or for one table.
struct SyncFailureTests {
    private let bucket = FakeS3()
    private let log = LogRecorder()

    private func sync(
        _ state: (any StateStore)? = nil, checkpoints: Bool = false, shard: Shard? = nil,
        spec: String = #"{"bucket":"bucket","concurrency":2}"#, into sink: RecordingSink
    ) async throws {
        let logger = Logger(label: "test") { _ in log }
        let plugin = S3SourcePlugin(logger: logger, checkpointInterval: .zero) { [bucket] _ in try bucket.client() }
        try await plugin.initialize(InitRequest(spec: Bytes(spec.utf8)))
        var options = SyncOptions(selection: TableSelection())
        options.supportsCheckpoints = checkpoints
        options.shard = shard
        try await plugin.sync(options, state: state, into: sink)
    }

    private func rowCount(_ sink: RecordingSink, _ table: String) -> Int {
        sink.batches(of: table).reduce(0) { $0 + $1.rowCount }
    }

    private func putMismatch(_ table: String) throws {
        bucket.put("\(table)/1.parquet", try SyncEngineTests.fixture("pyarrow-flat-none-v1"))
        bucket.put("\(table)/2.parquet", try SyncEngineTests.fixture("duckdb-uuid"))
    }

    @Test("a table whose files differ is reported, the others arrive, and a full sync fails at the end with the reason")
    func mismatch() async throws {
        try putMismatch("a")
        bucket.put("b/1.parquet", try SyncEngineTests.fixture("pyarrow-flat-none-v1"))
        let sink = RecordingSink()
        let error = await #expect(throws: TablesFailed.self) { try await sync(into: sink) }
        let text = try #require(error).description
        #expect(text.hasPrefix("1 of 2 tables failed: table a: "))
        for part in ["a/1.parquet", "a/2.parquet", "column"] { #expect(text.contains(part), "\(part) in \(text)") }
        #expect(sink.log.filter { $0.hasPrefix("error a ") && $0.contains("a/2.parquet") }.count == 1)
        #expect(rowCount(sink, "b") == 50)
        #expect(!sink.log.contains("migrate a"))
    }

    @Test("with a state the sync goes well, and the failed table keeps the state that it had")
    func mismatchIncremental() async throws {
        try putMismatch("a")
        bucket.put("b/1.parquet", try SyncEngineTests.fixture("pyarrow-flat-none-v1"))
        let old = ["s3/bucket/a/last_modified_cursor": "2020-01-01T00:00:00Z"]
        let state = MemoryState(old)
        let sink = RecordingSink()
        try await sync(state, into: sink)
        #expect(state.kept.filter { $0.key.hasPrefix("s3/bucket/a/") } == old)
        #expect(state.kept["s3/bucket/b/last_modified_cursor"] == "2026-03-14T15:09:26Z")
        #expect(sink.log.contains { $0.hasPrefix("error a ") })
        let again = RecordingSink()
        try await sync(state, into: again)
        #expect(again.log.filter { $0.hasPrefix("insert") }.isEmpty)
    }

    @Test("where every table failed the sync fails, state or not")
    func allFailed() async throws {
        try putMismatch("a")
        let state = MemoryState()
        await #expect(throws: TablesFailed.self) { try await sync(state, into: RecordingSink()) }
        #expect(state.kept.isEmpty)
    }

    @Test("objects that may not be read fail their table, named once, whatever their number")
    func denied() async throws {
        let flat = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        for index in 0..<50 { bucket.put("a/\(index).parquet", flat, fault: .denied) }
        bucket.put("b/1.parquet", flat)
        let sink = RecordingSink()
        let error = await #expect(throws: TablesFailed.self) { try await sync(into: sink) }
        let text = try #require(error).description
        #expect(text.contains("a/0.parquet") && text.contains("s3:GetObject"), "\(text)")
        #expect(sink.log.filter { $0.hasPrefix("error") }.count == 1)
        #expect(rowCount(sink, "b") == 50)
        #expect(bucket.requests.filter { $0.contains("/a/") }.count < 20, "a table that failed is left")
    }

    @Test("a state that cannot be written fails the sync")
    func flush() async throws {
        bucket.put("b/1.parquet", try SyncEngineTests.fixture("pyarrow-flat-none-v1"))
        let state = MemoryState(failsToFlush: true)
        await #expect(throws: MemoryState.FlushFailed.self) { try await sync(state, into: RecordingSink()) }
    }

    @Test("a state that cannot be read, or is of another version, is warned of and all is read")
    func corruptState() async throws {
        bucket.put("b/1.parquet", try SyncEngineTests.fixture("pyarrow-flat-none-v1"))
        for (key, value) in [
            ("last_modified_cursor", "no time"), ("recent_objects", "9:abc"), ("absent_objects", "{}"),
        ] {
            let state = MemoryState()
            try await sync(state, into: RecordingSink())
            let again = RecordingSink()
            try await sync(state, into: again)
            #expect(rowCount(again, "b") == 0)
            let before = log.lines.count
            state.set(value, for: "s3/bucket/b/\(key)")
            let sink = RecordingSink()
            try await sync(state, into: sink)
            #expect(rowCount(sink, "b") == 50, "\(key)")
            #expect(
                log.lines.dropFirst(before).contains { $0.hasPrefix("warning reading all objects of the table") },
                "\(key)")
            #expect(state.kept["s3/bucket/b/last_modified_cursor"] == "2026-03-14T15:09:26Z")
        }
    }

    @Test("a sync cut off anywhere goes on from its last checkpoint: no row is lost, and few are sent twice")
    func checkpoints() async throws {
        let flat = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        var random = SeededGenerator(seed: 11)
        for index in 0..<24 {
            let minute = Int.random(in: 10..<60, using: &random)
            bucket.put(
                "\(index % 3 == 0 ? "a" : "b")/\(index).parquet", flat,
                lastModified: "2026-03-\(10 + index % 7)T15:\(minute):26.000Z")
        }
        let all = RecordingSink()
        try await sync(MemoryState(), checkpoints: true, into: all)
        let messageCount = all.log.count
        #expect(messageCount > 2 + 24 * 2)
        for cut in [1, 2, 3, 5, 8, 13, 20, 25, 30, messageCount - 1, messageCount] {
            let state = MemoryState()
            var ids: [[UInt8]] = []
            let first = RecordingSink(failsAfter: cut)
            do {
                try await sync(state, checkpoints: true, into: first)
            } catch {
                #expect(cut < messageCount)
            }
            let restarted = MemoryState(state.kept)
            let second = RecordingSink()
            try await sync(restarted, checkpoints: true, into: second)
            for sink in [first, second] {
                for batch in sink.batches(of: "a") + sink.batches(of: "b") {
                    let view = ArrayView(batch.columns[0])
                    ids += (0..<batch.rowCount).compactMap { view.bytes(at: $0).map { [UInt8]($0) } }
                }
            }
            #expect(Set(ids).count == 24 * 50, "cut after \(cut) messages")
            // What two objects at once had not told of by then.
            #expect(ids.count <= 24 * 50 + 3 * 50, "cut after \(cut) messages: \(ids.count) rows")
        }
    }

    @Test("shards share a bucket: every row comes once, each shard migrates all tables")
    func shards() async throws {
        let flat = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        for index in 0..<20 { bucket.put("t\(index % 2)/\(index).parquet", flat) }
        let state = MemoryState()
        var total = 0
        for number in 1...3 {
            let sink = RecordingSink()
            try await sync(state, shard: Shard(number: number, total: 3), into: sink)
            #expect(sink.log.filter { $0.hasPrefix("migrate") } == ["migrate t0", "migrate t1"])
            total += rowCount(sink, "t0") + rowCount(sink, "t1")
        }
        #expect(total == 20 * 50)
        let whole = RecordingSink()
        try await sync(state, into: whole)
        #expect(rowCount(whole, "t0") + rowCount(whole, "t1") == 0, "the shards' states cover the whole")
    }

    @Test("the summary counts what became of every object and of the requests")
    func summary() async throws {
        let flat = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        bucket.put("t/1.parquet", flat)
        bucket.put("t/2.parquet", Array(flat.dropLast(5)))
        bucket.put("t/3.parquet", flat, fault: .deleted)
        try await sync(into: RecordingSink())
        let line = try #require(log.lines.first { $0.hasPrefix("info sync finished") })
        for field in [
            "listed=3", "matched=3", "unchanged=0", "read=1", "rows=50", "skipped=2", "skipped_malformed=1",
            "skipped_deleted=1", "oldest_skipped=t/2.parquet", "failed=0", "object_bytes=\(flat.count)",
        ] {
            #expect(line.contains(field), "\(field) in \(line)")
        }
        let object = try #require(log.lines.first { $0.hasPrefix("debug object ended") })
        for field in ["key=t/1.parquet", "rows=50", "size=\(flat.count)", "ms=", "requests="] {
            #expect(object.contains(field), "\(field) in \(object)")
        }
    }
}
