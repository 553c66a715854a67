import Crypto
import Testing

@Suite("MD5")
struct MD5Tests {
    @Test(
        "the vectors of RFC 1321",
        arguments: [
            "": "1B2M2Y8AsgTpgAmY7PhCfg==", "a": "DMF1ucDxtqgxw5niaXcmYQ==", "abc": "kAFQmDzST7DWlj99KOF/cg==",
            "message digest": "+WtpfXy3k41SWi8xqvFh0A==",
        ])
    func vectors(text: String, expected: String) {
        #expect(MD5.hash(Array(text.utf8)).map(Base64.encode) == expected)
    }
}
