import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import Foundation
import Parquet
import TestSupport
import Testing

@testable import ParquetArrow

@Suite("The Arrow schema that writers store")
struct SchemaRestorationTests {
    private func text(_ fields: [Field]) throws -> String {
        // Unlike the encoder, the writer takes dictionaries.
        Data([UInt8](try StreamWriter(schema: Schema(fields)).start)).base64EncodedString()
    }

    private func restored(_ field: Field, by hint: Field) throws -> Field {
        SchemaRestoration(Schema([field]), stored: try text([hint])).schema.fields[0]
    }

    private static func list(_ type: DataType, _ name: String = "element") -> DataType { .list(Field(name, type)) }

    private static func map(_ key: DataType, _ value: DataType, sorted: Bool = false, names: [String]) -> DataType {
        let fields = [Field(names[0], key, isNullable: false), Field(names[1], value)]
        return .map(entries: Field(names[2], .structure(fields), isNullable: false), keysSorted: sorted)
    }

    private static func dictionary(_ value: DataType, _ index: DataType = .int8, ordered: Bool = false) -> DataType {
        .dictionary(index: index, value: value, isOrdered: ordered)
    }

    /// What is read, what the hint says, what is restored.
    private static let flatHints: [(DataType, DataType, DataType)] =
        [
            (.utf8, .largeUtf8), (.utf8, .utf8View), (.binary, .largeBinary), (.binary, .binaryView),
            (.int64, .duration(.nanosecond)), (.int64, .timestamp(.second, timezone: "UTC")), (.int64, .date64),
            (.int32, .time32(.second)), (.date32, .date64), (.utf8, dictionary(.utf8)),
            (.utf8, dictionary(.largeUtf8, .uint32)), (.int64, dictionary(.duration(.second))),
            (.utf8, dictionary(.utf8, ordered: true)),
            (.decimal128(precision: 9, scale: 2), .decimal32(precision: 9, scale: 2)),
            (.decimal128(precision: 18, scale: 2), .decimal64(precision: 18, scale: 2)),
            (.decimal128(precision: 18, scale: 2), .decimal256(precision: 18, scale: 2)),
        ].map { ($0, $1, $1) } + [
            (
                .timestamp(.microsecond, timezone: "UTC"), .timestamp(.second, timezone: "Asia/Kolkata"),
                .timestamp(.microsecond, timezone: "Asia/Kolkata")
            ),
            // What the hint says of the values still holds where the dictionary does not.
            (.bool, dictionary(.bool), .bool),
        ]

    private static let keptHints: [(DataType, DataType)] = [
        // A clock on the wall is no instant, whatever the hint says.
        (.timestamp(.microsecond, timezone: nil), .timestamp(.microsecond, timezone: "UTC")),
        (.timestamp(.microsecond, timezone: "UTC"), .timestamp(.microsecond, timezone: "")),
        (.int32, .duration(.second)), (.utf8, .duration(.second)), (.utf8, .largeBinary), (.binary, .largeUtf8),
        (.int64, dictionary(.utf8)), (.int64, .utf8), (.date32, .timestamp(.second, timezone: nil)),
        (.decimal128(precision: 9, scale: 2), .decimal32(precision: 9, scale: 3)),
        (.decimal128(precision: 9, scale: 2), .decimal64(precision: 8, scale: 2)),
        (.structure([Field("a", .int64)]), .list(Field("a", .int64))), (list(.utf8), .utf8),
        (list(.utf8), dictionary(list(.utf8))),
        (list(.utf8), .structure([Field("element", .utf8)])), (.utf8, list(.utf8)), (.null, .utf8), (.utf8, .null),
        (.structure([Field("a", .int64)]), .structure([Field("b", .duration(.second))])),
    ]

    private static let nestedHints: [(DataType, DataType, DataType)] = [
        (list(.int64), .largeList(Field("item", .duration(.second))), .largeList(Field("element", .duration(.second)))),
        (
            list(.utf8), .fixedSizeList(Field("item", .utf8View), count: 3),
            .fixedSizeList(Field("element", .utf8View), count: 3)
        ),
        (list(.utf8), list(dictionary(.utf8), "item"), list(dictionary(.utf8))),
        (list(.int64), .listView(Field("item", .duration(.second))), .listView(Field("element", .duration(.second)))),
        (list(.utf8), .largeListView(Field("item", .utf8View)), .largeListView(Field("element", .utf8View))),
        (
            .structure([Field("a", .int64), Field("b", .int64)]),
            .structure([Field("a", .int64), Field("b", .duration(.second))]),
            .structure([Field("a", .int64), Field("b", .duration(.second))])
        ),
        // Of a struct with other fields, those of one name.
        (
            .structure([Field("a", .int64), Field("b", .int64)]), .structure([Field("b", .duration(.second))]),
            .structure([Field("a", .int64), Field("b", .duration(.second))])
        ),
        (
            map(.utf8, .int64, names: ["key", "value", "key_value"]),
            map(.largeUtf8, .duration(.second), sorted: true, names: ["k", "v", "entries"]),
            map(.largeUtf8, .duration(.second), sorted: true, names: ["key", "value", "key_value"])
        ),
    ]

