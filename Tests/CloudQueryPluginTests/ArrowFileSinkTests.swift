import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryPlugin
import FoundationEssentials
import Logging
import Testing

@Suite("Arrow files")
struct ArrowFileSinkTests {
    private let directory =
        FileManager.default.temporaryDirectory.path() + "arrow files \(UInt64.random(in: 0 ... .max))"

    private func table(_ name: String) -> Table {
        Table(name: name, columns: [CQColumn.column(Field("n", .int64))])
    }

    private func batch(_ table: Table, _ values: [Int64]) -> RecordBatch {
        var column = PrimitiveBuilder<Int64>(capacity: values.count)
        for value in values { column.append(value) }
        return RecordBatch(schema: table.schema, rowCount: values.count, columns: [column.freeze(.int64)])
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }

    @Test("every table is one stream of all its batches, which has its name when the sync has ended")
    func files() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let sink = try ArrowFileSink(directory: directory, log: Logger(label: "test"))
        let (one, other) = (table("a"), table("b"))
        try await sink.send(.migrate(one))
        try await sink.send(.migrate(other))
        try await sink.send(.insert(batch(one, [1, 2])))
        try await sink.send(.insert(batch(one, [3])))
        #expect(try names() == ["a.arrows.partial", "b.arrows.partial"])
        try await sink.finish()
        #expect(try names() == ["a.arrows", "b.arrows"])
        let stream = try StreamDecoder.decode(Bytes([UInt8](Data(contentsOf: URL(filePath: "\(directory)/a.arrows")))))
        #expect(stream.schema == one.schema)
        #expect(stream.batches.map(\.rowCount) == [2, 1])
        #expect(ArrayView(stream.batches[1].columns[0]).int64(at: 0) == 3)
        let empty = try StreamDecoder.decode(Bytes([UInt8](Data(contentsOf: URL(filePath: "\(directory)/b.arrows")))))
        #expect(empty.batches.isEmpty)
    }

    @Test("a table that failed leaves no file, nor does a sync that is given up; older files stay")
    func failures() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let first = try ArrowFileSink(directory: directory, log: Logger(label: "test"))
        try await first.send(.migrate(table("a")))
        try await first.finish()
        let sink = try ArrowFileSink(directory: directory, log: Logger(label: "test"))
        for name in ["a", "b"] { try await sink.send(.migrate(table(name))) }
        try await sink.send(.error(tableName: "b", message: "no"))
        try await sink.send(.insert(batch(table("b"), [1])))
        #expect(try names() == ["a.arrows", "a.arrows.partial"])
        await sink.abandon()
        #expect(try names() == ["a.arrows"])
    }

    @Test("a table name that would leave the directory is refused", arguments: ["../a", "a/b", ".a", ""])
    func unsuitable(name: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let sink = try ArrowFileSink(directory: directory, log: Logger(label: "test"))
        await #expect(throws: (any Error).self) { try await sink.send(.migrate(table(name))) }
        #expect(try names().isEmpty)
    }
}
