import ArrowLayout
import ByteCore
import Parquet
import ParquetArrow
import Testing

/// What fields say in their metadata, for footers made by hand.
struct FieldMetadataTests {
    private static let nameKey = "ARROW:extension:name"
    private static let parametersKey = "ARROW:extension:metadata"

    /// The schema of a file without rows.
    private func schema(_ fields: [ParquetField]) async throws -> Schema {
        let columns = fields.flatMap { $0.leaves() }.map { _ in ShreddedColumn() }
        let file = NestedFile.bytes(fields, columns, rowCount: 0)
        return try FileReader(metadata: try await readFooter(of: file)).schema
    }

    private func bytes(_ name: String) -> ParquetField {
        ParquetField(name: name, repetition: .optional, physicalType: 6)
    }

    @Test("field ids, also those of list elements, map values and struct members")
    func fieldIDs() async throws {
        let element = ParquetField.leaf("element", .optional).numbered(3)
        let entry = [
            ParquetField.leaf("key", .required, text: true).numbered(6), .leaf("value", .optional).numbered(7),
        ]
        let schema = try await schema([
            .leaf("a", .required).numbered(1),
            .group("l", .optional, ParquetField.list, [.group("list", .repeated, nil, [element]).numbered(9)]).numbered(
                2),
            .group("s", .optional, nil, [.leaf("x", .optional).numbered(0), .leaf("y", .optional)]).numbered(4),
            .group("m", .optional, ParquetField.map, [.group("key_value", .repeated, nil, entry)]).numbered(5),
            .leaf("r", .repeated).numbered(8), .leaf("none", .optional), .leaf("negative", .optional).numbered(-1),
        ])
        func ids(_ field: Field) -> [String?] {
            [field.metadata["PARQUET:field_id"]] + field.type.children.flatMap(ids)
        }
        #expect(
            schema.fields.map(ids) == [
                ["1"], ["2", "3"], ["4", "0", nil], ["5", nil, "6", "7"], ["8", "8"], [nil], [nil],
            ])
    }

    @Test(
        "geometries are well-known binary, with reference system and edges",
        arguments: [
            (17, nil, nil, #"{"crs":"OGC:CRS84","crs_type":"authority_code"}"#),
            (17, "", nil, #"{"crs":"OGC:CRS84","crs_type":"authority_code"}"#),
            (17, "srid:5070", nil, #"{"crs":"5070","crs_type":"srid"}"#),
            (17, "projjson:key", nil, #"{"crs":"projjson:key"}"#),
            (17, #"{"a":"b\c"}"#, nil, #"{"crs":"{\"a\":\"b\\c\"}"}"#),
            (18, nil, nil, #"{"crs":"OGC:CRS84","crs_type":"authority_code","edges":"spherical"}"#),
            (18, "srid:1", 4, #"{"crs":"1","crs_type":"srid","edges":"karney"}"#),
        ] as [(Int, String?, Int?, String)])
    func geometries(id: Int, crs: String?, algorithm: Int?, parameters: String) async throws {
        let field = bytes("g").annotated(id) { writer in
            if let crs { writer.binary(1, Array(crs.utf8)) }
            if let algorithm { writer.int(2, algorithm) }
        }
        let read = try await schema([field]).fields[0]
        #expect(read == Field("g", .binary, metadata: [Self.nameKey: "geoarrow.wkb", Self.parametersKey: parameters]))
    }

    @Test("edges of a kind that has no name are bytes: without one they would be planar", arguments: [5, -1, 1 << 30])
    func unknownEdges(algorithm: Int) async throws {
        let read = try await schema([bytes("g").annotated(18) { $0.int(2, algorithm) }])
        #expect(read.fields == [Field("g", .binary)])
    }

    @Test("UUID, JSON and VARIANT have the names of Arrow's extension types")
    func extensions() async throws {
        let variant = ParquetField.group("v", .optional, nil, [bytes("metadata"), bytes("value")]).annotated(16)
        let schema = try await schema([bytes("j").annotated(12), variant])
        #expect(schema.fields[0] == Field("j", .utf8, metadata: [Self.nameKey: "arrow.json", Self.parametersKey: ""]))
        #expect(schema.fields[1].metadata[Self.nameKey] == "arrow.parquet.variant")
        #expect(schema.fields[1].type == .structure([Field("metadata", .binary), Field("value", .binary)]))
    }

    @Test(
        "a logical type that nobody knows yet is not looked at: the physical type counts",
        arguments: [20, 99, 2555, 32_767], [false, true])
    func unknownTypes(id: Int, hasContents: Bool) async throws {
        let unknown: @Sendable (inout Thrift) -> Void = { writer in
            guard hasContents else { return }
            writer.binary(3, [1, 2, 3])
            writer.structure(40) { $0.list(1, type: 12, [Thrift.structure { $0.int(1, 1) }]) }
        }
        let group = ParquetField.group("s", .optional, nil, [.leaf("x", .required).annotated(id, unknown)])
        let schema = try await schema([
            .leaf("i", .optional).annotated(id, unknown), bytes("b").annotated(id, unknown),
            group.annotated(id, unknown),
            // The older annotation still counts beside one that is not known.
            ParquetField.leaf("t", .optional, text: true).annotated(id, unknown),
        ])
        #expect(
            schema.fields == [
                Field("i", .int32), Field("b", .binary),
                Field("s", .structure([Field("x", .int32, isNullable: false)])), Field("t", .utf8),
            ])
    }
}