    @Test("types are restored as the hint says, at any depth", arguments: flatHints + nestedHints)
    func types(read: DataType, hint: DataType, expected: DataType) throws {
        #expect(try restored(Field("x", read), by: Field("x", hint)).type == expected)
        let deep = try restored(
            Field("x", Self.list(.structure([Field("y", read)]))),
            by: Field("x", Self.list(.structure([Field("y", hint)]), "item")))
        #expect(deep.type == Self.list(.structure([Field("y", expected)])))
    }

    @Test("a hint that does not fit a column is none for it", arguments: keptHints)
    func kept(read: DataType, hint: DataType) throws {
        #expect(try restored(Field("x", read), by: Field("x", hint)).type == read)
    }

    @Test("of hints in another order or number, those count whose name is in it once")
    func names() throws {
        let schema = Schema([Field("a", .int64), Field("b", .int64), Field("c", .int64)])
        let seconds = DataType.duration(.second)
        let stored = try text([Field("c", seconds), Field("a", seconds), Field("b", seconds), Field("b", .int64)])
        let restored = SchemaRestoration(schema, stored: stored).schema
        #expect(restored.fields.map(\.type) == [seconds, .int64, seconds])
    }

    @Test("metadata comes back, the name of an extension type only with the whole of its type")
    func metadata() throws {
        let metadata: Metadata = ["ARROW:extension:name": "arrow.uuid", "k": "v"]
        let type = DataType.fixedSizeBinary(byteWidth: 16)
        let read = Field("x", type, metadata: ["PARQUET:field_id": "7", "k": "old"])
        let whole = try restored(read, by: Field("x", type, metadata: metadata)).metadata
        #expect(whole == ["PARQUET:field_id": "7", "k": "v", "ARROW:extension:name": "arrow.uuid"])
        #expect(
            try restored(read, by: Field("x", .utf8, metadata: metadata)).metadata == [
                "PARQUET:field_id": "7", "k": "v",
            ])
        let tensor = DataType.fixedSizeList(Field("item", .int32, isNullable: false), count: 2)
        #expect(
            try restored(Field("x", Self.list(.int32)), by: Field("x", tensor, metadata: metadata)).metadata
                == metadata,
            "an item of another name is the same type")
        let second = DataType.timestamp(.second, timezone: "UTC")
        #expect(
            try restored(
                Field("x", .timestamp(.millisecond, timezone: "UTC")), by: Field("x", second, metadata: metadata)
            )
            .metadata == ["k": "v"], "another unit is not")
    }

    @Test("a hint that is broken is none")
    func broken() throws {
        let schema = Schema([Field("x", .int64)])
        let hint = try text([Field("x", .duration(.second))])
        for stored in [
            nil, "", "%", String(hint.dropLast(40)), hint + "A", "AAAA", try text([Field("y", .duration(.second))]),
        ] {
            #expect(SchemaRestoration(schema, stored: stored).schema == schema, "\(stored ?? "nil")")
        }
        #expect(SchemaRestoration(schema, stored: hint).schema != schema)
    }

    @Test("a hint with any byte changed restores something valid or nothing", arguments: 0..<4 as Range<UInt64>)
    func hostile(seed: UInt64) throws {
        var random = RandomArrow(seed: seed)
        let fields = (Self.flatHints + Self.nestedHints).enumerated().map { ($0.offset, $0.element) }
        let read = Schema(fields.map { Field("\($0)", $1.0) })
        let batch = random.batch(read, rowCount: 6)
        let bytes = [UInt8](try StreamWriter(schema: Schema(fields.map { Field("\($0)", $1.1) })).start)
        for _ in 0..<600 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random.generator) {
                changed[Int.random(in: 0..<bytes.count, using: &random.generator)] = .random(
                    in: 0...255, using: &random.generator)
            }
            var restoration = SchemaRestoration(read, stored: Data(changed).base64EncodedString())
            restoration.fit(batch)
            for column in restoration.restore(batch).columns { try column.validate() }
        }
    }
}
