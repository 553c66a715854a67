import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Logging
import S3
import Testing

@testable import S3Source

/// Rows of objects that were replaced or are gone.
struct RowDeletionTests {
    private let bucket = FakeS3()
    private let state: MemoryState
    private let log = LogRecorder()

    init() { state = MemoryState() }

    private static let spec = #"{"bucket":"bucket","lineage":true,"deleted_objects":"delete_rows"}"#

    private func sync(
        _ spec: String = spec, into sink: RecordingSink = RecordingSink(), checkpoints: Bool = false
    ) async throws -> [String] {
        let plugin = S3SourcePlugin(
            logger: Logger(label: "test") { [log] _ in log }, checkpointInterval: .zero
        ) { [bucket] _ in try bucket.client() }
        try await plugin.initialize(InitRequest(spec: Bytes(spec.utf8)))
        var options = SyncOptions(selection: TableSelection())
        options.supportsCheckpoints = checkpoints
        try await plugin.sync(options, state: state, into: sink)
        return sink.log
    }

    private func put(_ key: String, eTag: String, day: Int = 1, fault: FakeS3.Fault? = nil) throws {
        bucket.put(
            key, try SyncEngineTests.fixture("pyarrow-flat-none-v1"), fault: fault,
            lastModified: "2026-03-0\(day)T00:00:00.000Z", eTag: eTag)
    }

