import Crypto
import TestSupport
import Testing

struct P256SigningKeyTests {
    /// The key of RFC 6979, A.2.5, in every form there is.
    private static let forms = [
        """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
        AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
        maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
        -----END EC PRIVATE KEY-----
        """,
        """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX
        Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth
        +mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ
        -----END PRIVATE KEY-----
        """,
        // Without its public part, which is then computed; without marks; with other line breaks.
        "MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49AwEH",
        "\r\n-----BEGIN EC PRIVATE KEY-----\r\nMDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYis\r\n"
            + "SD2choAoGCCqGSM49AwEH\r\n-----END EC PRIVATE KEY-----\r\n",
    ]

    @Test("the coordinates of the RFC, and signatures that its public key confirms", arguments: forms)
    func signatures(pem: String) throws {
        let key = try #require(P256SigningKey(pem: pem))
        #expect(Hex.string(key.x) == "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6")
        #expect(Hex.string(key.y) == "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
        // Numbers of a signature begin with zero bytes once in 128 times.
        for index in 0..<400 {
            let message = Array("sample \(index)".utf8)
            let signature = try #require(key.signature(of: message))
            #expect(ES256.isSignature(signature, of: message, x: key.x, y: key.y))
            #expect(!ES256.isSignature(signature, of: message + [0], x: key.x, y: key.y))
        }
        #expect(try #require(key.signature(of: [])).count == 64)
    }

    @Test("the check takes the signature of the RFC, and none that differs in a bit")
    func known() throws {
        let key = try #require(P256SigningKey(pem: Self.forms[0]))
        var signature = Self.bytes(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
        #expect(ES256.isSignature(signature, of: Array("sample".utf8), x: key.x, y: key.y))
        signature[63] ^= 1
        #expect(!ES256.isSignature(signature, of: Array("sample".utf8), x: key.x, y: key.y))
    }

    @Test(
        "what is no key of the curve",
        arguments: [
            "", "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----", "not a key", "MDECAQ", "MAA=",
            // Of P-384, of Ed25519, the number 0.
            """
            MIGkAgEBBDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
            AAAAAAAAAAegBwYFK4EEACKhZANiAAQoPB1zZc5HiPKfjr8jTt/+rW/pl/vqX/ot
            WMyd+nscUIsFUm9VueuyBA8FtI+20OGUdcmQYeQbiLpS79uMFpBHGmHYZ+15lynZ
            ySzQHb0iVjDYTt4yp4+eZGZM2sUS74w=
            """,
            "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
            "MDECAQEEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoAoGCCqGSM49AwEH",
        ])
    func refused(pem: String) { #expect(P256SigningKey(pem: pem)?.signature(of: [1]) == nil) }

    @Test("a key shows nothing of itself")
    func secrecy() throws {
        let key = try #require(P256SigningKey(pem: Self.forms[0]))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "P256SigningKey(redacted)" && Mirror(reflecting: key).children.isEmpty)
        #expect(!dumped.contains("96"))
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).map { offset in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16) ?? 0
        }
    }
}
