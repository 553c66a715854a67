import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Logging
import S3
import Testing

@testable import S3Source

/// How many requests a sync takes: one for each small object, two and more for a large one, none of them a HEAD.
struct SyncRequestTests {
    private let bucket = FakeS3()

    private func sync(_ bucket: FakeS3? = nil) async throws -> RecordingSink {
        let bucket = bucket ?? self.bucket
        let plugin = S3SourcePlugin(logger: Logger(label: "test") { _ in LogRecorder() }) { [bucket] _ in
            try bucket.client()
        }
        try await plugin.initialize(InitRequest(spec: Bytes(#"{"bucket":"bucket"}"#.utf8)))
        let sink = RecordingSink()
        try await plugin.sync(SyncOptions(selection: TableSelection()), into: sink)
        return sink
    }

    private func rowCount(_ sink: RecordingSink) -> Int { sink.batches(of: "t").reduce(0) { $0 + $1.rowCount } }

    @Test("each small object is one request")
    func small() async throws {
        let flat = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        for index in 0..<20 { bucket.put("t/\(index).parquet", flat) }
        #expect(rowCount(try await sync()) == 20 * 50)
        #expect(Set(bucket.reads) == Set((0..<20).map { "t/\($0).parquet whole" }) && bucket.reads.count == 20)
        #expect(bucket.requests.count - 20 == 10, "pages of two keys")
    }

    @Test("tables alone take the ends of objects and keep nothing")
    func tables() async throws {
        let file = padded(try SyncEngineTests.fixture("pyarrow-flat-none-v1"), byteCount: 1 << 20)
        for index in 0..<4 { bucket.put("t/\(index).parquet", file) }
        let plugin = S3SourcePlugin(logger: Logger(label: "test") { _ in LogRecorder() }) { [bucket] _ in
            try bucket.client()
        }
        try await plugin.initialize(InitRequest(spec: Bytes(#"{"bucket":"bucket","concurrency":1}"#.utf8)))
        #expect(try await plugin.tables(TableSelection()).map(\.name) == ["t"])
        #expect(bucket.reads.count == 4)
        #expect(bucket.reads[0] == "t/0.parquet bytes=\(file.count - 65_536)-\(file.count - 1)")
        let start = bucket.reads[1].dropFirst("t/1.parquet bytes=".count).prefix { $0 != "-" }
        #expect(try #require(Int(start)) > file.count - 10_000, "learned from the first footer")
    }

    @Test("of objects of other shards only the ends are fetched, and of objects that were read before")
    func ends() async throws {
        let file = padded(try SyncEngineTests.fixture("pyarrow-flat-none-v1"), byteCount: 1 << 20)
        for index in 0..<10 { bucket.put("t/\(index).parquet", file) }
        let shard = Shard(number: 1, total: 2)
        let own = (0..<10).map { "t/\($0).parquet" }.filter { shard.contains(ObjectKey($0)) }
        let state = MemoryState()
        for (spec, wholes) in [
            (#"{"bucket":"bucket"}"#, Set(own)), (#"{"bucket":"bucket","schema_mismatch":"union"}"#, []),
        ] {
            let plugin = S3SourcePlugin(logger: Logger(label: "test") { _ in LogRecorder() }) { [bucket] _ in
                try bucket.client()
            }
            try await plugin.initialize(InitRequest(spec: Bytes(spec.utf8)))
            var options = SyncOptions(selection: TableSelection())
            options.shard = shard
            let before = bucket.reads.count
            try await plugin.sync(options, state: state, into: RecordingSink())
            let reads = bucket.reads.dropFirst(before)
            #expect(reads.count == 10)
            #expect(Set(reads.filter { $0.hasSuffix(" whole") }.map { String($0.prefix { $0 != " " }) }) == wholes)
        }
    }

    @Test("a large object is its end and then what is missing")
    func large() async throws {
        let file = padded(try SyncEngineTests.fixture("pyarrow-flat-none-v1"))
        bucket.put("t/a.parquet", file)
        #expect(rowCount(try await sync()) == 50)
        #expect(bucket.reads.count == 2)
        #expect(bucket.reads[0] == "t/a.parquet bytes=\(file.count - 65_536)-\(file.count - 1)")
        #expect(bucket.reads[1].hasPrefix("t/a.parquet bytes=4-"))
    }

    @Test("of many large objects each is its end and one request for its row groups, of a few one for each row group")
    func many() async throws {
        let file = padded(try SyncEngineTests.fixture("polars-row-groups"))
        for (count, requestCount) in [(8, 2), (7, 6)] {
            let bucket = FakeS3()
            for index in 0..<count { bucket.put("t/\(index).parquet", file) }
            let rows = rowCount(try await sync(bucket))
            for index in 0..<count {
                let reads = bucket.reads.filter { $0.hasPrefix("t/\(index).parquet ") }
                #expect(reads.count == requestCount, "\(reads)")
            }
            #expect(rows % count == 0 && rows > 0)
        }
    }

    @Test("an object replaced between its footer and its rows is read as it is then")
    func replaced() async throws {
        let file = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        bucket.put("t/a.parquet", padded(file))
        bucket.put(
            "t/b.parquet", padded(file), fault: .replaced(after: 1, by: padded(file, byteCount: 10 << 20)))
        #expect(rowCount(try await sync()) == 100)
        #expect(bucket.reads.count { $0.hasPrefix("t/b") } == 4, "end, 412, end, rows")
    }
}
