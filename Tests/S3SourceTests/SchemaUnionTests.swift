import ArrowLayout
import S3
import Testing

@testable import S3Source

struct SchemaUnionTests {
    private func agreement(_ schemas: [Field]...) throws -> SchemaAgreement {
        var agreement = SchemaAgreement(table: "t", rule: .union)
        for (index, fields) in schemas.enumerated() {
            try agreement.add(Schema(fields), of: ObjectKey("t/\(index + 1).parquet"))
        }
        return agreement
    }

    @Test("columns are united by name: the first file's in its order, then what others add; the rest may be null")
    func names() throws {
        let united = try agreement(
            [Field("b", .int8, isNullable: false), Field("a", .utf8, isNullable: false)],
            [Field("c", .bool, isNullable: false), Field("b", .int8, isNullable: false)],
            [Field("b", .int8, isNullable: false), Field("d", .date32), Field("c", .bool, isNullable: false)])
        #expect(
            united.schema?.fields == [
                Field("b", .int8, isNullable: false), Field("a", .utf8), Field("c", .bool), Field("d", .date32),
            ])
        #expect(united.unitedDifferences == ["\"a\" is in 1 of 3", "\"c\" is in 2 of 3", "\"d\" is in 1 of 3"])
        #expect(try agreement([Field("caf\u{E9}", .int8)], [Field("cafe\u{301}", .utf8)]).schema?.fields.count == 2)
    }

    @Test("types are widened over all files, and the report names the file that did it")
    func widening() throws {
        let united = try agreement(
            [Field("n", .int8)], [Field("n", .null)], [Field("n", .int32)], [Field("n", .int16)], [Field("n", .float64)]
        )
        #expect(united.schema?.fields == [Field("n", .float64)])
        #expect(united.unitedDifferences == ["\"n\" is widened from int8 to float64 by \"t/5.parquet\""])
        #expect(try agreement([Field("n", .int8)], [Field("n", .int8)]).unitedDifferences.isEmpty)
    }

    @Test("what no type holds is an error that names both files, the column and both types")
    func conflict() {
        let error = #expect(throws: SchemaMismatch.self) {
            try agreement([Field("n", .int8)], [Field("n", .int16)], [Field("x", .int8), Field("n", .utf8)])
        }
        for part in ["table t", "t/2.parquet", "t/3.parquet", "\"n\" is int16 against utf8"] {
            #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        }
    }
}
