import Crypto
import Parquet
import Testing

@Suite("Decryption keys")
struct DecryptionKeysTests {
    private func key(_ byte: UInt8, _ count: Int = 16) -> AESKey? { AESKey([UInt8](repeating: byte, count: count)) }

    private let ones = String(repeating: "01", count: 16)
    private let twos = String(repeating: "02", count: 16)

    @Test("footer key, column keys, keys by metadata and the AAD prefix are read from one text")
    func parsing() throws {
        let keys = try DecryptionKeys(
            parsing: "footer=\(ones),a.b=\(twos),column:footer=AgICAgICAgICAgICAgICAg==,metadata:kf=\(twos),"
                + "aad_prefix=table=1")
        #expect(keys.footerKey == key(1))
        #expect(keys[column: "a.b"] == key(2))
        #expect(keys[column: "footer"] == key(2))
        #expect(keys.metadataKeys == [Array("kf".utf8): try #require(key(2))])
        #expect(keys.aadPrefix == Array("table=1".utf8))
        #expect(try DecryptionKeys(parsing: "") == .none)
    }

    @Test("keys of 24 and 32 bytes", arguments: [24, 32])
    func lengths(count: Int) throws {
        let text = String(repeating: "aB", count: count)
        #expect(try DecryptionKeys(parsing: "footer=\(text)").footerKey == key(0xAB, count))
    }

    @Test("a key of a group is that of the columns below, unless they have their own")
    func groups() throws {
        let keys = try DecryptionKeys(parsing: "a=\(ones),a.b.c=\(twos)")
        #expect(keys[column: "a.b"] == key(1))
        #expect(keys[column: "a.b.c"] == key(2))
        #expect(keys[column: "a.b.c.d"] == key(2))
        #expect(keys[column: "ab"] == nil)
        #expect(keys[column: ""] == nil)
    }

    @Test("names that look the same are two columns")
    func composed() throws {
        var keys = DecryptionKeys()
        keys[column: "e\u{301}"] = key(1)
        #expect(keys[column: "\u{E9}"] == nil)
    }

    @Test(
        "texts of another form are refused without showing a key",
        arguments: [
            "01010101010101010101010101010101", "=01010101010101010101010101010101", ",", "footer=010101",
            "footer=0101010101010101010101010101010-", "footer=", "a=AgICAgICAgICAgICAgICAg=",
            "footer=01010101010101010101010101010101,footer=01010101010101010101010101010101",
        ])
    func refused(text: String) {
        let error = #expect(throws: DecryptionKeysError.self) { try DecryptionKeys(parsing: text) }
        #expect(error?.description.hasPrefix("decryption keys: ") == true)
        #expect(error?.description.contains("0101") == false)
    }

    @Test("keys are never shown")
    func redacted() throws {
        let keys = try DecryptionKeys(
            parsing: "footer=\(ones),a=\(twos),metadata:kf=\(String(repeating: "d3", count: 16)),aad_prefix=hush")
        var shown = "\(keys) \(String(reflecting: keys))"
        dump(keys, to: &shown)
        #expect(shown.contains("redacted"))
        for secret in ["0101", "0202", "d3", "211", "hush"] { #expect(!shown.contains(secret)) }
    }
}
