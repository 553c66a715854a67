import ByteCore
import Crypto
import Parquet
import Testing

@testable import S3Source

@Suite("Decryption keys in the spec")
struct DecryptionKeySpecTests {
    private let secret = "30313233343536373839616263646566"

    private func parse(_ keys: String) throws(SpecError) -> SourceSpec {
        try SourceSpec(json: Bytes(#"{"bucket":"b","decryption_keys":\#(keys)}"#.utf8))
    }

    private func key(_ text: String) throws -> AESKey { try #require(AESKey(Array(text.utf8))) }

    @Test("footer key, column keys, keys by metadata and the AAD prefix are taken, in hexadecimal or Base64")
    func fields() throws {
        let keys = try parse(
            #"""
            {"footer":"30313233343536373839616263646566","columns":{"a.b":"MDEyMzQ1Njc4OWFiY2RlZg==","c":null},
             "by_metadata":{"kf":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"},"aad_prefix":"table=1,"}
            """#
        ).decryptionKeys
        var expected = DecryptionKeys(footerKey: try key("0123456789abcdef"), aadPrefix: Array("table=1,".utf8))
        expected[column: "a.b"] = try key("0123456789abcdef")
        expected.metadataKeys[Array("kf".utf8)] = try key("0123456789abcdefghijklmnopqrstuv")
        #expect(keys == expected)
        #expect(try parse("null").decryptionKeys == .none)
        #expect(try parse("{}").decryptionKeys == .none)
    }

    @Test(
        "what is wrong is named by its whole path, with what is allowed, and no value is shown",
        arguments: [
            (#""30313233343536373839616263646566""#, ["decryption_keys must be an object", "a string"]),
            (#"{"footer":30313233343536373839616263646566}"#, ["decryption_keys.footer must be a string", "a number"]),
            (#"{"footer":""}"#, ["decryption_keys.footer must be hexadecimal or Base64 of 16, 24 or 32 bytes"]),
            (#"{"footer":"3031323334353637"}"#, ["decryption_keys.footer must be hexadecimal or Base64"]),
            (
                #"{"columns":{"card":"30313233343536373839616263646566-"}}"#,
                ["decryption_keys.columns.card must be hexa"]
            ),
            (
                #"{"columns":["30313233343536373839616263646566"]}"#,
                ["decryption_keys.columns must be an object", "a list"]
            ),
            (#"{"by_metadata":{"kf":"303"}}"#, ["decryption_keys.by_metadata.kf must be hexadecimal"]),
            (#"{"aad_prefix":7}"#, ["decryption_keys.aad_prefix must be a string"]),
            (
                #"{"foter":"30313233343536373839616263646566"}"#,
                ["unknown field decryption_keys.foter", "footer, columns, by_metadata, aad_prefix"]
            ),
        ])
    func errors(keys: String, parts: [String]) {
        let error = #expect(throws: SpecError.self) { try parse(keys) }
        for part in parts { #expect(error?.description.contains(part) == true, "\(error?.description ?? "")") }
        #expect(error?.description.contains("3031") == false)
    }

    @Test("a spec with keys does not show them")
    func redacted() throws {
        let spec = try parse(#"{"footer":"\#(secret)","columns":{"c":"\#(secret)"},"aad_prefix":"hush"}"#)
        var shown = "\(spec) \(String(reflecting: spec))"
        dump(spec, to: &shown)
        #expect(shown.contains("redacted"))
        for part in ["3031", "0123456789abcdef", "hush", "48, 49"] { #expect(!shown.contains(part)) }
    }
}
