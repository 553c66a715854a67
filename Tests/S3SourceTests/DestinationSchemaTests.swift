import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Parquet
import Testing

@testable import S3Source

struct DestinationSchemaTests {
    private static func uuid(_ name: String) -> Field {
        Field(name, .fixedSizeBinary(byteWidth: 16), metadata: ["ARROW:extension:name": "arrow.uuid", "k": "v"])
    }

    /// Fields as the reader gives them, and as destinations get them.
    private static let fields: [(Field, Field)] = [
        (uuid("c"), CQColumn.uuid("c")),
        (Field("c", .float16), Field("c", .float32)),
        (Field("c", .fixedSizeBinary(byteWidth: 5)), Field("c", .binary)),
        (Field("c", .fixedSizeBinary(byteWidth: 16), isNullable: false), Field("c", .binary, isNullable: false)),
        (Field("c", .utf8, metadata: ["ARROW:extension:name": "arrow.json"]), Field("c", .utf8)),
        (Field("c", .binary, metadata: ["ARROW:extension:name": "geoarrow.wkb"]), Field("c", .binary)),
        (Field("c", .list(uuid("item"))), Field("c", .list(CQColumn.uuid("item")))),
        (
            Field("c", .structure([Field("h", .float16), Field("t", .utf8, metadata: ["PARQUET:field_id": "4"])])),
            Field("c", .structure([Field("h", .float32), Field("t", .utf8)]))
        ),
        (
            Field("c", .map(entries: entries(.fixedSizeBinary(byteWidth: 2)), keysSorted: false)),
            Field("c", .map(entries: entries(.binary), keysSorted: false))
        ),
    ]

    private static func entries(_ key: DataType) -> Field {
        let fields = [Field("key", key, isNullable: false), Field("value", .int64)]
        return Field("key_value", .structure(fields), isNullable: false)
    }

    @Test(
        "a field gets the type that destinations take, at any depth, without what is only its file's", arguments: fields
    )
    func types(file: Field, destination: Field) throws {
        #expect(try DestinationSchema(Schema([file], metadata: ["k": "v"])).schema == Schema([destination]))
    }

    private static let kept: [DataType] = [
        .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64, .utf8, .binary,
        .date32, .time32(.millisecond), .time64(.microsecond), .time64(.nanosecond),
        .timestamp(.millisecond, timezone: nil), .timestamp(.microsecond, timezone: "UTC"),
        .timestamp(.nanosecond, timezone: "UTC"), .decimal128(precision: 38, scale: 4),
        .decimal256(precision: 76, scale: 0), .interval(.monthDayNano), .null,
    ]

    @Test("all other types stay as they are", arguments: kept)
    func keptTypes(type: DataType) throws {
        #expect(try DestinationSchema(Schema([Field("c", type)])).schema.fields == [Field("c", type)])
    }

    private func converted(_ array: ArrayData) throws -> ArrayData {
        let file = Schema([Field("c", array.type)])
        let destination = try DestinationSchema(file)
        let rows = try destination.rows(RecordBatch(schema: file, rowCount: array.count, columns: [array]))
        #expect(rows.schema == destination.schema && rows.columns[0].type == rows.schema.fields[0].type)
        try rows.columns[0].validate()
        return rows.columns[0]
    }

