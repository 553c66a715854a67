import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import Foundation
import Testing

@Suite("Streams of many batches")
struct StreamWriterTests {
    @Test("the parts make one stream", arguments: [0, 1, 5])
    func parts(batchCount: Int) throws {
        let schema = Schema([Field("a", .int32, isNullable: false)])
        let writer = try StreamWriter(schema: schema)
        var bytes = [UInt8](writer.start)
        for index in 0..<batchCount {
            var builder = PrimitiveBuilder<Int32>()
            builder.append(contentsOf: [Int32](repeating: Int32(index), count: index))
            let batch = RecordBatch(schema: schema, rowCount: index, columns: [builder.freeze(.int32)])
            bytes += [UInt8](try writer.message(of: batch))
        }
        bytes += [UInt8](StreamWriter.end)
        let stream = try StreamDecoder.decode(Bytes(bytes))
        #expect(stream.schema == schema)
        #expect(stream.batches.map(\.rowCount) == Array(0..<batchCount))
        #expect(try StreamDecoder.schema(of: Bytes(bytes)) == schema)
    }

    @Test("a schema is as deep as other readers go, and no deeper")
    func depth() throws {
        func nested(_ depth: Int) -> Schema {
            let type = (1..<depth).reduce(DataType.int32) { type, _ in .structure([Field("x", type)]) }
            return Schema([Field("x", type)])
        }
        #expect(try StreamDecoder.schema(of: try StreamWriter(schema: nested(64)).start) == nested(64))
        #expect(throws: IPCError(.limit(.nestingDepth), path: ["x"])) { _ = try StreamWriter(schema: nested(65)) }
    }

    @Test("of a schema alone, dictionary-encoded fields are known")
    func dictionarySchema() throws {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/golden-ipc/unsupported/dictionary.arrows")
        let bytes = Bytes(try Data(contentsOf: file))
        let schema = try StreamDecoder.schema(of: bytes)
        #expect(schema.fields.map(\.type) == [.dictionary(index: .int32, value: .utf8, isOrdered: false)])
        #expect(throws: IPCError(.unsupported(.dictionary), path: schema.fields.map(\.name))) {
            _ = try StreamDecoder.decode(bytes)
        }
    }
}
