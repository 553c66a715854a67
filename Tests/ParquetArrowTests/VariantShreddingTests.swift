import ArrowLayout
import ByteCore
import FixtureKit
import Parquet
import ParquetArrow
import Testing

/// The examples of VariantShredding.md, valid and invalid, and what the text says of each type.
struct VariantShreddingTests {
    private typealias Storage = VariantStorage
    private static let empty = VariantStorage.metadata([])

    private func kind(_ body: () throws -> Void) -> DecodeFault.Kind? {
        let error = #expect(throws: ParquetError.self) { try body() }
        #expect(error?.column == "v")
        return error?.kind
    }

    @Test("the measurements: 34, null, n/a, 100, and one that is missing")
    func measurements() throws {
        let storage = try Storage.group([
            "typed_value": Storage.integers([34, nil, nil, 100, nil]),
            "metadata": Storage.binary(Array(repeating: Self.empty, count: 5)),
            "value": Storage.binary([nil, [0x00], [0x0D, 0x6E, 0x2F, 0x61], nil, nil]),
        ])
        #expect(try Storage.json(storage) == ["34", "null", #""n/a""#, "100", "null"])
        #expect(
            try Storage.values(storage) == [
                [0x18, 34, 0, 0, 0, 0, 0, 0, 0], [0x00], [0x0D, 0x6E, 0x2F, 0x61], [0x18, 100, 0, 0, 0, 0, 0, 0, 0],
                [0x00],
            ])
        let both = try Storage.group([
            "metadata": Storage.binary([Self.empty]), "value": Storage.binary([[0x00]]),
            "typed_value": Storage.integers([1]),
        ])
        #expect(kind { _ = try Storage.values(both) } == .malformed(.variantConflict))
    }

    @Test("the tags: lists of text with a null element, and one that is no list")
    func tags() throws {
        let elements = try Storage.group([
            "value": Storage.binary([nil, nil, nil, [0x00], nil]),
            "typed_value": Storage.text(["comedy", "drama", "horror", nil, nil]),
        ])
        let storage = try Storage.group([
            "metadata": Storage.binary(Array(repeating: Self.empty, count: 5)),
            "value": Storage.binary([nil, nil, [0x00], nil, nil]),
            "typed_value": Storage.list([2, 2, nil, 0, 1], of: elements),
        ])
        // The last element is missing, which an array cannot say.
        #expect(
            try Storage.json(storage) == [#"["comedy","drama"]"#, #"["horror",null]"#, "null", "[]", "[null]"])
        #expect(try Storage.values(storage)[3] == [0x03, 0, 0])
    }

    /// The events of the text: its table, row by row.
    private func events(
        value: [[UInt8]?], isNull: [Bool], type: ([[UInt8]?], [String?]), time: ([[UInt8]?], [Int64?])
    ) throws -> ArrayData {
        var times = PrimitiveBuilder<Int64>()
        for value in time.1 { times.append(value) }
        let metadata = Storage.metadata(["event_type", "event_ts", "email", "click"])
        return try Storage.group([
            "metadata": Storage.binary(value.map { _ in metadata }),
            "value": Storage.binary(value),
            "typed_value": Storage.group(
                [
                    "event_type": Storage.group([
                        "value": Storage.binary(type.0), "typed_value": Storage.text(type.1),
                    ]),
                    "event_ts": Storage.group([
                        "value": Storage.binary(time.0),
                        "typed_value": times.freeze(.timestamp(.microsecond, timezone: "UTC")),
                    ]),
                ], isNull: isNull),
        ])
    }

    @Test("the events: objects of which all, some or none of the fields are typed")
    func objects() throws {
        let email: [UInt8] = [0x02, 1, 2, 0, 3, 0x09, 0x61, 0x40]
        let click: [UInt8] = [0x02, 1, 3, 0, 2, 0x05, 0x5F]
        let storage = try events(
            value: [nil, email, email, [0x05, 0x78], click, nil, nil, nil, [0x00], nil],
            isNull: [false, false, false, true, false, false, false, false, true, true],
            type: (
                [nil, nil, nil, nil, nil, [0x00], nil, nil, nil, nil],
                ["noop", "login", nil, nil, nil, nil, "noop", nil, nil, nil]
            ),
            time: (
                [nil, nil, nil, nil, nil, nil, [0x05, 0x32], nil, nil, nil], [0, 1, nil, nil, 2, 3, nil, nil, nil, nil]
            ))
        func time(_ micro: Int) -> String { "\"1970-01-01T00:00:00.00000\(micro)Z\"" }
        #expect(
            try Storage.json(storage) == [
                #"{"event_ts":\#(time(0)),"event_type":"noop"}"#,
                #"{"email":"a@","event_ts":\#(time(1)),"event_type":"login"}"#,
                #"{"email":"a@"}"#, #""x""#,
                #"{"click":"_","event_ts":\#(time(2))}"#,
                #"{"event_ts":\#(time(3)),"event_type":null}"#,
                #"{"event_ts":"2","event_type":"noop"}"#, "{}", "null", "null",
            ])
        // Ids in the order of the names: event_ts is 1, event_type 0.
        #expect(try Storage.values(storage)[5] == [0x02, 2, 1, 0, 0, 9, 10, 0x30, 3, 0, 0, 0, 0, 0, 0, 0, 0x00])
    }

    @Test("what the text calls invalid: the typed field counts, and what is no object is refused")
    func invalidObjects() throws {
        let login: [UInt8] = [0x02, 1, 0, 0, 2, 0x05, 0x6C]
        func one(_ value: [UInt8], isNull: Bool = false, type: (([UInt8]?), String?)) throws -> ArrayData {
            try events(value: [value], isNull: [isNull], type: ([type.0], [type.1]), time: ([nil], [nil]))
        }
        #expect(try Storage.json(one(login, type: (nil, "typed"))) == [#"{"event_type":"typed"}"#])
        #expect(try Storage.json(one(login, isNull: true, type: (nil, nil))) == [#"{"event_type":"l"}"#])
        #expect(try Storage.json(one([0x02, 0, 0], isNull: true, type: (nil, nil))) == ["{}"])
        let text = try one([0x05, 0x61], type: (nil, nil))
        #expect(kind { _ = try Storage.json(text) } == .malformed(.variantConflict))
        let both = try one([0x02, 0, 0], type: ([0x00], "typed"))
        #expect(kind { _ = try Storage.json(both) } == .malformed(.variantConflict))
    }

    @Test("values in an object that share their bytes are refused, before they are many")
    func sharedBytes() throws {
        let shared: [UInt8] = [0x02, 2, 2, 3, 0, 0, 2, 0x05, 0x61]
        let storage = try events(value: [shared], isNull: [false], type: ([nil], ["t"]), time: ([nil], [nil]))
        #expect(kind { _ = try Storage.values(storage) } == .malformed(.variantValue))
    }

    @Test("a field whose name is not in the metadata is refused, only where it is there")
    func missingName() throws {
        func storage(_ values: [Int64?]) throws -> ArrayData {
            try Storage.group([
                "metadata": Storage.binary(values.map { _ in Storage.metadata(["b", "a"]) }),
                "typed_value": Storage.group(["c": Storage.group(["typed_value": Storage.integers(values)])]),
            ])
        }
        #expect(try Storage.json(storage([nil, nil])) == ["{}", "{}"])
        let one = try storage([nil, 1])
        #expect(kind { _ = try Storage.json(one) } == .malformed(.variantName))
    }

    @Test(
        "typed values of every type",
        arguments: [
            (.int8, [0xFF], [0x0C, 0xFF]), (.int16, [1, 2], [0x10, 1, 2]), (.int32, [1, 2, 3, 4], [0x14, 1, 2, 3, 4]),
            (.date32, [1, 2, 3, 4], [0x2C, 1, 2, 3, 4]),
            (.float32, [0xCD, 0xCC, 0xCC, 0x3D], [0x38, 0xCD, 0xCC, 0xCC, 0x3D]),
            (.float64, [1, 0, 0, 0, 0, 0, 0xF0, 0x3F], [0x1C, 1, 0, 0, 0, 0, 0, 0xF0, 0x3F]),
            (.time64(.microsecond), [1, 0, 0, 0, 0, 0, 0, 0], [0x44, 1, 0, 0, 0, 0, 0, 0, 0]),
            (.timestamp(.microsecond, timezone: nil), [1, 0, 0, 0, 0, 0, 0, 0], [0x34, 1, 0, 0, 0, 0, 0, 0, 0]),
            (.timestamp(.nanosecond, timezone: "UTC"), [1, 0, 0, 0, 0, 0, 0, 0], [0x48, 1, 0, 0, 0, 0, 0, 0, 0]),
            (.timestamp(.nanosecond, timezone: nil), [1, 0, 0, 0, 0, 0, 0, 0], [0x4C, 1, 0, 0, 0, 0, 0, 0, 0]),
            (.decimal128(precision: 9, scale: 2), [5] + zeros(15), [0x20, 2, 5, 0, 0, 0]),
            (.decimal128(precision: 10, scale: 0), [5] + zeros(15), [0x24, 0, 5] + zeros(7)),
            (.decimal128(precision: 38, scale: 38), [5] + zeros(15), [0x28, 38, 5] + zeros(15)),
            // More than the precision says, which a file may have.
            (.decimal128(precision: 4, scale: 1), [0, 0, 0, 0, 1] + zeros(11), [0x24, 1, 0, 0, 0, 0, 1] + zeros(3)),
        ] as [(DataType, [UInt8], [UInt8])])
    func typedValues(type: DataType, stored: [UInt8], encoded: [UInt8]) throws {
        let array = ArrayData(type: type, count: 1, nullCount: 0, buffers: [Bytes(), Bytes(stored)])
        let storage = try Storage.group(["metadata": Storage.binary([Self.empty]), "typed_value": array])
        #expect(try Storage.values(storage) == [encoded])
        _ = try Storage.json(storage)
    }

    @Test("typed booleans, text of any length, bytes and UUIDs")
    func moreTypedValues() throws {
        func encoded(_ array: ArrayData, _ metadata: Metadata = [:]) throws -> [[UInt8]?] {
            let names = try Storage.binary(Array(repeating: Self.empty, count: array.count))
            return try Storage.values(
                Storage.group(["metadata": names, "typed_value": array], fields: ["typed_value": metadata]))
        }
        var flags = BoolBuilder()
        for flag in [true, false, nil] { flags.append(flag) }
        #expect(try encoded(flags.freeze()) == [[0x04], [0x08], [0x00]])
        let long = String(repeating: "x", count: 64)
        #expect(
            try encoded(Storage.text(["é", String(long.dropLast()), long])) == [
                [0x09, 0xC3, 0xA9], [0xFD] + Array(long.utf8.dropLast()), [0x40, 64, 0, 0, 0] + Array(long.utf8),
            ])
        #expect(try encoded(Storage.binary([[], [7]])) == [[0x3C, 0, 0, 0, 0], [0x3C, 1, 0, 0, 0, 7]])
        let bytes = (0..<16).map { UInt8($0) }
        let uuid = ArrayData(
            type: .fixedSizeBinary(byteWidth: 16), count: 1, nullCount: 0, buffers: [Bytes(), Bytes(bytes)])
        #expect(try encoded(uuid, ["ARROW:extension:name": "arrow.uuid"]) == [[0x50] + bytes])
        // 16 bytes that are not called a UUID are of no type that variants have.
        #expect(kind { _ = try encoded(uuid) } == .malformed(.variantShape))
    }

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    @Test(
        "types that variants do not have are refused before any row is read",
        arguments: [
            .uint8, .uint32, .uint64, .float16, .fixedSizeBinary(byteWidth: 4), .decimal256(precision: 40, scale: 0),
            .time32(.millisecond), .time64(.nanosecond), .timestamp(.millisecond, timezone: "UTC"),
            .interval(.monthDayNano), .list(Field("element", .int32)), .structure([Field("a", .int32)]),
            .structure([Field("a", .structure([Field("b", .int32)]))]),
            .structure([Field("a", .structure([Field("value", .utf8)]))]),
            .map(
                entries: Field(
                    "key_value", .structure([Field("key", .utf8, isNullable: false), Field("value", .binary)])),
                keysSorted: false),
        ] as [DataType])
    func refusedTypes(type: DataType) {
        let fields = [Field("metadata", .binary), Field("value", .binary), Field("typed_value", type)]
        let field = Field("v", .structure(fields), metadata: ["ARROW:extension:name": "arrow.parquet.variant"])
        #expect(kind { _ = try VariantMapping(Schema([field]), as: .whole) } == .malformed(.variantShape))
        // Under another name it is a struct like any other.
        let plain = Schema([Field("v", .structure(fields))])
        #expect((try? VariantMapping(plain, as: .whole))?.schema == plain)
    }

    @Test("a struct that is called a variant without being one stays a struct")
    func noVariant() throws {
        for fields in [
            [Field("metadata", .binary)], [Field("value", .binary)],
            [Field("metadata", .utf8), Field("value", .binary)], [Field("metadata", .binary), Field("value", .utf8)],
        ] {
            let field = Field("v", .structure(fields), metadata: ["ARROW:extension:name": "arrow.parquet.variant"])
            #expect(try VariantMapping(Schema([field]), as: .json).schema == Schema([field]))
        }
    }

    @Test("null variants stay null, also inside structs that are null and lists")
    func nulls() throws {
        // Where a struct is null its children hold anything: here no metadata at all.
        let inner = try Storage.group(
            [
                "metadata": Storage.binary([Self.empty, [], [], Self.empty]),
                "value": Storage.binary([nil, nil, nil, [0x0C, 4]]),
                "typed_value": Storage.integers([1, nil, nil, nil]),
            ], isNull: [false, true, false, false])
        let variant = Metadata([("ARROW:extension:name", "arrow.parquet.variant")])
        let group = Storage.group(["v": inner], isNull: [false, false, true, false], fields: ["v": variant])
        let list = ArrayData(
            type: .list(Field("element", group.type)), count: 3, nullCount: 1,
            buffers: [Bytes([0b101 as UInt8]), Bytes([0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0] as [UInt8])],
            children: [group])
        let batch = RecordBatch(schema: Schema([Field("l", list.type)]), rowCount: 3, columns: [list])
        for form in [VariantMapping.Form.whole, .json] {
            let mapping = try VariantMapping(batch.schema, as: form)
            let mapped = try mapping.map(batch).columns[0]
            #expect(mapped.type == mapping.schema.fields[0].type && mapped.nullCount == 1)
            try mapped.validate()
            let groups = ArrayView(mapped).child(0)
            #expect(groups.isNull(at: 2))
            let variants = groups.child(0)
            #expect((0..<4).map { variants.isNull(at: $0) } == [false, true, false, false])
            if form == .json {
                #expect(variants.string(at: 0) == "1" && variants.string(at: 3) == "4")
            } else {
                #expect(variants.child(1).bytes(at: 3).map { [UInt8]($0) } == [0x0C, 4])
            }
        }
    }

    @Test(
        "another writer's file gives the values that were written, shredded or not",
        arguments: ["duckdb-variant", "duckdb-variant-shredded"])
    func fixture(name: String) async throws {
        let fixture = try #require(Fixtures.all.first { $0.file == "parquet/\(name).parquet" })
        let file = try fixture.contents()
        let reader = try FileReader(metadata: try await readFooter(of: file))
        let mapping = try VariantMapping(reader.schema, as: .json)
        #expect(mapping.schema.fields[1].metadata["ARROW:extension:name"] == "arrow.json")
        var cutter = try reader.batches(
            of: try await load(reader.plan(rowGroup: 0, fileByteCount: file.byteCount), from: file), rowGroup: 0)
        let batch = try mapping.map(try #require(try cutter.take(rows: 100)))
        let texts = ArrayView(batch.columns[1])
        #expect(texts.count == 40)
        for row in 0..<texts.count {
            // The query in Tools/fixtures/writers.py; DuckDB has no null in a VARIANT but its own.
            let expected: String? =
                switch row % 10 {
                case 2: ["2.50", "15.00", "27.50", "40.00"][row / 10]
                case 3: #""2024-02-29""#
                case 4: #"{"a":\#(row),"b":["x",null,"é"]}"#
                case 5: "[\(row),-\(row)]"
                case 6: #"{"a":"text","c":{"d":"2001-02-03T04:05:06.789000"}}"#
                case 7: "\(Double(row) / 7)"
                case 8: #""AP8=""#
                case 9: #""row \#(row)""#
                default: nil
                }
            #expect(texts.string(at: row) == expected, "row \(row)")
        }
    }
}