    @Test("half floats become floats of the same value, nulls stay")
    func halves() throws {
        var builder = PrimitiveBuilder<UInt16>()
        let values: [Float16?] = [0, -0.0, 1.5, nil, .infinity, 65_504, .leastNonzeroMagnitude, .nan]
        for value in values { builder.append(value?.bitPattern) }
        let floats = ArrayView(try converted(builder.freeze(.float16)))
        for (index, value) in values.enumerated() {
            let float = floats.float64(at: index)
            #expect(
                value?.isNaN == true ? float?.isNaN == true : float?.bitPattern == value.map { Double($0).bitPattern })
        }
    }

    @Test("bytes of a fixed size become bytes, in a list and in a struct as well", arguments: [0, 1, 3])
    func fixedSizes(byteWidth: Int) throws {
        let bytes = Bytes((0..<UInt8(4 * byteWidth)).map { $0 })
        let items = ArrayData(
            type: .fixedSizeBinary(byteWidth: byteWidth), count: 4, nullCount: 1,
            buffers: [Bytes([0b1011 as UInt8]), bytes])
        var lists = ListBuilder<Int32>()
        try lists.append(elementCount: 3)
        try lists.append(elementCount: nil)
        try lists.append(elementCount: 1)
        let list = lists.freeze(.list(Field("item", items.type)), child: items)
        let group = ArrayData(
            type: .structure([Field("l", list.type)]), count: 3, nullCount: 0, buffers: [Bytes()], children: [list])
        let found = ArrayView(try converted(group)).child(0)
        #expect((0..<3).map { found.elements(at: $0) } == [0..<3, nil, 3..<4])
        let expected = (0..<4).map { $0 == 2 ? nil : [UInt8](bytes[$0 * byteWidth..<($0 + 1) * byteWidth]) }
        #expect((0..<4).map { found.child(0).bytes(at: $0).map { [UInt8]($0) } } == expected)
    }

    @Test("more bytes than offsets count are an error that names the column")
    func overflow() throws {
        let wide = ArrayData(
            type: .fixedSizeBinary(byteWidth: 1 << 30), count: 3, nullCount: 0, buffers: [Bytes(), Bytes()])
        let error = #expect(throws: RowError.self) { try converted(wide) }
        #expect(error?.description.contains("\"c\"") == true)
    }

    @Test("a column without values in any file is null text, also inside a list", arguments: [0, 1, 9])
    func nulls(count: Int) throws {
        let nulls = ArrayData(type: .null, count: count, nullCount: count, buffers: [])
        let list = ArrayData(
            type: .list(Field("item", .null)), count: 1, nullCount: 0,
            buffers: [Bytes(), Bytes([0, 0, 0, 0, UInt8(count), 0, 0, 0] as [UInt8])], children: [nulls])
        #expect(list.type.withTextForNull == .list(Field("item", .utf8)))
        let text = try list.widened(to: list.type.withTextForNull)
        try text.validate()
        #expect(text.children[0].nullCount == count && text.children[0].count == count)
    }

    /// A VARIANT of two rows, 7 and null, shredded or not.
    private static func variant(isShredded: Bool) throws -> (Field, ArrayData) {
        func bytes(_ values: [[UInt8]?]) throws -> ArrayData {
            var builder = VariableBuilder<Int32>()
            for value in values { try builder.append(value.map { Bytes($0) }) }
            return builder.freeze(.binary)
        }
        let metadata = try bytes([[1, 0, 0], []])
        let numbers = ArrayData(
            type: .int8, count: 2, nullCount: 0, buffers: [Bytes(), Bytes([7, 0] as [UInt8])])
        let columns = isShredded ? [metadata, numbers] : [metadata, try bytes([[0x0C, 7], []])]
        let names = ["metadata", isShredded ? "typed_value" : "value"]
        let type = DataType.structure(zip(names, columns).map { Field($0, $1.type) })
        let array = ArrayData(
            type: type, count: 2, nullCount: 1, buffers: [Bytes([0b01 as UInt8])], children: columns)
        return (Field("v", type, metadata: ["ARROW:extension:name": "arrow.parquet.variant"]), array)
    }

    @Test(
        "a VARIANT is JSON, whether it is shredded or not, so that files of both kinds agree", arguments: [false, true])
    func variants(isShredded: Bool) throws {
        let (field, array) = try Self.variant(isShredded: isShredded)
        let group = ArrayData(type: .structure([field]), count: 2, nullCount: 0, buffers: [Bytes()], children: [array])
        let file = Schema([field, Field("s", group.type)])
        let destination = try DestinationSchema(file)
        #expect(destination.schema.fields == [CQColumn.json("v"), Field("s", .structure([Field("v", .utf8)]))])
        let rows = try destination.rows(RecordBatch(schema: file, rowCount: 2, columns: [array, group]))
        for (column, field) in zip(rows.columns, destination.schema.fields) {
            #expect(column.type == field.type)
            try column.validate()
        }
        for texts in [ArrayView(rows.columns[0]), ArrayView(rows.columns[1]).child(0)] {
            #expect(texts.bytes(at: 0).map { [UInt8]($0) } == [UInt8(ascii: "7")] && texts.isNull(at: 1))
        }
    }

    @Test("a typed value that variants do not have is an error that names the column")
    func refusedVariant() {
        let fields = [Field("metadata", .binary), Field("typed_value", .uint8)]
        let field = Field("v", .structure(fields), metadata: ["ARROW:extension:name": "arrow.parquet.variant"])
        let error = #expect(throws: ParquetError.self) { try DestinationSchema(Schema([field])) }
        #expect(error?.column == "v")
    }
}
