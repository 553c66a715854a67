import JSON
import Testing

@Suite("JSON documents")
struct JSONValueTests {
    @Test(
        "every kind of value is told apart",
        arguments: [
            ("null", JSONValue.null, "null"), ("true", .bool(true), "a boolean"), ("1", .integer(1), "a number"),
            ("-9223372036854775808", .integer(.min), "a number"), ("1.5", .number(1.5), "a number"),
            ("18446744073709551616", .number(0x1p64), "a number"),
            (#""1""#, .string("1"), "a string"), ("[1, []]", .array([.integer(1), .array([])]), "a list"),
            (#"{"a": {"b": false}}"#, .object(["a": .object(["b": .bool(false)])]), "an object"),
        ])
    func kinds(text: String, value: JSONValue, kind: String) {
        #expect(JSONValue(parsing: text.utf8) == value)
        #expect(value.kind == kind)
    }

    @Test(
        "what is not JSON is no document",
        arguments: ["", " ", "{", "{]", "[1,]x", "nul", "\"", "'a'", "{\"a\" 1}", "\u{0}"])
    func broken(text: String) {
        #expect(JSONValue(parsing: text.utf8) == nil)
    }

    @Test("bytes that are not UTF-8, and lists in lists without end, are no document")
    func hostile() {
        #expect(JSONValue(parsing: [0x22, 0xFF, 0x22]) == nil)
        #expect(JSONValue(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)) == nil)
    }

    @Test("a document is written back with the members that nobody knows, in order of their names")
    func writing() throws {
        var document = try #require(JSONValue(parsing: #"{"z": [1, 2.5, null], "a": "x/y", "token": "old"}"#.utf8))
        document["token"] = .string("new")
        document["z"]?["nothing"] = .null
        #expect(String(decoding: document.bytes, as: UTF8.self) == #"{"a":"x/y","token":"new","z":[1,2.5,null]}"#)
        #expect(document["a"]?.text == "x/y" && document["token"]?.integer == nil && document["b"] == nil)
    }

    @Test("no description shows a value")
    func descriptions() throws {
        let document = try #require(JSONValue(parsing: #"{"accessToken": "HIDDEN"}"#.utf8))
        var dumped = ""
        dump(document, to: &dumped)
        for text in ["\(document)", String(reflecting: document), dumped] {
            #expect(!text.contains("HIDDEN"), "\(text)")
        }
    }
}
