import ByteCore
import JSON
import Testing

@testable import S3Source

struct SpecFileTests {
    private func file(_ text: String, source: String? = nil) throws -> SpecFile {
        try SpecFile(
            text, source: source,
            variables: ConfigVariables(environment: ["BUCKET": "b", "ROWS": "7", "EMPTY": "", "SECRET": "a: b # c"]) {
                $0 == "/key" ? "k" : $0 == "/pem" ? "-----BEGIN\nX\n" : nil
            })
    }

    private func spec(_ file: SpecFile) -> String { String(decoding: [UInt8](file.spec), as: UTF8.self) }

    @Test("a file is the spec alone or a source's document, in JSON or YAML")
    func forms() throws {
        for text in [
            #"{"bucket":"b","rows_per_record":7}"#, "bucket: b\nrows_per_record: 7\n",
            "---\nbucket: 'b'\nrows_per_record: 7",
        ] {
            let alone = try file(text)
            #expect(spec(alone) == #"{"bucket":"b","rows_per_record":7}"#)
            #expect(alone.tables == ["*"] && alone.skipTables.isEmpty)
        }
        for text in [
            #"{"kind":"source","spec":{"tables":["a*"],"skip_tables":["ab"],"spec":{"bucket":"b"}}}"#,
            "kind: source\nspec:\n  tables: [\"a*\"]\n  skip_tables:\n    - ab\n  spec:\n    bucket: b\n",
        ] {
            let source = try file(text)
            #expect(spec(source) == #"{"bucket":"b"}"#)
            #expect(source.tables == ["a*"] && source.skipTables == ["ab"])
        }
        for wrong in ["[]", "{", "a: [", "a: 1\na: 2", "", "text", "kind: destination", "{a: 1}: 2"] {
            #expect(throws: SpecError.self, "\(wrong)") { try file(wrong) }
        }
        #expect(throws: SpecError.self) { try file("kind: source\nspec: {tables: a}") }
    }

    private static let configuration = """
        # What ${NOBODY} knows.
        kind: source
        spec:
          name: s3
          path: /x
          destinations: [postgresql]
          backend_options:
            table_name: cq_state
            connection: "@@plugins.postgresql.connection"
          spec: &common
            bucket: ${BUCKET}   # of ${ROWS}
            rows_per_record: ${ROWS}
            lineage: true
        ---
        kind: source
        spec:
          name: other
          spec:
            <<: *common
            bucket: c
        ---
        kind: destination
        spec:
          name: postgresql
          spec:
            connection_string: ${PG_CONNECTION_STRING}
        """

    @Test("of a whole configuration the source is taken, with its variables; those of other documents need not be set")
    func configuration() throws {
        let sources = Self.configuration.replacing("<<: *common", with: "lineage: true")
        #expect(spec(try file(sources, source: "s3")) == #"{"bucket":"b","lineage":true,"rows_per_record":7}"#)
        #expect(spec(try file(sources, source: "other")) == #"{"bucket":"c","lineage":true}"#)
        let several = #expect(throws: SpecError.self) { try file(sources) }
        #expect(several?.description == "has the sources s3, other: say which by --source")
        let unknown = #expect(throws: SpecError.self) { try file(sources, source: "s4") }
        #expect(unknown?.description == "has no source named s4; the sources are: s3, other")
        let destination = try #require(sources.split(separator: "---\n").last)
        #expect(throws: SpecError.self) { try file(String(destination)) }
    }

    @Test("anchors and merged mappings are followed within a document")
    func anchors() throws {
        let text = "a: &x {k: 1, l: 2}\nb:\n  <<: [*x, {m: 3, k: 9}]\n  l: 5\nc: *x\n"
        #expect(spec(try file(text)) == #"{"a":{"k":1,"l":2},"b":{"k":1,"l":5,"m":3},"c":{"k":1,"l":2}}"#)
    }

    @Test("values have the types that the CLI gives them")
    func types() throws {
        let text = """
            t: yes
            f: false
            n: ~
            i: 0x10
            d: 1.5
            s: "7"
            date: 2024-06-01
            nan: .nan
            big: 99999999999999999999
            block: |
              two
              lines
            """
        #expect(
            spec(try file(text))
                == #"{"big":"99999999999999999999","block":"two\nlines","d":1.5,"date":"2024-06-01","f":false,"i":16,"n":null,"nan":".nan","s":"7","t":true}"#
        )
    }

    @Test("variables are replaced in the text, quoted or not; one that is missing is told with its field")
    func variables() throws {
        let text =
            "bucket: \"${BUCKET}-${ROWS}\"\nrows: [${ROWS}, '${ROWS}']\nempty: ${EMPTY}\nkey: ${file:/key}\npem: \"${file:/pem}\""
        #expect(
            spec(try file(text)) == #"{"bucket":"b-7","empty":null,"key":"k","pem":"-----BEGIN\nX\n","rows":[7,"7"]}"#)
        for (text, error) in [
            ("a: {b: ['${MISSING}']}", "spec.a.b[0]: ${MISSING} is not set, or no file that can be read"),
            ("a: ${file:/none}", "spec.a: ${file:/none} is not set, or no file that can be read"),
            ("a: ${time:1 day ago}", "spec.a: ${time:1 day ago} is not supported outside of CloudQuery"),
            ("a: \"@@plugins.x.connection\"", "spec.a: @@plugins.x.connection is a plugin that only CloudQuery runs"),
        ] {
            #expect(#expect(throws: SpecError.self) { try file(text) }?.description == error)
        }
        let flow = #expect(throws: SpecError.self) { try file("a: [${MISSING}]") }
        #expect(flow?.description.contains("MISSING") == true)
    }
}
