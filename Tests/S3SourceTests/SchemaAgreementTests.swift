import ArrowLayout
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
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(mismatch([Field("a", .int64)], [Field("b", .int64)])?.contains("\"a\" against \"b\"") == true)
        #expect(mismatch([Field("caf\u{E9}", .int64)], [Field("cafe\u{301}", .int64)]) != nil)
    }
}
