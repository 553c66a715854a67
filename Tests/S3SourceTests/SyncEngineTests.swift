import ArrowLayout
import ByteCore
import CloudQueryPlugin
import FoundationEssentials
import Logging
import S3
import Synchronization
import Testing

@testable import S3Source

/// The engine over a bucket in memory, with files by other writers.
struct SyncEngineTests {
    private let bucket = FakeS3()

    static func fixture(_ name: String) throws -> [UInt8] {
        let directory = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return [UInt8](try Data(contentsOf: URL(filePath: "/\(directory)/Fixtures/parquet/\(name).parquet")))
    }

    private func plugin(log: LogRecorder = LogRecorder()) -> S3SourcePlugin {
        let logger = Logger(label: "test") { _ in log }
        return S3SourcePlugin(logger: logger) { [bucket] _ in try bucket.client() }
    }

    private func sync(
        _ spec: String = #"{"bucket":"bucket","rows_per_record":20}"#, tables: [String] = ["*"],
        log: LogRecorder = LogRecorder(), into sink: RecordingSink = RecordingSink()
    ) async throws -> RecordingSink {
        let plugin = plugin(log: log)
        try await plugin.initialize(InitRequest(spec: Bytes(spec.utf8)))
        try await plugin.sync(SyncOptions(selection: TableSelection(tables: tables)), into: sink)
        return sink
    }

    @Test("every table is migrated first, then its rows come in batches of at most rows_per_record")
    func order() async throws {
        let flat = try Self.fixture("pyarrow-flat-none-v1")
        bucket.put("a/1.parquet", flat)
        bucket.put("b/1.parquet", flat)
        bucket.put("b/2.parquet", flat)
        bucket.put("b/notes.txt", [1, 2, 3])
        let log = try await sync().log
        #expect(log.prefix(2) == ["migrate a", "migrate b"])
        #expect(log.filter { $0 == "insert a 20" }.count == 2 && log.filter { $0 == "insert a 10" }.count == 1)
        #expect(log.filter { $0 == "insert b 20" }.count == 4 && log.filter { $0 == "insert b 10" }.count == 2)
        #expect(log.count == 11)
    }

    @Test("only the tables asked for are read, and a pattern without a match is an error")
    func selection() async throws {
        bucket.put("a/1.parquet", try Self.fixture("pyarrow-flat-none-v1"))
        bucket.put("b/1.parquet", [0])
        #expect(try await sync(tables: ["a"]).log.first == "migrate a")
        #expect(!bucket.requests.contains { $0.contains("/b/1.parquet") })
        let error = await #expect(throws: (any Error).self) { try await sync(tables: ["c"]) }
        #expect("\(try #require(error))" == "tables include a pattern c with no matches")
    }

    @Test("an empty bucket is a warning, not an error")
    func empty() async throws {
        let log = LogRecorder()
        #expect(try await sync(log: log).log.isEmpty)
        #expect(log.lines.contains { $0.hasPrefix("warning no Parquet objects found") })
    }

    @Test("ids are filled, unique over the table, and the same in every sync")
    func ids() async throws {
        let flat = try Self.fixture("pyarrow-flat-none-v1")
        bucket.put("b/1.parquet", flat)
        bucket.put("b/2.parquet", flat)
        func ids() async throws -> [[UInt8]] {
            let batches = try await sync().batches(of: "b")
            return batches.flatMap { batch in
                let view = ArrayView(batch.columns[0])
                return (0..<batch.rowCount).compactMap { view.bytes(at: $0).map { [UInt8]($0) } }
            }
        }
        let first = try await ids()
        #expect(first.count == 100)
        #expect(Set(first).count == 100)
        #expect(Set(try await ids()) == Set(first))
    }

