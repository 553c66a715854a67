import ArrowLayout
import ByteCore
import S3
import Testing

@testable import S3Source

struct KeyLayoutTests {
    private func placement(_ layout: KeyLayout, _ key: String) -> KeyPlacement? {
        if case .object(let placement) = layout.meaning(of: ObjectKey(key)) { placement } else { nil }
    }

    /// The table and its columns as `name=text`, for one rule.
    private func match(_ pattern: String, _ table: String?, _ key: String) throws -> [String]? {
        let rule = try TableRule(pattern: pattern, table: table, field: "tables_from[0]")
        let placement = placement(KeyLayout(rules: [rule], bucket: "b"), key)
        return placement.map { [$0.table] + $0.values.map { "\($0.column)=\(text($0))" } }
    }

    private func text(_ value: PathValue) -> String { value.text.map { String(decoding: $0, as: UTF8.self) } ?? "null" }

    @Test(
        "a rule gives the table's name and the columns of its other placeholders",
        arguments: [
            ("logs/{account}/{region}/**", "logs", "logs/12/eu-1/a/b.parquet", ["logs", "account=12", "region=eu-1"]),
            (
                "{kind}/{YYYY}/{MM}/*", "events {kind}", "a-b/2024/02/x.parquet",
                ["events_a_b", "year=2024", "month=02"]
            ),
            ("logs/**", "logs", "logs/readme.txt", nil), ("logs/*.pq", "logs", "logs/x.pq", ["logs"]),
            ("logs/{name}", "logs", "logs/x.txt", nil), ("{{TABLE}}/*", nil, "aws_ec2/x.parquet", ["aws_ec2"]),
            (
                "p/{{TABLE}}/{{YEAR}}/{{MONTH}}/{{DAY}}/{{HOUR}}/{{MINUTE}}/{{UUID}}.{{FORMAT}}", nil,
                "p/aws_s3/2024/02/09/23/59/0b21c6b9-9c0e-4e2a-b4f5-2a4e5e1b7c3d.parquet", ["aws_s3"]
            ),
            (
                "{{TABLE_HYPHEN}}/{{SYNC_ID}}/{{UUID}}.parquet", nil,
                "aws-s3-buckets/x/0b21c6b9-9c0e-4e2a-b4f5-2a4e5e1b7c3d.parquet", ["aws_s3_buckets"]
            ),
            ("{{TABLE}}.parquet.{{UUID}}", "cq_{{TABLE}}", "t.parquet.0b21c6b9-9c0e-4e2a-b4f5-2a4e5e1b7c3d", ["cq_t"]),
            ("{{TABLE}}/*.parquet", nil, "TEST_TABLE/x.parquet", nil),
            ("{t}/*.parquet", "t", "TEST_TABLE/x.parquet", ["t", "t=TEST_TABLE"]),
        ] as [(String, String?, String, [String]?)])
    func rules(pattern: String, table: String?, key: String, expected: [String]?) throws {
        #expect(try match(pattern, table, key) == expected)
    }

    @Test("the first rule that matches counts; a key that none matches is not read")
    func order() throws {
        let rules = try [("a/*", "one"), ("**", "two")].map { try TableRule(pattern: $0, table: $1, field: "") }
        let layout = KeyLayout(rules: rules, bucket: "b")
        #expect(placement(layout, "a/x.parquet")?.table == "one")
        #expect(placement(layout, "b/x.parquet")?.table == "two")
        #expect(layout.meaning(of: ObjectKey("b/x.txt")) == .unmatched)
    }

    @Test(
        "partitions are columns, decoded, and not in the table's name",
        arguments: [
            ("sales/year=2024/month=02/x.parquet", ["sales", "year=2024", "month=02"]),
            ("a/k=1/b/x.parquet", ["a_b", "k=1"]), ("k=1/x.parquet", ["my_bucket", "k=1"]),
            ("t/na%20me=a%2Fb%/x.parquet", ["t", "na me=a/b%"]),
            ("t/k=__HIVE_DEFAULT_PARTITION__/x.parquet", ["t", "k=null"]),
            ("t/k=/x.parquet", ["t", "k="]), ("t/k=a=b/x.parquet", ["t", "k=a=b"]),
            ("t/k=1/k=2/x.parquet", ["t", "k=2"]),
            ("t/=1/x.parquet", ["t_1"]), ("t/k=1.parquet", ["t"]), ("x.parquet", ["x"]),
        ])
    func partitions(key: String, expected: [String]) {
        let layout = KeyLayout(foldsPartitions: true, bucket: "my-bucket")
        let placement = placement(layout, key)
        #expect(placement.map { [$0.table] + $0.values.map { "\($0.column)=\(text($0))" } } == expected)
    }

