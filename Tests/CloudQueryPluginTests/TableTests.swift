import ArrowLayout
import CloudQueryPlugin
import Testing

@Suite("Tables and columns")
struct TableTests {
    private func pairs(_ metadata: Metadata) -> [String] { metadata.entries.map { "\($0.key)=\($0.value)" }.sorted() }

    @Test("the schema carries the keys that CloudQuery reads")
    func schemaMetadata() {
        let table = Table(name: "data_2024", columns: [CQColumn.id])
        #expect(
            pairs(table.schema.metadata) == [
                "cq:extension:constraint_name=", "cq:table_description=", "cq:table_name=data_2024",
                "cq:table_permissions_needed=null", "cq:table_sensitive_columns=null", "cq:table_title=",
            ])
        #expect(table.schema.fields == table.columns)
    }

    @Test("an incremental table says so, and lists are JSON")
    func incremental() {
        let table = Table(
            name: "t", title: "A title", description: "A text", columns: [], isIncremental: true,
            permissionsNeeded: ["s3:GetObject", "a \"b\"\\\n\u{1}é"], sensitiveColumns: ["c"])
        #expect(
            pairs(table.schema.metadata) == [
                "cq:extension:constraint_name=", "cq:extension:incremental=true", "cq:table_description=A text",
                "cq:table_name=t",
                #"cq:table_permissions_needed=["s3:GetObject","a \"b\"\\\n\u0001é"]"#,
                #"cq:table_sensitive_columns=["c"]"#, "cq:table_title=A title",
            ])
    }

    @Test("every column has the five keys; those it has are kept, and so is all else")
    func columnKeys() throws {
        let key = CQColumn.column(Field("k", .int64), isPrimaryKey: true, isIncrementalKey: true, typeSchema: "{}")
        let plain = Field("p", .utf8, isNullable: false, metadata: ["PARQUET:field_id": "7"])
        let table = Table(name: "t", columns: [key, plain])
        #expect(
            pairs(table.columns[0].metadata) == [
                "cq:extension:incremental=true", "cq:extension:primary_key=true",
                "cq:extension:primary_key_component=false", "cq:extension:type_schema={}",
                "cq:extension:unique=false",
            ])
        #expect(
            pairs(table.columns[1].metadata) == [
                "PARQUET:field_id=7", "cq:extension:incremental=false", "cq:extension:primary_key=false",
                "cq:extension:primary_key_component=false", "cq:extension:type_schema=",
                "cq:extension:unique=false",
            ])
        #expect(!table.columns[1].isNullable)
    }

    @Test("_cq_id and _cq_parent_id are CloudQuery's UUIDs")
    func cqColumns() {
        #expect(CQColumn.id.name == "_cq_id")
        #expect(CQColumn.id.type == .fixedSizeBinary(byteWidth: 16))
        #expect(!CQColumn.id.isNullable)
        #expect(
            pairs(CQColumn.id.metadata) == [
                "ARROW:extension:metadata=uuid-serialized", "ARROW:extension:name=uuid",
                "cq:extension:incremental=false", "cq:extension:primary_key=true",
                "cq:extension:primary_key_component=false", "cq:extension:type_schema=", "cq:extension:unique=true",
            ])
        #expect(CQColumn.id(isPrimaryKey: false).metadata[CQColumn.primaryKeyKey] == "false")
        #expect(CQColumn.parentID.name == "_cq_parent_id")
        #expect(CQColumn.parentID.isNullable)
        #expect(CQColumn.parentID.metadata[CQColumn.uniqueKey] == "false")
        let json = CQColumn.json("j", isNullable: false)
        #expect(json.type == .binary && !json.isNullable)
        #expect(json.metadata["ARROW:extension:name"] == "json")
        #expect(json.metadata["ARROW:extension:metadata"] == "json-serialized")
    }
}
