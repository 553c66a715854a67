import ArrowLayout
import CloudQueryPlugin
import S3
import Testing

@testable import S3Source

struct SchemaAgreementTests {
    private func mismatch(_ first: [Field], _ second: [Field]) -> String? {
        var agreement = SchemaAgreement(table: "t", rule: .fail)
        do throws(SchemaMismatch) {
            try agreement.add(Schema(first), of: ObjectKey("t/1.parquet"))
            try agreement.add(Schema(second), of: ObjectKey("t/2.parquet"))
            return nil
        } catch {
            return error.description
        }
    }

    @Test("equal schemas agree; a column is nullable when it is in any file")
    func agreeing() throws {
        var agreement = SchemaAgreement(table: "t", rule: .fail)
        let item = Field("item", .int32, isNullable: false)
        try agreement.add(
            Schema([Field("a", .int64, isNullable: false), Field("l", .list(item))]), of: ObjectKey("1"))
        try agreement.add(
            Schema([Field("a", .int64), Field("l", .list(Field("item", .int32)), isNullable: false)]),
            of: ObjectKey("2"))
        #expect(agreement.schema?.fields == [Field("a", .int64), Field("l", .list(Field("item", .int32)))])
    }

    @Test("a difference names the table, both files, the columns and both types")
    func differing() throws {
        let text = try #require(mismatch([Field("a", .int64), Field("b", .utf8)], [Field("a", .float64)]))
        for part in [
            "table t", "\"t/1.parquet\"", "\"t/2.parquet\"", "\"a\" is int64 against", "\"b\"", "only in the first",
            "schema_mismatch",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        let json = try #require(mismatch([CQColumn.json("a")], [Field("a", .binary)]))
        #expect(json.contains("\"a\" is json against binary"), "one storage, another meaning: \(json)")
        #expect(mismatch([Field("a", .int64)], [Field("b", .int64)])?.contains("\"a\" against \"b\"") == true)
        #expect(mismatch([Field("caf\u{E9}", .int64)], [Field("cafe\u{301}", .int64)]) != nil)
    }

    @Test("an object that has changed since its table was found must still fit it")
    func changed() throws {
        func table(_ rule: SchemaMismatchRule) throws -> DiscoveredTable {
            let schema = Schema([Field("a", .int64), Field("b", .utf8)])
            let columns = try TableColumns(fileSchema: schema)
            let added = AddedColumns(
                layout: KeyLayout(bucket: "b"), path: PathColumns(), selection: ColumnSelection(), hasLineage: false)
            return DiscoveredTable(
                table: Table(name: "t", columns: columns.fields), columns: columns, fileSchema: schema, added: added,
                rule: rule, objects: [])
        }
        func check(_ fields: [Field], _ rule: SchemaMismatchRule) throws {
            try SchemaAgreement.check(Schema(fields), of: ObjectKey("t/x"), fits: table(rule))
        }
        try check([Field("a", .int64, isNullable: false), Field("b", .utf8)], .fail)
        try check([Field("b", .utf8), Field("a", .int8)], .union)
        for (fields, rule) in [
            ([Field("a", .int64)], SchemaMismatchRule.fail), ([Field("a", .int32), Field("b", .utf8)], .fail),
            ([Field("a", .float64)], .union), ([Field("c", .utf8)], .union),
        ] {
            let error = #expect(throws: SchemaMismatch.self) { try check(fields, rule) }
            #expect(error?.description.contains("\"t/x\" has changed and differs from the table") == true)
        }
    }
}
