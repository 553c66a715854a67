import ByteCore
import Crypto
import Testing

/// Published vectors: the GCM specification's test cases 1 to 18 (those with nonces of 12 bytes), SP 800-38A section F.5.
@Suite("AES")
struct AESCipherTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let key: String
        let nonce: String
        let additional: String
        let plaintext: String
        let ciphertext: String
        let tag: String

        var testDescription: String { "\(key.count * 4) bits, \(plaintext.count / 2) bytes, tag \(tag)" }
    }

    private static let text64 =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
    private static let text60 = String(text64.dropLast(8))
    private static let additional = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
    private static let nonce = "cafebabefacedbaddecaf888"
    private static let key128 = "feffe9928665731c6d6a8f9467308308"
    private static let key192 = "feffe9928665731c6d6a8f9467308308feffe9928665731c"
    private static let key256 = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    private static let zeros = String(repeating: "0", count: 64)

    static let gcm = [
        Vector(
            key: String(zeros.prefix(32)), nonce: String(zeros.prefix(24)), additional: "", plaintext: "",
            ciphertext: "", tag: "58e2fccefa7e3061367f1d57a4e7455a"),
        Vector(
            key: String(zeros.prefix(32)), nonce: String(zeros.prefix(24)), additional: "",
            plaintext: String(zeros.prefix(32)), ciphertext: "0388dace60b6a392f328c2b971b2fe78",
            tag: "ab6e47d42cec13bdf53a67b21257bddf"),
        Vector(
            key: key128, nonce: nonce, additional: "", plaintext: text64,
            ciphertext: "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
            tag: "4d5c2af327cd64a62cf35abd2ba6fab4"),
        Vector(
            key: key128, nonce: nonce, additional: additional, plaintext: text60,
            ciphertext: "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
            tag: "5bc94fbc3221a5db94fae95ae7121a47"),
        Vector(
            key: String(zeros.prefix(48)), nonce: String(zeros.prefix(24)), additional: "", plaintext: "",
            ciphertext: "", tag: "cd33b28ac773f74ba00ed1f312572435"),
        Vector(
            key: key192, nonce: nonce, additional: additional, plaintext: text60,
            ciphertext: "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c"
                + "7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710",
            tag: "2519498e80f1478f37ba55bd6d27618c"),
        Vector(
            key: zeros, nonce: String(zeros.prefix(24)), additional: "", plaintext: String(zeros.prefix(32)),
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: key256, nonce: nonce, additional: additional, plaintext: text60,
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.utf8.compactMap(Hex.value(of:))
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func window(_ hex: String) -> Bytes { Bytes(bytes(hex)) }

    /// What a vector decrypts to, twice with the same cipher: the second message runs in the context of the first.
    private static func opened(_ vector: Vector, tag: Bytes? = nil, additional: [UInt8]? = nil) throws -> [[UInt8]?] {
        let cipher = AESCipher(key: try #require(AESKey(bytes(vector.key))))
        let tag = tag ?? window(vector.tag)
        return (0..<2).map { _ in
            var output = ByteBuilder()
            let isAuthentic = cipher.openGCM(
                window(vector.ciphertext).span, nonce: window(vector.nonce).span, tag: tag.span,
                additionalData: additional ?? bytes(vector.additional),
                into: &output)
            return isAuthentic ? [UInt8](output.freeze()) : output.count == 0 ? nil : []
        }
    }

    @Test("GCM decrypts the published vectors", arguments: gcm)
    func published(vector: Vector) throws {
        let expected = Self.bytes(vector.plaintext)
        #expect(try Self.opened(vector) == [expected, expected])
    }

    @Test("a changed tag or changed additional data gives nothing", arguments: gcm)
    func forged(vector: Vector) throws {
        for index in 0..<16 {
            var tag = Self.bytes(vector.tag)
            tag[index] ^= 1 << UInt8(index % 8)
            #expect(try Self.opened(vector, tag: Bytes(tag)) == [nil, nil])
        }
        #expect(try Self.opened(vector, additional: Self.bytes(vector.additional) + [0]) == [nil, nil])
    }

    @Test("the signature of a plaintext is the tag of its encryption", arguments: gcm)
    func signature(vector: Vector) throws {
        let cipher = AESCipher(key: try #require(AESKey(Self.bytes(vector.key))))
        func matches(_ text: [UInt8], _ tag: [UInt8]) -> Bool {
            cipher.isSignatureGCM(
                Bytes(tag).span, of: Bytes(text).span, nonce: Self.window(vector.nonce).span,
                additionalData: Self.bytes(vector.additional))
        }
        var tag = Self.bytes(vector.tag)
        #expect(matches(Self.bytes(vector.plaintext), tag))
        #expect(!matches(Self.bytes(vector.plaintext) + [0], tag))
        tag[15] ^= 0x80
        #expect(!matches(Self.bytes(vector.plaintext), tag))
    }

    // GCM is CTR from counter 2 on: the first block of CTR from counter 1 is left out by a block of zeros before it.
    @Test("CTR counts from 1 in the last four bytes", arguments: gcm.filter { !$0.plaintext.isEmpty })
    func counter(vector: Vector) throws {
        let cipher = AESCipher(key: try #require(AESKey(Self.bytes(vector.key))))
        for _ in 0..<2 {
            var output = ByteBuilder()
            cipher.openCTR(
                Bytes([UInt8](repeating: 0, count: 16) + Self.bytes(vector.ciphertext)).span,
                nonce: Self.window(vector.nonce).span, into: &output)
            #expect(Array([UInt8](output.freeze()).dropFirst(16)) == Self.bytes(vector.plaintext))
        }
    }

    @Test("keys have 16, 24 or 32 bytes and are never shown")
    func keys() throws {
        for count in 0...40 {
            #expect((AESKey([UInt8](repeating: 7, count: count)) != nil) == [16, 24, 32].contains(count))
        }
        let key = try #require(AESKey([UInt8](repeating: 211, count: 16)))
        var shown = "\(key) \(String(reflecting: key)) \(AESCipher(key: key)) \(String(reflecting: [key]))"
        dump(key, to: &shown)
        dump(AESCipher(key: key), to: &shown)
        #expect(!shown.contains("211"))
        #expect(shown.contains("AESKey(128 bits, redacted)"))
    }
}
