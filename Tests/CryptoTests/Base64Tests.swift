import Crypto
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "the vectors of RFC 4648, with and without padding",
        arguments: [
            "": "", "Zg==": "f", "Zm8=": "fo", "Zm9v": "foo", "Zm9vYg": "foob", "Zm9vYmE": "fooba", "/+8=": nil,
        ])
    func vectors(text: String, expected: String?) {
        #expect(Base64.decode(text.utf8) == expected.map { Array($0.utf8) } ?? [0xFF, 0xEF])
    }

    @Test("bytes of every length come back from their text", arguments: 0..<40)
    func encoding(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 250) }
        let text = Base64.encode(bytes)
        #expect(text.utf8.count == (count + 2) / 3 * 4)
        #expect(Base64.decode(text.utf8) == bytes)
    }

    @Test("the alphabet for URLs")
    func urls() {
        #expect(Base64.encodeForURL([0xFB, 0xEF, 0xFF]) == "--__" && Base64.encodeForURL([0xFF]) == "_w")
        #expect(Base64.encodeForURL([]).isEmpty)
    }

    @Test("what is not Base64", arguments: ["Z", "Zg=", "Zm9v=", "Zh==", "Zm=v", "Zm 9v", "Zm9v\n", "-_==", "===="])
    func refused(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }
}
