import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Logging
import S3
import Testing

@testable import S3Source

/// Syncs of tables that earlier syncs know.
struct UnchangedSyncTests {
    private let bucket = FakeS3()
    private let state = MemoryState()

    private func sync(
        _ spec: String = #"{"bucket":"bucket"}"#, shard: Shard? = nil, log: LogRecorder = LogRecorder()
    ) async throws -> (sink: RecordingSink, reads: [String]) {
        let plugin = S3SourcePlugin(logger: Logger(label: "test") { _ in log }) { [bucket] _ in
            try bucket.client()
        }
        let before = bucket.reads.count
        try await plugin.initialize(InitRequest(spec: Bytes(spec.utf8)))
        let sink = RecordingSink()
        var options = SyncOptions(selection: TableSelection())
        options.shard = shard
        try await plugin.sync(options, state: state, into: sink)
        return (sink, bucket.reads.dropFirst(before).map { String($0.prefix { $0 != " " }) })
    }

    private func put(_ keys: String..., fixture: String = "pyarrow-flat-none-v1") throws {
        for key in keys { bucket.put(key, try SyncEngineTests.fixture(fixture)) }
    }

    @Test("a sync without anything new lists and reads nothing, and migrates the same tables")
    func unchanged() async throws {
        try put("a/1.parquet", "a/2.parquet", "b/1.parquet")
        bucket.put("b/bad.parquet", [1, 2, 3])
        let first = try await sync()
        let second = try await sync()
        #expect(second.reads.isEmpty)
        #expect(second.sink.log == ["migrate a", "migrate b"])
        #expect(second.sink.tables == first.sink.tables)
    }

    @Test("only what is new is read; it must fit the table, and makes its columns nullable as before")
    func new() async throws {
        try put("a/1.parquet", "a/2.parquet")
        _ = try await sync()
        try put("a/3.parquet")
        let second = try await sync()
        #expect(Set(second.reads) == ["a/3.parquet"])
        #expect(second.sink.batches(of: "a").reduce(0) { $0 + $1.rowCount } == 50)
        try put("a/4.parquet", fixture: "duckdb-uuid")
    }

    /// Syncs, which fails; returns why, and what was read for it.
    private func failingSync() async throws -> (reason: String, reads: [String]) {
        let before = bucket.reads.count
        let error = try await #require(throws: TablesFailed.self) { try await sync() }
        return ("\(error)", bucket.reads.dropFirst(before).map { String($0.prefix { $0 != " " }) })
    }

    @Test("an object that does not fit costs the footer of one that was read before, in every sync, and names both")
    func misfit() async throws {
        for index in 1...5 { try put("a/\(index).parquet") }
        _ = try await sync()
        try put("a/6.parquet", fixture: "duckdb-uuid")
        for _ in 0..<2 {
            let (reason, reads) = try await failingSync()
            #expect(Set(reads) == ["a/1.parquet", "a/6.parquet"] && reads.count <= 3, "a footer may be two requests")
            #expect(reason.contains("\"a/1.parquet\" and \"a/6.parquet\" differ"), "\(reason)")
        }
    }

    @Test("an object that is refused costs one request in every sync, and says nothing of those read before")
    func refused() async throws {
        for index in 1...5 { try put("a/\(index).parquet") }
        _ = try await sync()
        bucket.put("a/6.parquet", try SyncEngineTests.fixture("pyarrow-flat-none-v1"), fault: .denied)
        for _ in 0..<2 {
            let (reason, reads) = try await failingSync()
            #expect(reads == ["a/6.parquet"] && reason.contains("a/6.parquet"), "\(reason)")
        }
    }

    @Test("what the table was before, in shards or as a whole, does not count once none of it is there any more")
    func former() async throws {
        try put("a/1.parquet", "a/2.parquet", fixture: "duckdb-uuid")
        for number in [1, 2] { _ = try await sync(shard: Shard(number: number, total: 2)) }
        for key in ["a/1.parquet", "a/2.parquet"] {
            bucket.put(
                key, try SyncEngineTests.fixture("pyarrow-flat-none-v1"), lastModified: "2026-03-15T15:09:26.000Z",
                eTag: "new")
        }
        _ = try await sync()
        #expect(try await sync().reads.isEmpty)
    }

