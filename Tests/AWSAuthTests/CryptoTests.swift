import Crypto
import Testing

/// Spec: FIPS 180-4 examples; RFC 4231.
struct CryptoTests {
    @Test(
        "SHA-256 of known messages",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(message: String, digest: String) {
        #expect(SHA256.hash(Array(message.utf8)).hex == digest)
        var pieces = SHA256()
        for byte in message.utf8 { pieces.update([byte]) }
        #expect(pieces.finish().hex == digest)
    }

    @Test(
        "HMAC-SHA256 of known keys, shorter, equal and longer than a block",
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func hmac(key: [UInt8], message: String, code: String) {
        let function = HMACSHA256(key: key)
        #expect(function.code(utf8: message).hex == code)
        #expect(function.code(utf8: message).hex == code, "a key serves more than one message")
    }

    @Test("hexadecimal digits")
    func hex() {
        #expect(Hex.string([0x00, 0x9F, 0xAB]) == "009fab")
        #expect(Hex.value(of: UInt8(ascii: "f")) == 15 && Hex.value(of: UInt8(ascii: "F")) == 15)
        #expect(Hex.value(of: UInt8(ascii: "g")) == nil && Hex.value(of: UInt8(ascii: "/")) == nil)
    }
}
