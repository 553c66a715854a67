import ArrowLayout
import ByteCore
import CloudQueryPlugin
import FoundationEssentials
import Logging
import S3
import Testing

@testable import S3Source

/// The options that say how keys and files become tables, over a bucket in memory with files by other writers.
struct TablesFromKeysTests {
    private let bucket = FakeS3()
    private let log = LogRecorder()

    private static func fixture(_ name: String) throws -> [UInt8] {
        let directory = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return [UInt8](try Data(contentsOf: URL(filePath: "/\(directory)/Fixtures/parquet/\(name).parquet")))
    }

    private func put(_ fixture: String = "duckdb-uuid", _ keys: String...) throws {
        for key in keys { bucket.put(key, try Self.fixture(fixture)) }
    }

    @discardableResult
    private func sync(_ fields: String) async throws -> RecordingSink {
        let plugin = S3SourcePlugin(logger: Logger(label: "test") { [log] _ in log }) { [bucket] _ in
            try bucket.client()
        }
        let sink = RecordingSink()
        try await plugin.initialize(InitRequest(spec: Bytes(#"{"bucket":"my-bucket",\#(fields)}"#.utf8)))
        try await plugin.sync(SyncOptions(selection: TableSelection()), into: sink)
        return sink
    }

    private func failure(_ fields: String) async -> String {
        let error = await #expect(throws: (any Error).self) { try await sync(fields) }
        return error.map { "\($0)" } ?? ""
    }

    /// The distinct values of a column over all batches of a table, as text, sorted.
    private func values(_ sink: RecordingSink, _ table: String, _ column: String) -> [String] {
        var values: Set<String> = []
        for batch in sink.batches(of: table) {
            guard let index = batch.schema.fields.firstIndex(where: { $0.name == column }) else { continue }
            let view = ArrayView(batch.columns[index])
            for row in 0..<batch.rowCount {
                values.insert(
                    view.isNull(at: row) ? "null" : view.string(at: row) ?? view.int64(at: row).map { "\($0)" } ?? "?")
            }
        }
        return values.sorted()
    }

    private func columns(_ sink: RecordingSink, _ table: String) -> [String] {
        sink.batches(of: table).first?.schema.fields.dropFirst(2).map { "\($0.name) \($0.type)" } ?? []
    }

    @Test("directories that give one name are an error naming both, or one table")
    func collisions() async throws {
        try put("duckdb-uuid", "a-b/1.parquet", "a_b/2.parquet", "c/1.parquet")
        let text = await failure(#""path_style":true"#)
        for part in ["\"a-b\"", "\"a_b\"", "table name a_b", "table_name_collisions"] { #expect(text.contains(part)) }
        let sink = try await sync(#""table_name_collisions":"merge""#)
        #expect(sink.log.filter { $0 == "insert a_b 20" }.count == 2)
    }

    @Test("an object beside the directory of its name is no collision")
    func noCollision() async throws {
        try put("duckdb-uuid", "in.parquet", "in/a.parquet")
        #expect(try await sync(#""path_style":true"#).log.filter { $0 == "insert in 20" }.count == 2)
    }

    @Test("rules name tables and make columns; other keys are counted, not read")
    func rules() async throws {
        try put("duckdb-uuid", "logs/007/eu/2024/01/a.parquet", "logs/12/us/2024/12/b.parquet", "other/x.parquet")
        let rule = #"{"pattern":"logs/{account}/{region}/{YYYY}/{MM}/*","table":"logs_{region}"}"#
        let sink = try await sync(#""tables_from":[\#(rule)]"#)
        #expect(sink.log.filter { $0.hasPrefix("migrate") } == ["migrate logs_eu", "migrate logs_us"])
        #expect(columns(sink, "logs_eu").suffix(3) == ["account utf8", "year int64", "month int64"])
        #expect(values(sink, "logs_eu", "account") == ["007"] && values(sink, "logs_us", "month") == ["12"])
        #expect(
            log.lines.contains { $0.contains("no pattern") && $0.contains("keys=1") && $0.contains("other/x.parquet") })
        #expect(!bucket.requests.contains { $0.contains("other/x.parquet") })
    }

    @Test("partitions fold into one table, with one type over all files")
    func partitions() async throws {
        try put(
            "duckdb-uuid", "t/year=2024/p=1/a.parquet", "t/year=2023/p=x/b.parquet",
            "t/year=2023/p=__HIVE_DEFAULT_PARTITION__/c.parquet")
        let sink = try await sync(#""hive_partitioning":true"#)
        #expect(columns(sink, "t").suffix(2) == ["year int64", "p utf8"])
        #expect(values(sink, "t", "year") == ["2023", "2024"] && values(sink, "t", "p") == ["1", "null", "x"])
    }

    @Test("a partition wins over a column of its name in the file, which is not read")
    func partitionAgainstColumn() async throws {
        try put("duckdb-uuid", "t/i=5/a.parquet")
        let sink = try await sync(#""hive_partitioning":true"#)
        #expect(columns(sink, "t").suffix(1) == ["i int64"] && columns(sink, "t").count == 2)
        #expect(values(sink, "t", "i") == ["5"])
    }

    @Test("objects without a partition that others have are an error, or have a null there")
    func missingPartition() async throws {
        try put("duckdb-uuid", "t/a.parquet", "t/k=1/b.parquet")
        let text = await failure(#""hive_partitioning":true"#)
        #expect(text.contains("t/a.parquet") && text.contains("t/k=1/b.parquet") && text.contains("\"k\""))
        let sink = try await sync(#""hive_partitioning":true,"schema_mismatch":"union""#)
        #expect(values(sink, "t", "k") == ["1", "null"])
    }

    @Test("files that differ are united, and what differs is logged")
    func union() async throws {
        try put("duckdb-row-groups", "t/1.parquet")
        try put("duckdb-uuid", "t/2.parquet")
        let sink = try await sync(#""schema_mismatch":"union""#)
        #expect(
            columns(sink, "t").map { $0.split(separator: " ")[0] } == ["i", "digit", "name", "third", "identifier"])
        let counts = sink.batches(of: "t").reduce(into: [0, 0]) { counts, batch in
            counts[0] += batch.columns[2].nullCount
            counts[1] += batch.columns[6].nullCount
            for column in batch.columns { #expect(throws: Never.self) { try column.validate() } }
        }
        #expect(counts == [0, 5_000])
        #expect(log.lines.contains { $0.contains("united") && $0.contains("\"identifier\" is in 1 of 2") })
    }

    @Test("lineage names the object, its version and the row")
    func lineage() async throws {
        try put("duckdb-uuid", "t/1.parquet", "t/2.parquet")
        let sink = try await sync(#""lineage":true,"rows_per_record":7"#)
        #expect(
            columns(sink, "t").suffix(4) == [
                "_cq_s3_key utf8", "_cq_s3_etag utf8", "_cq_s3_last_modified timestamp[us, tz=UTC]", "_cq_s3_row int64",
            ])
        #expect(values(sink, "t", "_cq_s3_key") == ["t/1.parquet", "t/2.parquet"])
        #expect(values(sink, "t", "_cq_s3_etag") == ["\"1\""])
        #expect(values(sink, "t", "_cq_s3_last_modified") == ["1773500966000000"])
        #expect(values(sink, "t", "_cq_s3_row").compactMap { Int($0) }.sorted() == Array(0..<20))
    }

    @Test("only the columns asked for are read, whatever the others are")
    func selection() async throws {
        try put("duckdb-row-groups", "t/1.parquet")
        try put("duckdb-uuid", "t/2.parquet")
        let sink = try await sync(#""columns":["i"]"#)
        #expect(columns(sink, "t") == ["i int64"])
        #expect(sink.batches(of: "t").reduce(0) { $0 + $1.rowCount } == 5_020)
        #expect(await failure(#""columns":["i","nope"]"#) == "columns include a pattern nope with no matches")
        #expect(await failure(#""skip_columns":["*"]"#).contains("leave table t without a column"))
    }

    @Test("columns of the key can be left out, or be all that is read")
    func selectedPath() async throws {
        try put("duckdb-uuid", "t/k=1/1.parquet")
        #expect(columns(try await sync(#""hive_partitioning":true,"skip_columns":["k"]"#), "t").count == 2)
        let sink = try await sync(#""hive_partitioning":true,"columns":["k"]"#)
        #expect(columns(sink, "t") == ["k int64"])
        #expect(sink.batches(of: "t").reduce(0) { $0 + $1.rowCount } == 20)
    }
}
