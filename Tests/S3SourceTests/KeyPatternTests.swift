import S3
import Testing

@testable import S3Source

struct KeyPatternTests {
    /// Returns the text of each placeholder; nil where the pattern does not match.
    private func captures(_ pattern: String, _ key: String) throws -> [String]? {
        let bytes = Array(key.utf8)
        return try KeyPattern(parsing: pattern).match(bytes)?.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(
        "a pattern matches whole keys, byte by byte",
        arguments: [
            ("a/b.parquet", "a/b.parquet", true), ("a/b", "a/b.parquet", false),
            ("a/b.parquet", "x/a/b.parquet", false),
            ("*.parquet", "a.parquet", true), ("*.parquet", "a/b.parquet", false), ("*.parquet", ".parquet", true),
            ("a/*/c", "a/b/c", true), ("a/*/c", "a//c", true), ("a/*/c", "a/b/b/c", false), ("a*c", "abcbc", true),
            ("**", "", true), ("**", "a/b/c", true), ("a/**", "a/", true), ("a/**", "a", false),
            ("a**z", "a/b/z", true),
            ("a/**/z", "a/z", true), ("a/**/z", "a/b/c/z", true), ("a/**/z", "a/bz", false), ("**/z", "z", true),
            ("**/z", "a/z", true), ("**/z", "az", false), ("**/*.parquet", "a/b/c.parquet", true),
            ("a?[b]", "a?[b]", true), ("a?", "ab", false), ("caf\u{E9}/*", "cafe\u{301}/x", false),
        ])
    func wildcards(pattern: String, key: String, matches: Bool) throws {
        #expect((try captures(pattern, key) != nil) == matches)
    }

    @Test(
        "placeholders give the text that they stand for, the shortest first",
        arguments: [
            ("{a}/{b}/*", "x/y/z", ["x", "y"]), ("{a}-{b}", "x-y-z", ["x", "y-z"]), ("{a}/*", "/x", nil),
            ("{YYYY}/{MM}/{DD}/{HH}", "2024/02/09/23", ["2024", "02", "09", "23"]), ("{YYYY}", "24", nil),
            ("{MM}", "13", nil), ("{MM}", "00", nil), ("{HH}", "24", nil), ("{YYYY}{MM}", "202402", ["2024", "02"]),
            ("{n:int}", "-12", ["-12"]), ("{n:int}", "1x", nil), ("{n:int}.*", "12.x", ["12"]), ("{n:int}", "-", nil),
            ("{n:int}", "9223372036854775807", ["9223372036854775807"]), ("{n:int}", "9223372036854775808", nil),
            ("{d:date}/*", "2024-02-29/x", ["2024-02-29"]), ("{d:date}", "2023-02-29", nil),
            ("{d:date}", "20240229", nil),
            ("**/{a}.parquet", "x/y/z.parquet", ["z"]), ("{a}/{a}/x", "v/v/x", ["v", "v"]), ("{a}/{a}/x", "v/w/x", nil),
            (
                "{{TABLE}}.{{FORMAT}}.{{UUID}}", "t.parquet.0b21c6b9-9c0e-4e2a-b4f5-2a4e5e1b7c3d",
                ["t", "parquet", "0b21c6b9-9c0e-4e2a-b4f5-2a4e5e1b7c3d"]
            ),
            ("{{UUID}}", "0b21c6b9-9c0e-4e2a-b4f5-2a4e5e1b7c3", nil), ("{{FORMAT}}", "csv", nil),
        ] as [(String, String, [String]?)])
    func placeholders(pattern: String, key: String, texts: [String]?) throws {
        #expect(try captures(pattern, key) == texts)
    }

    @Test(
        "a pattern that says nothing is an error that says why",
        arguments: [
            ("", "empty"), ("{", "not closed"), ("a{b", "not closed"), ("{{TABLE}", "not closed"),
            ("a}", "without a {"),
            ("{}", "no placeholder"), ("{a b}", "no placeholder"), ("{1a}", "no placeholder"),
            ("{a:float}", "{NAME:int}"),
            ("{{NOPE}}", "{{NOPE}}"),
        ])
    func malformed(pattern: String, part: String) {
        let error = #expect(throws: KeyPattern.Fault.self) { try KeyPattern(parsing: pattern) }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test("a key that almost matches in very many ways is done with quickly")
    func hostile() throws {
        let pattern = try KeyPattern(parsing: String(repeating: "**a", count: 20) + "{x}-{y}-{z}/b")
        let key = Array(String(repeating: "a-", count: 512).utf8)
        let start = ContinuousClock.now
        #expect(pattern.match(key) == nil)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