    @Test("rows of the old version are deleted after the new ones were sent, by key and tag, with every replacement")
    func replaced() async throws {
        try put("t/1.parquet", eTag: "a")
        try put("t/2.parquet", eTag: "b")
        #expect(try await sync() == ["migrate t", "insert t 50", "insert t 50"])
        try put("t/1.parquet", eTag: "c", day: 5)
        #expect(
            try await sync() == [
                "migrate t", "insert t 50", #"delete t _cq_s3_key=t/1.parquet _cq_s3_etag="a""#,
            ])
        try put("t/1.parquet", eTag: "d", day: 7)
        #expect(try await sync().last == #"delete t _cq_s3_key=t/1.parquet _cq_s3_etag="c""#)
        #expect(try await sync() == ["migrate t"])
    }

    @Test("an object that is read again and has the same content has nothing to delete")
    func touched() async throws {
        try put("t/1.parquet", eTag: "a")
        try put("t/2.parquet", eTag: "b", day: 3)
        _ = try await sync()
        // Longer ago than a day before the newest: only its time tells that it is new.
        try put("t/1.parquet", eTag: "a", day: 5)
        #expect(try await sync() == ["migrate t", "insert t 50"])
    }

    @Test("without lineage, and without a state, nothing is deleted")
    func withoutLineage() async throws {
        try put("t/1.parquet", eTag: "a")
        _ = try await sync(#"{"bucket":"bucket"}"#)
        try put("t/1.parquet", eTag: "b", day: 5)
        #expect(try await sync(#"{"bucket":"bucket"}"#) == ["migrate t", "insert t 50"])
        #expect(state.kept.keys.allSatisfy { !$0.contains("/sent_objects") })
    }

    @Test("a version whose rows were sent in part is deleted too when the next one has been sent")
    func partlySent() async throws {
        try put("t/1.parquet", eTag: "a")
        _ = try await sync()
        let content = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        try put("t/1.parquet", eTag: "b", day: 3, fault: .replaced(after: 0, by: content))
        // The tag becomes "2" as soon as it is read.
        _ = try await sync()
        try put("t/1.parquet", eTag: "c", day: 5)
        let deletions = try await sync().filter { $0.hasPrefix("delete") }
        #expect(deletions == [#"delete t _cq_s3_key=t/1.parquet _cq_s3_etag="2""#])
    }

    @Test("a table that failed keeps its old rows until it is read")
    func failed() async throws {
        try put("t/1.parquet", eTag: "a")
        try put("u/1.parquet", eTag: "a")
        _ = try await sync()
        try put("t/1.parquet", eTag: "b", day: 5)
        bucket.put(
            "t/2.parquet", try SyncEngineTests.fixture("duckdb-uuid"), lastModified: "2026-03-05T00:00:00.000Z")
        bucket.remove("u/1.parquet")
        let log = try await sync()
        #expect(log.filter { $0.hasPrefix("delete") } == ["delete u _cq_s3_key=u/1.parquet"])
        bucket.remove("t/2.parquet")
        #expect(try await sync().last == #"delete t _cq_s3_key=t/1.parquet _cq_s3_etag="a""#)
    }

    @Test("a sync that is cut off before its end deletes with the next one")
    func cutOff() async throws {
        try put("t/1.parquet", eTag: "a")
        try put("t/2.parquet", eTag: "a")
        _ = try await sync()
        try put("t/1.parquet", eTag: "b", day: 5)
        bucket.remove("t/2.parquet")
        let kept = state.kept
        await #expect(throws: RecordingSink.Closed.self) { try await sync(into: RecordingSink(failsAfter: 2)) }
        #expect(state.kept == kept)
        let expected: Set = [
            "delete t _cq_s3_key=t/2.parquet", #"delete t _cq_s3_key=t/1.parquet _cq_s3_etag="a""#,
        ]
        #expect(Set(try await sync().filter { $0.hasPrefix("delete") }) == expected)
    }

    @Test("a checkpoint comes after the deletions that it counts")
    func checkpoints() async throws {
        for index in 1...4 { try put("t/\(index).parquet", eTag: "a") }
        _ = try await sync()
        for index in 1...4 { try put("t/\(index).parquet", eTag: "b", day: 5) }
        let log = try await sync(
            #"{"bucket":"bucket","lineage":true,"concurrency":1}"#, checkpoints: true)
        let inserts = log.filter { $0.hasPrefix("insert") }.count
        #expect(inserts == 4 && log.filter { $0.hasPrefix("delete") }.count == 4)
        // What a checkpoint counts as sent has no old rows any more.
        let ends = log.indices.filter { log[$0] == "checkpoint" }
        #expect(ends.count >= 4)
        for (end, checkpoint) in zip(ends, state.checkpoints) {
            let deletionCount = log[..<end].filter { $0.hasPrefix("delete") }.count
            let text = checkpoint["s3/bucket/t/sent_objects/0"] ?? ""
            #expect(text.ranges(of: "\"b\"").count == deletionCount, "\(text)")
        }
    }

    @Test("what is gone is deleted once, and what comes back is read again even if it is what it was")
    func gone() async throws {
        for key in ["t/1.parquet", "t/2.parquet", "u/1.parquet"] { try put(key, eTag: "a") }
        _ = try await sync()
        bucket.remove("t/1.parquet")
        bucket.remove("u/1.parquet")
        #expect(
            try await sync() == ["migrate t", "delete t _cq_s3_key=t/1.parquet", "delete u _cq_s3_key=u/1.parquet"])
        #expect(log.lines.contains { $0.contains("sync finished") && $0.contains("deleted=2") })
        #expect(try await sync() == ["migrate t"])
        for key in ["t/1.parquet", "u/1.parquet"] { try put(key, eTag: "a") }
        #expect(Set(try await sync()) == ["migrate t", "migrate u", "insert t 50", "insert u 50"])
    }

    @Test("an object that is gone and comes back under its old time, whatever shards there were, is read again")
    func cameBack() async throws {
        for index in 1...3 { try put("t/\(index).parquet", eTag: "a", day: index == 3 ? 9 : 1) }
        _ = try await sync()
        bucket.remove("t/1.parquet")
        #expect(try await sync().last == "delete t _cq_s3_key=t/1.parquet")
        try put("t/1.parquet", eTag: "a")
        #expect(try await sync() == ["migrate t", "insert t 50"])
        #expect(try await sync() == ["migrate t"])
    }

    @Test("very many rows go by messages of some hundred keys")
    func manyGone() async throws {
        for index in 0..<600 { try put("t/\(1_000 + index).parquet", eTag: "a") }
        try put("t/1.parquet", eTag: "a")
        _ = try await sync()
        for index in 0..<600 { bucket.remove("t/\(1_000 + index).parquet") }
        let deletions = try await sync().filter { $0.hasPrefix("delete") }
        #expect(deletions.map { $0.split(separator: " ").count - 2 } == [256, 256, 88])
        #expect(Set(deletions.flatMap { $0.split(separator: " ").dropFirst(2) }).count == 600)
    }

    @Test("nothing is gone that today's spec would not look for")
    func otherSpec() async throws {
        for key in ["t/1.parquet", "t/2.parquet", "t/deep/3.parquet"] { try put(key, eTag: "a") }
        _ = try await sync()
        let narrow = #"{"bucket":"bucket","lineage":true,"deleted_objects":"delete_rows","path_prefix":"t/2"}"#
        #expect(try await sync(narrow) == ["migrate t"])
        let other = #"""
            {"bucket":"bucket","lineage":true,"deleted_objects":"delete_rows",
            "tables_from":[{"pattern":"t/2*","table":"t"},{"pattern":"t/**","table":"rest"}]}
            """#
        #expect(try await sync(other).allSatisfy { !$0.hasPrefix("delete") })
    }

    @Test("a plan says how many objects are gone, and writes nothing")
    func plan() async throws {
        for key in ["t/1.parquet", "t/2.parquet", "u/1.parquet"] { try put(key, eTag: "a") }
        _ = try await sync()
        bucket.remove("t/1.parquet")
        bucket.remove("u/1.parquet")
        let kept = state.kept
        let plugin = S3SourcePlugin(logger: Logger(label: "test") { [log] _ in log }) { [bucket] _ in
            try bucket.client()
        }
        try await plugin.initialize(InitRequest(spec: Bytes(Self.spec.utf8)))
        let plan = try await plugin.plan(SyncOptions(selection: TableSelection()), state: state)
        #expect(plan.tables.map(\.deletedObjects) == [1, 1] && plan.tables.map(\.failure) == [nil, nil])
        #expect(plan.text().contains("deleted: rows of 1 objects of table u that are gone"))
        #expect(state.kept == kept)
    }

    @Test("a record that cannot be read is begun anew, with a warning")
    func corrupt() async throws {
        try put("t/1.parquet", eTag: "a")
        try put("t/2.parquet", eTag: "a")
        _ = try await sync()
        state.set("2:of another version", for: "s3/bucket/t/sent_objects/0")
        try put("t/1.parquet", eTag: "b", day: 5)
        #expect(try await sync() == ["migrate t", "insert t 50"])
        #expect(log.lines.contains { $0.hasPrefix("warning a record of the objects sent is begun anew") })
        try put("t/1.parquet", eTag: "c", day: 7)
        #expect(try await sync().last == #"delete t _cq_s3_key=t/1.parquet _cq_s3_etag="b""#)
    }
}
