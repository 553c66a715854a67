import S3
import Testing

@testable import S3Source

struct TableNamingTests {
    @Test(
        "a key gives the table of its directory",
        arguments: [
            ("datafile_0.parquet", "datafile_0"),
            ("data/2024/x.parquet", "data_2024"),
            ("data/2024/02/14/14/15/x.parquet", "data_2024_02_14_14_15"),
            ("my-data/some-file.parquet", "my_data"),
            ("my-data-file.parquet", "my_data_file"),
            ("data.v2/file.parquet", "data_v2"),
            ("data.v2.parquet", "data_v2"),
            ("data//2024///file.parquet", "data_2024"),
            ("_private/data.parquet", "private"),
            ("data_/file.parquet", "data"),
            ("a__b/file.parquet", "a_b"),
            ("/leading.parquet", "leading"),
            ("year=2024/month=02/x.parquet", "year_2024_month_02"),
            ("caf\u{E9}/x.parquet", "caf"),
            ("cafe\u{301}/x.parquet", "cafe"),
            ("UPPER/x.PARQUET", "UPPER"),
        ])
    func name(key: String, table: String) {
        #expect(TableNaming.tableName(of: TableNaming.base(of: ObjectKey(key))) == table)
    }

    @Test("a key without a letter or digit gives no table", arguments: ["-.parquet", ".parquet", "___/x.parquet"])
    func noName(key: String) {
        #expect(TableNaming.tableName(of: TableNaming.base(of: ObjectKey(key))) == nil)
    }

    @Test("only the ending decides what is a Parquet object")
    func parquetEnding() {
        for key in ["a.parquet", "a.PARQUET", "a/b.ParQuet", ".parquet"] {
            #expect(TableNaming.isParquet(ObjectKey(key)), "\(key)")
        }
        for key in ["a.parquet.gz", "aparquet", "a.parquet/", "", "parquet", "a.parque\u{301}t"] {
            #expect(!TableNaming.isParquet(ObjectKey(key)), "\(key)")
        }
    }
}
