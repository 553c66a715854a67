import AWSAuth
import ByteCore
import JSON
import ParquetArrow
import S3
import Testing

@testable import S3Source

struct SourceSpecTests {
    private func parse(_ json: String) throws(SpecError) -> SourceSpec {
        try SourceSpec(json: Bytes(json.utf8))
    }

    @Test("only the bucket is required; the rest has the Go plugin's defaults")
    func defaults() throws {
        let spec = try parse(#"{"bucket":"b"}"#)
        #expect(spec == SourceSpec(bucket: "b"))
        #expect(spec.rowsPerRecord == 500)
        #expect(spec.concurrency == 50)
        #expect(spec.region == nil)
        #expect(spec.pathPrefix.isEmpty)
        #expect(!spec.pathStyle)
    }

    @Test("every field is taken")
    func allFields() throws {
        let spec = try parse(
            #"""
            {"bucket":"b","region":"eu-west-1","local_profile":"p","path_prefix":"data/","filetype":"parquet",
             "rows_per_record":7,"concurrency":3,"endpoint":"http://127.0.0.1:9000","path_style":true,
             "tables_from":[{"pattern":"a/{b}/*","table":"t"}],"table_name_collisions":"merge",
             "hive_partitioning":true,"schema_mismatch":"union","lineage":true,"columns":["a*"],"skip_columns":["b"],
             "int96_timestamps":"ns"}
            """#)
        var expected = SourceSpec(bucket: "b")
        expected.region = "eu-west-1"
        expected.localProfile = "p"
        expected.pathPrefix = "data/"
        expected.rowsPerRecord = 7
        expected.concurrency = 3
        expected.endpoint = "http://127.0.0.1:9000"
        expected.pathStyle = true
        expected.tables.rules = [try TableRule(pattern: "a/{b}/*", table: "t", field: "")]
        expected.tables.collisions = .merge
        expected.tables.hivePartitioning = true
        expected.tables.schemaMismatch = .union
        expected.tables.hasLineage = true
        expected.tables.columns = ColumnSelection(columns: ["a*"], skipColumns: ["b"])
        expected.int96Timestamps = .nanoseconds
        #expect(spec == expected)
    }

    @Test("every field about requests and limits is taken")
    func requestFields() throws {
        let spec = try parse(
            #"""
            {"bucket":"b","use_dualstack":true,"use_fips":false,"no_sign_request":true,"max_retries":3,
             "endpoint_ca_file":"/ca.pem","memory_limit":"1 GiB",
             "sse_customer_key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}
            """#)
        var expected = SourceSpec(bucket: "b")
        expected.useDualstack = true
        expected.useFIPS = false
        expected.noSignRequest = true
        expected.maxRetries = 3
        expected.endpointCAFile = "/ca.pem"
        expected.memoryLimit = 1 << 30
        expected.customerKey = CustomerKey(Array(0..<32))
        #expect(expected.customerKey != nil)
        #expect(spec == expected)
        #expect(try parse(#"{"bucket":"b","request_payer":"requester"}"#).requesterPays)
        #expect(try !parse(#"{"bucket":"b","request_payer":""}"#).requesterPays)
        #expect(SourceSpec(bucket: "b").maxRetries == nil)
        #expect(SourceSpec(bucket: "b").memoryLimit == 268_435_456)
    }

    @Test("a role is taken with what its owner asks for")
    func role() throws {
        let spec = try parse(
            #"""
            {"bucket":"b","role_arn":"arn:aws-us-gov:iam::123456789012:role/team/reader","external_id":"id:/1",
             "role_session_name":"sync@1"}
            """#)
        let arn = "arn:aws-us-gov:iam::123456789012:role/team/reader"
        #expect(spec.role == AssumedRole(arn: arn, externalID: "id:/1", sessionName: "sync@1"))
        let plain = try parse(#"{"bucket":"b","role_arn":"arn:aws:iam::123456789012:role/r"}"#)
        #expect(plain.role == AssumedRole(arn: "arn:aws:iam::123456789012:role/r"))
    }

    @Test(
        "a memory limit is a number of bytes with or without a unit",
        arguments: [
            ("1048576", 1 << 20), (#""1048576""#, 1 << 20), (#""2mb""#, 2_000_000), (#""256 MiB""#, 256 << 20),
            (#""3GB""#, 3_000_000_000), (#""2048 KiB""#, 2 << 20), (#""1100 kb""#, 1_100_000),
            (#""1048577B""#, 1_048_577), (#""""#, 256 << 20), (#""1024GiB""#, 1 << 40),
        ])
    func memoryLimit(json: String, expected: Int) throws {
        #expect(try parse(#"{"bucket":"b","memory_limit":\#(json)}"#).memoryLimit == expected)
    }

    @Test("no text shows the customer's key")
    func customerKeyIsHidden() throws {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        let spec = try parse(#"{"bucket":"b","sse_customer_key":"\#(key)"}"#)
        var dumped = ""
        dump(spec, to: &dumped)
        let wrong = #expect(throws: SpecError.self) {
            try parse(#"{"bucket":"b","sse_customer_key":"\#(key.dropLast(4))"}"#)
        }
        for text in ["\(spec)", String(reflecting: spec), dumped, wrong?.description ?? ""] {
            #expect(!text.isEmpty && !text.contains("AAECAwQF"))
        }
    }

    @Test("a negative concurrency is more than memory has room for, 0 and null are the default")
    func concurrency() throws {
        #expect(try parse(#"{"bucket":"b","concurrency":-1}"#).concurrency == 1_000)
        #expect(try parse(#"{"bucket":"b","concurrency":0}"#).concurrency == 50)
        #expect(try parse(#"{"bucket":"b","concurrency":null}"#).concurrency == 50)
    }

    @Test(
        "what is wrong is named, with what is allowed",
        arguments: [
            ("null", ["bucket is required"]),
            ("{}", ["bucket is required"]),
            (#"{"bucket":""}"#, ["bucket is required"]),
            (#"{"bucket":5}"#, ["bucket", "a string", "a number"]),
            (#"{"bucket":"b","buckt":"x"}"#, ["unknown field buckt", "rows_per_record"]),
            (#"{"bucket":"b","rows_per_record":0}"#, ["rows_per_record", "from 1", "found 0"]),
            (#"{"bucket":"b","rows_per_record":"500"}"#, ["rows_per_record", "whole number", "a string"]),
            (#"{"bucket":"b","rows_per_record":1.5}"#, ["rows_per_record", "whole number", "1.5"]),
            (#"{"bucket":"b","concurrency":true}"#, ["concurrency", "a boolean"]),
            (#"{"bucket":"b","path_style":"yes"}"#, ["path_style", "true or false", "a string"]),
            (#"{"bucket":"b","filetype":"csv"}"#, ["filetype", "parquet", "csv"]),
            (#"{"bucket":"b","role_arn":"reader"}"#, ["role_arn", "arn:aws:iam::123456789012:role/", "reader"]),
            (#"{"bucket":"b","role_arn":"arn:aws:iam::1234:role/r"}"#, ["role_arn must be"]),
            (#"{"bucket":"b","role_arn":"arn:aws:iam::123456789012:user/r"}"#, ["role_arn must be"]),
            (#"{"bucket":"b","external_id":"x1"}"#, ["external_id needs role_arn"]),
            (#"{"bucket":"b","role_session_name":"x1"}"#, ["role_session_name needs role_arn"]),
            (
                #"{"bucket":"b","role_arn":"arn:aws:iam::123456789012:role/r","external_id":"a b"}"#,
                ["external_id must be 2 to 1224"]
            ),
            (
                #"{"bucket":"b","role_arn":"arn:aws:iam::123456789012:role/r","role_session_name":"x"}"#,
                ["role_session_name must be 2 to 64"]
            ),
            (#"{"bucket":"b","int96_timestamps":"s"}"#, ["int96_timestamps", "\"ns\", \"us\", \"ms\"", "found \"s\""]),
            (#"{"bucket":"b","use_fips":1}"#, ["use_fips", "true or false"]),
            (#"{"bucket":"b","use_dualstack":"no"}"#, ["use_dualstack", "true or false"]),
            (#"{"bucket":"b","use_accelerate":"x"}"#, ["use_accelerate", "true or false"]),
            (#"{"bucket":"b","no_sign_request":0}"#, ["no_sign_request", "true or false"]),
            (#"{"bucket":"b","request_payer":"owner"}"#, ["request_payer", "requester", "owner"]),
            (#"{"bucket":"b","sse_customer_key":"c2hvcnQ="}"#, ["sse_customer_key", "32 bytes", "base64"]),
            (#"{"bucket":"b","endpoint_ca_file":true}"#, ["endpoint_ca_file", "a string"]),
            (#"{"bucket":"b","max_retries":101}"#, ["max_retries", "from 0 to 100", "101"]),
            (#"{"bucket":"b","memory_limit":1048575}"#, ["memory_limit", "from 1048576 to", "MiB", "1048575"]),
            (#"{"bucket":"b","memory_limit":"a lot"}"#, ["memory_limit", "256 MiB", "a lot"]),
            (#"{"bucket":"b","memory_limit":"99999999999 GiB"}"#, ["memory_limit", "99999999999"]),
            (#"{"bucket":"b","memory_limit":1.5}"#, ["memory_limit", "a number"]),
            (#"{"bucket":"b","schema_mismatch":"x"}"#, ["schema_mismatch", "\"fail\", \"union\"", "x"]),
            (#"{"bucket":"b","table_name_collisions":"x"}"#, ["table_name_collisions", "\"merge\""]),
            (#"{"bucket":"b","hive_partitioning":1}"#, ["hive_partitioning", "true or false"]),
            (#"{"bucket":"b","lineage":"on"}"#, ["lineage", "true or false"]),
            (#"{"bucket":"b","columns":"a"}"#, ["columns", "a list of strings", "a string"]),
            (#"{"bucket":"b","skip_columns":["a",1]}"#, ["skip_columns[1]", "a string", "a number"]),
            (#"{"bucket":"b","tables_from":{}}"#, ["tables_from", "a list of objects", "an object"]),
            (#"{"bucket":"b","tables_from":["x"]}"#, ["tables_from[0]", "an object", "a string"]),
            (#"{"bucket":"b","tables_from":[{"table":"t"}]}"#, ["tables_from[0].pattern is required"]),
            (#"{"bucket":"b","tables_from":[{"pattern":"*"}]}"#, ["tables_from[0].table is required", "{{TABLE}}"]),
            (
                #"{"bucket":"b","tables_from":[{"pattern":"{a","table":"t"}]}"#,
                ["tables_from[0].pattern", "not closed"]
            ),
            (
                #"{"bucket":"b","tables_from":[{"pattern":"*","table":"{a}"}]}"#,
                ["tables_from[0].table", "{a}", "pattern"]
            ),
            (#"{"bucket":"b","tables_from":[{"pattern":"*","table":"-"}]}"#, ["tables_from[0].table", "letter"]),
            (#"{"bucket":"b","tables_from":[{"pattern":"{YYYY}{year}","table":"t"}]}"#, ["two columns named year"]),
            (#"{"bucket":"b","tables_from":[{"pattern":"*","table":"t","x":1}]}"#, ["unknown field tables_from[0].x"]),
            (#"["b"]"#, ["must be an object", "a list"]),
            ("{", ["not valid JSON"]),
        ])
    func errors(json: String, parts: [String]) {
        let error = #expect(throws: SpecError.self) { try parse(json) }
        for part in parts {
            #expect(error?.description.contains(part) == true, "\(part) in \(error?.description ?? "")")
        }
    }

    @Test(
        "fields that contradict each other are both named",
        arguments: [
            (#""use_fips":true,"endpoint":"https://s""#, "use_fips", "endpoint"),
            (#""use_dualstack":true,"endpoint":"https://s""#, "use_dualstack", "endpoint"),
            (#""role_arn":"arn:aws:iam::123456789012:role/r","no_sign_request":true"#, "role_arn", "no_sign_request"),
            (#""use_accelerate":true,"endpoint":"https://s""#, "use_accelerate", "endpoint"),
            (#""use_accelerate":true,"use_fips":true"#, "use_accelerate", "use_fips"),
            (#""use_accelerate":true,"path_style":true"#, "use_accelerate", "path_style"),
            (#""request_payer":"requester","no_sign_request":true"#, "request_payer", "no_sign_request"),
            (#""endpoint_ca_file":"/ca","endpoint":"HTTP://s""#, "endpoint_ca_file", "http://"),
            (
                #""sse_customer_key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","endpoint":"http://s""#,
                "sse_customer_key", "http://"
            ),
        ])
    func contradictions(fields: String, first: String, second: String) {
        let error = #expect(throws: SpecError.self) { try parse(#"{"bucket":"b",\#(fields)}"#) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("spec: \(first) cannot be combined with ") && text.contains(second), "\(text)")
    }

    @Test("the JSON schema lists exactly the fields that are parsed")
    func schemaFields() throws {
        guard case .object(let schema)? = JSONValue(parsing: SourceSpec.jsonSchema.utf8),
            case .object(let properties)? = schema["properties"]
        else {
            Issue.record("the schema is not an object with properties")
            return
        }
        let error = #expect(throws: SpecError.self) { try parse(#"{"bucket":"b","":0}"#) }
        let listed = error?.description.split(separator: ": ").last?.split(separator: " are ").last ?? ""
        #expect(Set(listed.split(separator: ", ").map(String.init)) == Set(properties.keys))
        checkFields(of: .object(schema), path: "")
    }

    /// Checks that every field of an object says what it is, and has an example and a default, unless it is required.
    private func checkFields(of schema: JSONValue, path: String) {
        var required: [JSONValue] = []
        if case .array(let names)? = schema["required"] { required = names }
        guard case .object(let properties)? = schema["properties"] else { return }
        for (name, property) in properties {
            let field = path + name
            #expect(property["description"]?.text != nil && property["examples"] != nil, "\(field)")
            #expect(property["type"] != nil || property["enum"] != nil, "\(field)")
            #expect((property["default"] == nil) == required.contains(.string(name)), "\(field): default or required")
            checkFields(of: property, path: field + ".")
            if let items = property["items"] { checkFields(of: items, path: field + "[].") }
        }
    }

    @Test("no pattern of the JSON schema repeats more than the CLI's regular expressions can: 1,000 times")
    func schemaPatterns() {
        let patterns = SourceSpec.jsonSchema.split(separator: "\n").filter { $0.contains("\"pattern\": \"^") }
        #expect(patterns.count > 2)
        for pattern in patterns {
            let counts = pattern.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(counts.allSatisfy { $0 <= 1_000 || !pattern.contains("\($0)}") }, "\(pattern)")
        }
    }
}