    @Test("where all old objects are gone, or the spec is another one, the footers are read again")
    func outdated() async throws {
        try put("a/1.parquet")
        _ = try await sync()
        #expect(Set(try await sync(#"{"bucket":"bucket","table_name_collisions":"merge"}"#).reads) == ["a/1.parquet"])
        bucket.remove("a/1.parquet")
        try put("a/2.parquet", fixture: "duckdb-uuid")
        let changed = try await sync(#"{"bucket":"bucket","table_name_collisions":"merge"}"#)
        #expect(changed.sink.batches(of: "a").count == 1)
    }

    @Test("shards know each other's objects, and read nothing again")
    func shards() async throws {
        for index in 0..<10 { try put("a/\(index).parquet") }
        for number in [1, 2] { _ = try await sync(shard: Shard(number: number, total: 2)) }
        for number in [1, 2] { #expect(try await sync(shard: Shard(number: number, total: 2)).reads.isEmpty) }
        #expect(try await sync().reads.isEmpty)
    }

    @Test("a change of the spec costs one look at the footers, whatever shards the table was synced in before")
    func shardsAndAnotherSpec() async throws {
        for index in 0..<10 { try put("a/\(index).parquet") }
        let shards = [1, 2].map { Shard(number: $0, total: 2) }
        let other = #"{"bucket":"bucket","schema_mismatch":"union"}"#
        _ = try await sync()
        for spec in [#"{"bucket":"bucket"}"#, other] {
            for shard in shards { _ = try await sync(spec, shard: shard) }
            for shard in shards { #expect(try await sync(spec, shard: shard).reads.isEmpty) }
        }
        let asMany = #"{"concurrency":7, "schema_mismatch":"union","bucket":"bucket"}"#
        for shard in shards { #expect(try await sync(asMany, shard: shard).reads.isEmpty, "nothing about schemas") }
        #expect(try await sync(other).reads.isEmpty, "the shards know all objects")
        for shard in shards { #expect(try await sync(other, shard: shard).reads.isEmpty) }
    }

    @Test("what cannot be read is not read again while it and the spec stay, but counted, and warned of once")
    func unreadable() async throws {
        let footer = "30313233343536373839616263646566"
        let keys = #"{"bucket":"bucket","decryption_keys":{"footer":"\#(footer)"}}"#
        try put("a/1.parquet")
        try put("a/2.parquet", "a/3.parquet", "b/1.parquet", "b/2.parquet", fixture: "pyarrow-encrypted-gcm-128")
        bucket.put("b/3.parquet", [1, 2, 3])
        bucket.put("c/1.parquet", [1, 2, 3])
        // A readable footer gives the table, but one column has no key.
        try put("d/1.parquet", fixture: "pyarrow-encrypted-columns-plaintext-footer")
        let first = try await sync()
        for _ in 0..<2 {
            let log = LogRecorder()
            let again = try await sync(log: log)
            #expect(again.reads.isEmpty)
            #expect(again.sink.log == ["migrate a", "migrate d"] && again.sink.tables == first.sink.tables)
            let warnings = log.lines.filter { $0.hasPrefix("warning") }
            #expect(warnings.count == 4 && warnings[0].hasSuffix("example=a/2.parquet objects=2 table=a"))
            let summary = try #require(log.lines.last { $0.contains("sync finished") })
            #expect(summary.contains("skipped=7 skipped_encrypted=5 skipped_malformed=2"), "\(summary)")
        }
        // One shard knows it of all, or reads it once.
        #expect(try await sync(shard: Shard(number: 1, total: 2)).reads.isEmpty)
        bucket.put("c/1.parquet", [UInt8](repeating: 1, count: 20), lastModified: "2026-03-15T15:09:26.000Z", eTag: "2")
        try put("b/4.parquet")
        let new = try await sync()
        #expect(Set(new.reads) == ["c/1.parquet", "b/4.parquet"])
        #expect(new.sink.batches(of: "b").reduce(0) { $0 + $1.rowCount } == 50)
        bucket.remove("a/1.parquet")
        bucket.remove("b/4.parquet")
        let withKeys = try await sync(keys)
        #expect(withKeys.sink.batches(of: "b").reduce(0) { $0 + $1.rowCount } == 12)
        #expect(try await sync(keys).reads.isEmpty)
    }

    @Test("a schema is the same when it is read again; texts of others, and broken ones, are none")
    func texts() {
        let schema = Schema([
            Field("n", .int64, isNullable: false), Field("l", .list(Field("item", .utf8)), metadata: ["k": "v"]),
            Field("d", .decimal128(precision: 10, scale: 2)), Field("t", .timestamp(.microsecond, timezone: "UTC")),
        ])
        let digest = KnownSchema.digest(ofSpec: Bytes("{}".utf8), version: "v1")
        let text = KnownSchema.text(of: schema, digest: digest)
        #expect(KnownSchema.schema(of: text, digest: digest)?.fields == schema.fields)
        #expect(
            KnownSchema.schema(of: text, digest: KnownSchema.digest(ofSpec: Bytes("{}".utf8), version: "v2")) == nil)
        for broken in ["", "1:", text + "0", text + "zz", String(text.dropLast(200)), "2" + text.dropFirst()] {
            #expect(KnownSchema.schema(of: broken, digest: digest) == nil, "\(broken.prefix(80))")
        }
    }
}
