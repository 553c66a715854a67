import ArrowLayout
import ByteCore
import Parquet
import ParquetArrow
import Testing

/// The examples of LogicalTypes.md, and what writers made of them.
@Suite("Nested schemas")
struct NestedSchemaTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: ParquetField
        /// Nil where the field has no columns.
        let type: DataType?
        var isNullable = true

        init(_ description: String, _ field: ParquetField, _ type: DataType?, isNullable: Bool = true) {
            testDescription = description
            self.field = field
            self.type = type
            self.isNullable = isNullable
        }
    }

    private static func list(_ repeated: ParquetField, name: String = "my_list") -> ParquetField {
        .group(name, .optional, ParquetField.list, [repeated])
    }

    private static func map(_ annotation: Int, _ entries: ParquetField) -> ParquetField {
        .group("my_map", .optional, annotation, [entries])
    }

    private static let entry: [ParquetField] = [.leaf("str", .required, text: true), .leaf("num", .optional)]
    private static let mapType = DataType.map(
        entries: Field(
            "key_value", .structure([Field("str", .utf8, isNullable: false), Field("num", .int32)]),
            isNullable: false),
        keysSorted: false)
    private static let num = ParquetField.leaf("num", .required)
    private static let text = ParquetField.leaf("str", .required, text: true)

    static let examples: [Example] = [
        Example(
            "a list of three levels",
            list(.group("list", .repeated, nil, [.leaf("element", .optional, text: true)])),
            .list(Field("element", .utf8))),
        Example(
            "other names, required element", list(.group("bag", .repeated, nil, [.leaf("array_element", .required)])),
            .list(Field("array_element", .int32, isNullable: false))),
        Example(
            "a list of lists",
            list(
                .group(
                    "list", .repeated, nil,
                    [
                        .group(
                            "element", .required, ParquetField.list,
                            [.group("list", .repeated, nil, [.leaf("element", .required)])])
                    ])),
            .list(Field("element", .list(Field("element", .int32, isNullable: false)), isNullable: false))),
        Example(
            "rule 1: a repeated primitive", list(.leaf("element", .repeated)),
            .list(Field("element", .int32, isNullable: false))),
        Example(
            "rule 2: a repeated group of two fields", list(.group("element", .repeated, nil, [text, num])),
            .list(
                Field(
                    "element",
                    .structure([Field("str", .utf8, isNullable: false), Field("num", .int32, isNullable: false)]),
                    isNullable: false))),
        Example(
            "rule 3: a repeated group whose field is repeated",
            list(.group("element", .repeated, ParquetField.list, [.leaf("items", .repeated)])),
            .list(Field("element", .list(Field("items", .int32, isNullable: false)), isNullable: false))),
        Example(
            "rule 3 comes before the name",
            list(.group("array", .repeated, nil, [.leaf("items", .repeated)])),
            .list(
                Field(
                    "array",
                    .structure([
                        Field("items", .list(Field("items", .int32, isNullable: false)), isNullable: false)
                    ]), isNullable: false))),
        Example(
            "rule 4: a repeated group named array", list(.group("array", .repeated, nil, [text])),
            .list(Field("array", .structure([Field("str", .utf8, isNullable: false)]), isNullable: false))),
        Example(
            "rule 4: a repeated group named after the list",
            list(.group("my_list_tuple", .repeated, nil, [text])),
            .list(Field("my_list_tuple", .structure([Field("str", .utf8, isNullable: false)]), isNullable: false))),
        Example(
            "rule 5: a name that ends otherwise", list(.group("my_list_tuple", .repeated, nil, [text]), name: "other"),
            .list(Field("str", .utf8, isNullable: false))),
        Example(
            "a repeated primitive", .leaf("num", .repeated), .list(Field("num", .int32, isNullable: false)),
            isNullable: false),
        Example(
            "a repeated group", .group("g", .repeated, nil, [num]),
            .list(Field("g", .structure([Field("num", .int32, isNullable: false)]), isNullable: false)),
            isNullable: false),
        Example(
            "a list without a repeated field is a struct", list(.group("list", .optional, nil, [num])),
            .structure([Field("list", .structure([Field("num", .int32, isNullable: false)]))])),
        Example("a map", map(ParquetField.map, .group("key_value", .repeated, nil, entry)), mapType),
        Example("a map of any names", map(ParquetField.map, .group("map", .repeated, 2, entry)), mapType),
        Example(
            "a map annotated as MAP_KEY_VALUE",
            map(ParquetField.mapKeyValue, .group("map", .repeated, nil, entry)), mapType),
        Example(
            "a map with optional keys",
            map(
                ParquetField.map,
                .group("map", .repeated, nil, [.leaf("str", .optional, text: true), .leaf("num", .optional)])),
            mapType),
        Example(
            "a map without values is a list of its keys",
            map(ParquetField.map, .group("key_value", .repeated, nil, [text])),
            .list(Field("str", .utf8, isNullable: false))),
        Example("a group without fields", .group("g", .optional, nil, []), nil),
        Example(
            "a list of groups without fields", list(.group("list", .repeated, nil, [.group("g", .optional, nil, [])])),
            nil),
        Example(
            "a group without fields beside a column",
            .group("g", .optional, nil, [.group("empty", .optional, nil, []), num]),
            .structure([Field("num", .int32, isNullable: false)])),
    ]

    @Test("groups become lists, maps and structs", arguments: examples)
    func mapping(example: Example) async throws {
        let columns = example.field.leaves().map { leaf in
            ShreddedColumn(entries: [.init(0, 0, leaf.definition == 0 ? .number(1) : nil)])
        }
        let file = NestedFile.bytes(
            [example.field, .leaf("z", .required)],
            columns + [
                ShreddedColumn(entries: [.init(0, 0, .number(5))])
            ], rowCount: 1)
        let table = try await NestedTable(file, rows: 10)
        let expected = example.type.map { [Field(example.field.name, $0, isNullable: example.isNullable)] } ?? []
        #expect(table.schema.fields.dropLast() == expected[...])
        #expect(table.columns.last == [.number(5)])
        if example.type != nil { #expect(table.columns[0] == [example.isNullable ? .null : .list([])]) }
    }
}
