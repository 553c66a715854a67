import ArrowIPC
import ArrowLayout
import ByteCore
import Foundation
import Testing

@testable import ParquetArrow

@Suite("The Arrow schema that writers store")
struct SchemaRestorationTests {
    private func text(_ fields: [Field]) throws -> String {
        Data([UInt8](try StreamEncoder.encode(Schema(fields)))).base64EncodedString()
    }

    private func restored(_ field: Field, by hint: Field) throws -> Field {
        SchemaRestoration(Schema([field]), stored: try text([hint])).schema.fields[0]
    }

    private static let hints: [(DataType, DataType, DataType)] = [
        (.int64, .duration(.nanosecond), .duration(.nanosecond)),
        (
            .timestamp(.microsecond, timezone: "UTC"), .timestamp(.second, timezone: "Asia/Kolkata"),
            .timestamp(.microsecond, timezone: "Asia/Kolkata")
        ),
        // A clock on the wall is no instant, whatever the hint says.
        (
            .timestamp(.microsecond, timezone: nil), .timestamp(.microsecond, timezone: "UTC"),
            .timestamp(.microsecond, timezone: nil)
        ),
        (.int32, .duration(.second), .int32), (.utf8, .largeUtf8, .utf8), (.utf8, .duration(.second), .utf8),
        (
            .list(Field("item", .int64)), .largeList(Field("element", .duration(.second))),
            .list(Field("item", .duration(.second)))
        ),
        (
            .structure([Field("a", .int64), Field("b", .int64)]),
            .structure([Field("a", .int64), Field("b", .duration(.second))]),
            .structure([Field("a", .int64), Field("b", .duration(.second))])
        ),
        (
            .structure([Field("a", .int64)]), .structure([Field("b", .duration(.second))]),
            .structure([Field("a", .int64)])
        ),
    ]

    @Test("types of the same bytes are restored, others stay", arguments: hints)
    func types(read: DataType, hint: DataType, expected: DataType) throws {
        #expect(try restored(Field("x", read), by: Field("x", hint)).type == expected)
    }

    @Test("metadata that names an extension type comes back with its type and no other")
    func metadata() throws {
        let metadata: Metadata = ["ARROW:extension:name": "arrow.uuid"]
        let type = DataType.fixedSizeBinary(byteWidth: 16)
        #expect(try restored(Field("x", type), by: Field("x", type, metadata: metadata)).metadata == metadata)
        #expect(try restored(Field("x", type), by: Field("x", .utf8, metadata: metadata)).metadata.isEmpty)
    }

    @Test("a hint that is broken or of other columns is none")
    func broken() throws {
        let schema = Schema([Field("x", .int64)])
        let hint = try text([Field("x", .duration(.second))])
        for stored in [
            nil, "", "%", String(hint.dropLast(40)), hint + "A", "AAAA", try text([Field("y", .duration(.second))]),
            try text([Field("x", .duration(.second)), Field("y", .int64)]),
        ] {
            #expect(SchemaRestoration(schema, stored: stored).schema == schema, "\(stored ?? "nil")")
        }
        #expect(SchemaRestoration(schema, stored: hint).schema != schema)
    }

    @Test("batches share their values under the restored schema")
    func batches() throws {
        let values = Bytes([UInt8](repeating: 7, count: 16))
        let array = ArrayData(type: .int64, count: 2, nullCount: 0, buffers: [Bytes(), values])
        let list = ArrayData(
            type: .list(Field("item", .int64)), count: 1, nullCount: 0,
            buffers: [Bytes(), Bytes([0, 0, 0, 0, 2, 0, 0, 0] as [UInt8])], children: [array])
        let schema = Schema([Field("x", list.type)])
        let hint = try text([Field("x", .list(Field("item", .duration(.second))))])
        let restoration = SchemaRestoration(schema, stored: hint)
        let batch = restoration.restore(RecordBatch(schema: schema, rowCount: 1, columns: [list]))
        #expect(batch.schema == restoration.schema)
        try batch.columns[0].validate()
        #expect(batch.columns[0].children[0].type == .duration(.second))
        #expect(batch.columns[0].children[0].buffers[1] == values)
    }
}
