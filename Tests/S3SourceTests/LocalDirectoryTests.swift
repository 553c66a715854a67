import ByteCore
import CloudQueryPlugin
import FoundationEssentials
import Logging
import S3
import Testing

@testable import S3Source

struct LocalDirectoryTests {
    private let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.path() + "local directory \(UInt64.random(in: 0 ... .max))"
    }

    private func put(_ key: String, _ bytes: [UInt8]) throws {
        let file = URL(filePath: "\(root)/\(key)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    private func remove() { try? FileManager.default.removeItem(atPath: root) }

    private func store(_ endpoint: String? = nil) throws -> LocalDirectory {
        let endpoint = endpoint ?? "file://" + root.replacing(" ", with: "%20")
        return try #require(try LocalDirectory(endpoint: endpoint, bucket: "b"))
    }

    private func objects(_ store: LocalDirectory, prefix: String = "") async throws -> [ObjectSummary] {
        var objects: [ObjectSummary] = []
        let unreadable = try await store.forEachPage(prefix: Array(prefix.utf8)) { objects += $0 }
        #expect(unreadable.isEmpty)
        return objects.sorted { $0.key < $1.key }
    }

    @Test("keys are the paths of the files, with sizes; a prefix narrows them")
    func listing() async throws {
        defer { remove() }
        for (key, count) in [("b/x.parquet", 3), ("a b/c/y.parquet", 0), ("a.parquet", 5), ("é", 1)] {
            try put(key, [UInt8](repeating: 7, count: count))
        }
        let store = try store()
        let all = try await objects(store)
        #expect(all.map(\.key.description) == ["a b/c/y.parquet", "a.parquet", "b/x.parquet", "é"])
        #expect(all.map(\.byteCount) == [0, 5, 3, 1])
        let some = try await objects(store, prefix: "a b/c")
        #expect(some.map(\.key.description) == ["a b/c/y.parquet"])
        #expect(try store.object(ObjectKey("a.parquet")) == all[1])
        #expect(try store.object(ObjectKey("none")) == nil)
        #expect(try store.object(ObjectKey("b")) == nil, "a directory is no object")
    }

    @Test("files are handed over by directories, a thousand at a time, each once")
    func pages() async throws {
        defer { remove() }
        for index in 0..<2_500 { try put("t/\(index)", []) }
        for index in 0..<10 { try put("u/\(index)/x", []) }
        var pages: [[ObjectSummary]] = []
        _ = try await store().forEachPage(prefix: []) { if !$0.isEmpty { pages.append($0) } }
        #expect(pages.map(\.count).sorted() == [Int](repeating: 1, count: 10) + [500, 1_000, 1_000])
        #expect(Set(pages.joined().map(\.key)).count == 2_510)
    }

    @Test("ranges are read as they are asked for, and a file that was replaced is told")
    func reading() async throws {
        defer { remove() }
        try put("x", Array(0..<100))
        let store = try store()
        let object = try #require(try store.object(ObjectKey("x")))
        func pin() -> ObjectPin { ObjectPin(eTag: object.eTag, byteCount: object.byteCount) }
        #expect([UInt8](try await store.get(object.key, range: 10..<13, pin: pin(), byteLimit: 3)) == [10, 11, 12])
        #expect([UInt8](try await store.get(object.key, pin: pin(), byteLimit: 100)) == Array(0..<100))
        try put("x", Array(0..<90))
        let error = await #expect(throws: S3Error.self) {
            try await store.get(object.key, range: 0..<1, pin: pin(), byteLimit: 1)
        }
        #expect(error?.kind == .changed)
        let missing = await #expect(throws: S3Error.self) {
            try await store.get(ObjectKey("y"), pin: ObjectPin(), byteLimit: 1)
        }
        #expect(missing?.kind == .notFound(.key))
    }

    @Test("an endpoint that is no absolute path is an error, another scheme is none of ours")
    func endpoints() async throws {
        #expect(try LocalDirectory(endpoint: "http://h/x", bucket: "b").map { _ in true } == nil)
        for endpoint in ["file:x", "file://host/x", "file:///x%0", "file:///x%zz", "file:///x%00"] {
            #expect(throws: SpecError.self, "\(endpoint)") { try LocalDirectory(endpoint: endpoint, bucket: "b") }
        }
        let error = await #expect(throws: S3Error.self) {
            _ = try await store("file:///no/such/directory").forEachPage(prefix: []) { _ in }
        }
        #expect(error?.kind == .notFound(.bucket))
    }

    @Test("a sync reads a directory as it reads a bucket")
    func sync() async throws {
        defer { remove() }
        try put("t/1.parquet", try SyncEngineTests.fixture("pyarrow-flat-none-v1"))
        let plugin = S3SourcePlugin(logger: Logger(label: "test") { _ in LogRecorder() })
        let endpoint = "file://" + root.replacing(" ", with: "%20")
        try await plugin.initialize(InitRequest(spec: Bytes(#"{"bucket":"b","endpoint":"\#(endpoint)"}"#.utf8)))
        let sink = RecordingSink()
        try await plugin.sync(SyncOptions(selection: TableSelection()), into: sink)
        #expect(sink.log == ["migrate t", "insert t 50"])
    }
}
