import AWSAuth
import ByteCore
import CloudQueryPlugin
import JSON
import Logging
import S3
import Testing

@testable import S3Source

struct SyncPlanTests {
    private let bucket = FakeS3()

    private func plugin(_ spec: String = #"{"bucket":"bucket"}"#) async throws -> S3SourcePlugin {
        let plugin = S3SourcePlugin(logger: Logger(label: "test") { _ in LogRecorder() }) { [bucket] _ in
            try bucket.client()
        }
        try await plugin.initialize(InitRequest(spec: Bytes(spec.utf8)))
        return plugin
    }

    private func put() throws {
        let flat = try SyncEngineTests.fixture("pyarrow-flat-none-v1")
        bucket.put("a/1.parquet", flat, lastModified: "2026-03-01T00:00:00.000Z")
        bucket.put("a/2.parquet", flat, lastModified: "2026-03-05T00:00:00.000Z")
        bucket.put("a/3.parquet", Array(flat.dropLast(5)), lastModified: "2026-03-05T00:00:00.000Z")
        bucket.put("b/1.parquet", flat)
        bucket.put("b/2.parquet", try SyncEngineTests.fixture("duckdb-uuid"))
        bucket.put("c/1.parquet", [1, 2, 3])
    }

    @Test("a plan says per table what is new, what is passed over and why, and what would fail")
    func plan() async throws {
        try put()
        let state = MemoryState(["s3/bucket/a/last_modified_cursor": "2026-03-02T00:00:00Z"])
        let plan = try await plugin().plan(SyncOptions(selection: TableSelection()), state: state)
        #expect(plan.tables.map(\.name) == ["a", "b", "c"])
        let first = plan.tables[0]
        #expect(first.objects == 3 && first.newObjects == 1 && first.unchangedObjects == 1 && first.newRows == 50)
        #expect(first.skipped.map(\.key) == ["a/3.parquet"] && first.skipped.map(\.cause) == ["malformed"])
        #expect(first.getRequests == 3 && first.failure == nil)
        #expect(plan.tables[1].failure?.contains("b/2.parquet") == true)
        #expect(plan.tables[2].failure != nil)
        #expect(state.kept.count == 1, "a plan changes nothing")
        let text = plan.text()
        for part in ["a/3.parquet (malformed)", "failed: table b", "GET requests", "new objects"] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("a plan as JSON has its totals and says the same")
    func json() async throws {
        try put()
        let plan = try await plugin().plan(SyncOptions(selection: TableSelection(tables: ["a"])), state: nil)
        guard case .object(let document)? = JSONValue(parsing: try plan.json().utf8),
            case .array(let tables)? = document["tables"], case .object(let table)? = tables.first
        else {
            Issue.record("not the JSON of a plan")
            return
        }
        #expect(document["get_requests"] == .integer(3))
        #expect(table["name"] == .string("a") && table["new_objects"] == .integer(2))
        #expect(table["new_bytes"] != nil && table["skipped"] != nil)
    }

    @Test("a plan has as many requests as the sync takes, also where there is no room for all small objects")
    func requests() async throws {
        let file = padded(try SyncEngineTests.fixture("pyarrow-flat-none-v1"), byteCount: 300 << 10)
        for index in 0..<6 { bucket.put("t/\(index).parquet", file) }
        for (limit, count) in [("256 MiB", 6), ("1 MiB", 11)] {
            let plugin = try await plugin(#"{"bucket":"bucket","memory_limit":"\#(limit)","concurrency":1}"#)
            let plan = try await plugin.plan(SyncOptions(selection: TableSelection()), state: nil)
            #expect(plan.getRequests == count)
            let before = bucket.reads.count
            try await plugin.sync(SyncOptions(selection: TableSelection()), into: RecordingSink())
            #expect(bucket.reads.count - before == count, "\(bucket.reads.dropFirst(before))")
        }
    }

    @Test("progress is one line with what is done, the rates and the time left")
    func progress() {
        var progress = SyncProgress()
        #expect(progress.line(elapsed: .zero) == "0/0 objects  0 B of 0 B  0 rows  0 B/s  0 rows/s")
        progress.objectCount = 4
        progress.byteCount = 4 << 20
        progress.doneObjectCount = 1
        progress.doneByteCount = 1 << 20
        progress.rowCount = 1_000
        #expect(
            progress.line(elapsed: .seconds(30), barWidth: 8)
                == "[##......] 25%  1/4 objects  1.0 MiB of 4.0 MiB  1000 rows  34.1 KiB/s  33 rows/s  01:30 left")
        #expect(progress.line(elapsed: .seconds(3_600)).hasSuffix("3:00:00 left"))
    }

    @Test("the hub's pages name every field of the spec with type, default and example")
    func documentation() throws {
        let page = try #require(HubDocumentation.files(version: "v1.0.0").first { $0.name == "configuration.md" }).text
        let schema = try #require(JSONValue(parsing: SourceSpec.jsonSchema.utf8))
        guard case .object(let members) = schema, case .object(let fields)? = members["properties"] else {
            Issue.record("no fields")
            return
        }
        let names = SpecField.all.map(\.name)
        let nested =
            ["tables_from[].pattern", "tables_from[].table"]
            + ["aad_prefix", "by_metadata", "columns", "footer"].map { "decryption_keys.\($0)" }
        #expect(Set(names) == Set(nested + fields.keys) && names.first == "bucket")
        for field in SpecField.all {
            #expect(page.contains("| `\(field.name)` | \(field.type) |"))
            #expect(!field.type.isEmpty && !field.text.isEmpty && !field.example.isEmpty, "\(field.name)")
        }
        #expect(page.contains("| `rows_per_record` | integer | `500` |"))
    }
}