    @Test("a deleted, a replaced and a malformed object are warnings; the rest arrives")
    func skipped() async throws {
        let flat = try Self.fixture("pyarrow-flat-none-v1")
        bucket.put("t/1.parquet", flat)
        bucket.put("t/2.parquet", flat, fault: .deleted)
        bucket.put("t/3.parquet", Array(flat.dropLast(5)))
        bucket.put("t/4.parquet", [])
        bucket.put("t/5.parquet", padded(flat), fault: .replacedAfterFooter)
        let log = LogRecorder()
        let sink = try await sync(log: log)
        #expect(sink.batches(of: "t").reduce(0) { $0 + $1.rowCount } == 50)
        for (key, reason) in [
            ("t/2.parquet", "deleted between list and read"), ("t/3.parquet", "must end in PAR1"), ("t/4.parquet", ""),
            ("t/5.parquet", "replaced while it was read"),
        ] {
            #expect(
                log.lines.contains {
                    $0.hasPrefix("warning object skipped") && $0.contains(key) && $0.contains(reason)
                },
                "\(key): \(log.lines)")
        }
    }

    @Test("encrypted objects are read with the keys of the spec; without, a warning names what is missing")
    func encrypted() async throws {
        let footer = "30313233343536373839616263646566"
        bucket.put("t/1.parquet", try Self.fixture("pyarrow-encrypted-gcm-128"))
        let keys = #"{"bucket":"bucket","decryption_keys":{"footer":"\#(footer)"}}"#
        #expect(try await sync(keys).batches(of: "t").map(\.rowCount) == [4, 2])
        for (spec, reason) in [
            (#"{"bucket":"bucket"}"#, "encrypted: the footer key is needed and was not given"),
            (keys.replacing("3435", with: "3434"), "decryption failed"),
        ] {
            let log = LogRecorder()
            #expect(try await sync(spec, log: log).log.isEmpty)
            #expect(
                log.lines.contains { $0.hasPrefix("warning object skipped") && $0.contains(reason) }, "\(log.lines)")
            #expect(!log.lines.contains { $0.contains(footer) || $0.contains("0123456789abcdef") })
        }
        // A readable footer gives the table, but one column has no key: no rows, and its name in the warning.
        bucket.put("t/1.parquet", try Self.fixture("pyarrow-encrypted-columns-plaintext-footer"))
        let log = LogRecorder()
        #expect(try await sync(log: log).log == ["migrate t"])
        let warning = "column \"a\": encrypted: the key of the column is needed and was not given"
        #expect(log.lines.contains { $0.hasPrefix("warning object skipped") && $0.contains(warning) }, "\(log.lines)")
    }

    @Test("whatever Arrow types the writers had in mind, destinations get plain ones")
    func arrowTypes() async throws {
        bucket.put("t/1.parquet", try Self.fixture("pyarrow-arrow-encodings"))
        let batch = try #require(try await sync().batches(of: "t").first)
        #expect(batch.schema.fields.dropFirst(2).map(\.type) == [.utf8, .utf8, .utf8, .binary])
    }

    @Test("INT96 timestamps of any year arrive; digits that are cut are warned of once for each column")
    func int96() async throws {
        bucket.put("far/1.parquet", try Self.fixture("pyarrow-int96-far"))
        bucket.put("fine/1.parquet", try Self.fixture("pyarrow-int96"))
        bucket.put("fine/2.parquet", try Self.fixture("pyarrow-int96-plain"))
        let log = LogRecorder()
        let sink = try await sync(log: log)
        let far = try #require(sink.batches(of: "far").first)
        #expect(far.columns[2].type == .timestamp(.microsecond, timezone: nil))
        let moments = ArrayView(far.columns[2])
        #expect((0..<2).map { moments.int64(at: $0) } == [-62_135_596_800_000_000, 253_402_300_799_999_999])
        #expect(sink.batches(of: "fine").reduce(0) { $0 + $1.rowCount } == 100)
        let warnings = log.lines.filter { $0.hasPrefix("warning") }
        #expect(warnings.count == 1 && warnings[0].contains("column=moment_ns"), "\(warnings)")
    }

    @Test("an INT96 timestamp that the chosen unit does not hold fails the table, naming the field")
    func int96Range() async throws {
        bucket.put("t/1.parquet", try Self.fixture("pyarrow-int96-far"))
        let error = await #expect(throws: TablesFailed.self) {
            try await sync(#"{"bucket":"bucket","int96_timestamps":"ns"}"#)
        }
        let text = try #require(error).description
        for part in ["t/1.parquet", "\"moment\"", #"int96_timestamps is "ns": set it to "us" or "ms""#] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("at most `concurrency` objects are read at once, and a waiting destination stops the reading")
    func backPressure() async throws {
        let flat = try Self.fixture("pyarrow-flat-none-v1")
        for index in 0..<10 { bucket.put("t/\(index).parquet", flat) }
        let sink = RecordingSink(isOpen: false)
        let running = Task {
            try await sync(#"{"bucket":"bucket","rows_per_record":50,"concurrency":3}"#, into: sink)
        }
        while sink.suspendedCount < 1 { await Task.yield() }
        #expect(sink.log == ["migrate t"], "no rows before the migrate was taken")
        sink.open()
        _ = try await running.value
        #expect(sink.batches(of: "t").count == 10)

        // Each of them sends the one batch of its object, which is not taken.
        let full = RecordingSink(closesAfter: 1)
        let sending = Task {
            try await sync(#"{"bucket":"bucket","rows_per_record":50,"concurrency":3}"#, into: full)
        }
        while full.suspendedCount < 3 { await Task.yield() }
        for _ in 0..<1_000 { await Task.yield() }
        #expect(full.suspendedCount == 3)
        full.open()
        _ = try await sending.value
        #expect(full.batches(of: "t").count == 10)
    }

    @Test("tables asked for after a sync are those of the sync, without another request")
    func tablesAfterSync() async throws {
        bucket.put("t/1.parquet", try Self.fixture("pyarrow-flat-none-v1"))
        let plugin = plugin()
        try await plugin.initialize(InitRequest(spec: Bytes(#"{"bucket":"bucket"}"#.utf8)))
        try await plugin.sync(SyncOptions(selection: TableSelection()), into: RecordingSink())
        let requestCount = bucket.requests.count
        #expect(try await plugin.tables(TableSelection()).map(\.name) == ["t"])
        #expect(bucket.requests.count == requestCount)
    }
}

/// Keeps log lines as `level message key=value…`.
final class LogRecorder: LogHandler {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        recorded.withLock { $0.append("\(event.level) \(event.message) \(fields)") }
    }
}