    @Test("partitions are columns beside those of a rule")
    func both() throws {
        let rule = try TableRule(pattern: "{{TABLE}}/**", table: nil, field: "")
        let placement = placement(
            KeyLayout(rules: [rule], foldsPartitions: true, bucket: "b"), "t/dt=2024-02-01/x.parquet")
        #expect(placement?.table == "t")
        #expect(placement?.values.map(\.column) == ["dt"])
        let typed = try TableRule(pattern: "t/dt={dt:date}/*", table: "t", field: "")
        let layout = KeyLayout(rules: [typed], foldsPartitions: true, bucket: "b")
        #expect(self.placement(layout, "t/dt=2024-02-01/x.parquet")?.values.map(\.type) == [.date])
    }

    @Test(
        "the values of all keys together give a column its type",
        arguments: [
            (["1", "-20"], DataType.int64), (["01", "12", "0"], .int64), (["007"], .utf8), (["-01"], .utf8),
            (["1", nil], .int64), ([nil], .utf8), (["1", "a"], .utf8), (["2024-01-01", "2024-02-29"], .date32),
            (["2024-01-01", "2024-02-30"], .utf8), (["9223372036854775808"], .utf8), ([""], .utf8),
            (["1", "2024-01-01"], .utf8),
        ] as [([String?], DataType)])
    func types(values: [String?], type: DataType) {
        var columns = PathColumns()
        for value in values {
            columns.observe([PathValue(column: "k", text: value.map { Array($0.utf8) })], of: ObjectKey("k"))
        }
        let last = columns.columns([PathValue(column: "k", text: values[0].map { Array($0.utf8) })])
        #expect(last.map(\.field) == [Field("k", type)])
    }

    @Test("values become numbers, days and text in every row")
    func values() throws {
        var columns = PathColumns()
        let values =
            ["n": "-7", "d": "1969-12-31", "t": "caf\u{E9}"].sorted { $0.key < $1.key }
            .map { PathValue(column: $0.key, text: Array($0.value.utf8)) } + [PathValue(column: "x", text: nil)]
        columns.observe(values, of: ObjectKey("k"))
        let arrays = columns.columns(values).map { column in
            guard case .constant(let value) = column.value else { return ArrayData.nulls(of: .null, count: 3) }
            return value.column(of: column.field.type, rowCount: 3)
        }
        for array in arrays { try array.validate() }
        let views = arrays.map(ArrayView.init)
        #expect(views.map(\.count) == [3, 3, 3, 3])
        #expect(views[0].int64(at: 2) == -1 && views[1].int64(at: 2) == -7)
        #expect(views[2].string(at: 2) == "caf\u{E9}" && views[3].isNull(at: 2))
    }

    @Test("text is repeated in at most so many rows that its 32-bit offsets count them")
    func maximumRowCount() {
        #expect(ConstantValue.text(Bytes(Array("12345678".utf8))).maximumRowCount == 268_435_455)
        #expect(ConstantValue.text(Bytes()).maximumRowCount == Int(Int32.max))
        #expect(ConstantValue.int64(1).maximumRowCount == Int.max)
    }

    @Test(
        "what other tools keep beside a table is not read, unless the prefix names it",
        arguments: [
            ("t/_delta_log/0.checkpoint.parquet", 0, true),
            ("_temporary/0/a.parquet", 0, true),
            ("t/_spark_metadata/a.parquet", 2, true),
            ("t/.hive-staging_hive_2024/a.parquet", 0, true),
            ("t/.spark-staging-7/p=1/a.parquet", 0, true),
            ("t/_delta_log/a.parquet", 13, false),
            ("t/_temporary/a.parquet", 3, false),
            ("_private/a.parquet", 0, false),
            ("t/_delta_logs/a.parquet", 0, false),
            ("t/_temporary", 0, false),
            ("t/..a/.b.parquet", 0, false),
            ("_cq/a.parquet", 0, false),
        ])
    func workDirectories(key: String, prefixByteCount: Int, isHeld: Bool) {
        #expect(WorkDirectory.holds(ObjectKey(key), after: prefixByteCount) == isHeld)
        let layout = KeyLayout(bucket: "b", prefixByteCount: prefixByteCount)
        if isHeld { #expect(layout.meaning(of: ObjectKey(key)) == .otherFile) }
    }
}
