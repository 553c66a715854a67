import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Glibc
import Logging
import RPC
import Synchronization

/// A source made of closures, which records the calls it gets.
final class TestSource: SourcePlugin {
    let identity = PluginIdentity(team: "test-team", name: "test", version: "v1.2.3")
    let specSchema: String
    let knownTables: [Table]
    private let onInitialize: @Sendable (InitRequest) async throws -> Void
    private let onSync: @Sendable (SyncOptions, any SyncSink) async throws -> Void
    private let onTest: @Sendable (Bytes) async -> ConnectionTestResult
    private let recorded = Mutex<[String]>([])

    init(
        specSchema: String = "", tables: [Table] = [],
        onSync: @escaping @Sendable (SyncOptions, any SyncSink) async throws -> Void = { _, _ in },
        onInitialize: @escaping @Sendable (InitRequest) async throws -> Void = { _ in },
        onTest: @escaping @Sendable (Bytes) async -> ConnectionTestResult = { _ in .success }
    ) {
        self.specSchema = specSchema
        knownTables = tables
        self.onInitialize = onInitialize
        self.onTest = onTest
        self.onSync = onSync
    }

    /// The calls so far, in order.
    var calls: [String] { recorded.withLock { $0 } }

    private func record(_ call: String) { recorded.withLock { $0.append(call) } }

    func initialize(_ request: InitRequest) async throws {
        record("init \(request.spec.text) \(request.noConnection) \(request.invocationID)")
        try await onInitialize(request)
    }

    func tables(_ selection: TableSelection) async throws -> [Table] { try selection.select(from: knownTables) }

    func sync(_ options: SyncOptions, into sink: any SyncSink) async throws {
        record("sync")
        try await onSync(options, sink)
    }

    func testConnection(spec: Bytes) async -> ConnectionTestResult {
        record("test \(spec.text)")
        return await onTest(spec)
    }

    func close() async { record("close") }
}

/// An error with a text.
struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Bytes {
    init(utf8 text: String) { self.init(text.utf8) }

    var text: String { String(validating: self) ?? "not UTF-8" }
}

/// A table of one 64-bit column, and batches of it.
extension Table {
    static let numbers = Table(name: "numbers", columns: [CQColumn.id, Field("n", .int64)])

    /// Rows with the numbers given.
    func batch(_ numbers: [Int64]) -> RecordBatch {
        var ids = ByteBuilder(capacity: numbers.count * 16)
        for number in numbers {
            ids.append(UInt64(0))
            ids.append(number)
        }
        var values = PrimitiveBuilder<Int64>()
        values.append(contentsOf: numbers)
        let id = ArrayData(
            type: .fixedSizeBinary(byteWidth: 16), count: numbers.count, nullCount: 0, buffers: [Bytes(), ids.freeze()])
        return RecordBatch(schema: schema, rowCount: numbers.count, columns: [id, values.freeze(.int64)])
    }
}

extension RecordBatch {
    /// The 64-bit values of a column.
    func numbers(column: Int = 1) -> [Int64?] { (0..<rowCount).map { ArrayView(columns[column]).int64(at: $0) } }
}

/// A directory of its own for a test, removed with all that is in it.
final class ScratchDirectory: Sendable {
    let path: String

    init() {
        path = "/tmp/cqplugin-tests-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        unsafe mkdir(path, 0o700)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func contains(_ name: String) -> Bool { unsafe access(file(name), F_OK) == 0 }

    deinit {
        // Only sockets are made here; a server that ended has removed its own.
        unsafe unlink(file("plugin.sock"))
        unsafe rmdir(path)
    }
}

/// A logger that keeps its lines.
final class LogRecorder: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let table = event.metadata?["table"].map { " [\($0)]" } ?? ""
            recorder.recorded.withLock { $0.append("\(event.level) \(event.message)\(table)") }
        }
    }
}

/// Something that happens once, awaited by a test.
final class Signal: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func set() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
