import ByteCore
import Crypto

/// One encrypted module, taken apart.
///
/// Spec: Encryption.md, 5.1. Shape: length, nonce, ciphertext and, under GCM, tag; the length counts what follows it.
struct EncryptedModule {
    let nonce: Bytes
    let ciphertext: Bytes
    /// Empty under CTR.
    let tag: Bytes
    /// Bytes of the module with its length.
    let byteCount: Int

    /// Returns the bytes of the module that `bytes` begin with, as its length says: there may be fewer.
    static func byteCount(prefixOf bytes: Bytes, hasTag: Bool) throws(DecodeFault) -> Int {
        guard bytes.count >= 4 else { throw DecodeFault(.truncated, at: bytes.count) }
        let length = Int(bytes.span.load(at: 0, as: UInt32.self))
        guard length >= AESCipher.nonceByteCount + (hasTag ? AESCipher.tagByteCount : 0) else {
            throw .malformed(.moduleLength)
        }
        return 4 + length
    }

    /// Takes apart the module that `bytes` begin with.
    init(prefixOf bytes: Bytes, hasTag: Bool) throws(DecodeFault) {
        byteCount = try Self.byteCount(prefixOf: bytes, hasTag: hasTag)
        guard byteCount <= bytes.count else { throw .malformed(.moduleLength) }
        let tagByteCount = hasTag ? AESCipher.tagByteCount : 0
        let start = 4 + AESCipher.nonceByteCount
        nonce = bytes[4..<start]
        ciphertext = bytes[start..<byteCount - tagByteCount]
        tag = bytes[byteCount - tagByteCount..<byteCount]
    }

    /// Takes apart the module that `bytes` are.
    init(_ bytes: Bytes, hasTag: Bool) throws(DecodeFault) {
        try self.init(prefixOf: bytes, hasTag: hasTag)
        guard byteCount == bytes.count else { throw .malformed(.moduleLength) }
    }

    /// Returns what a module with a tag decrypts to.
    func open(_ cipher: AESCipher, aad: [UInt8]) throws(DecodeFault) -> Bytes {
        var output = ByteBuilder(capacity: ciphertext.count)
        try open(cipher, aad: aad, into: &output)
        return output.freeze()
    }

    /// Appends what a module with a tag decrypts to.
    func open(_ cipher: AESCipher, aad: [UInt8], into output: inout ByteBuilder) throws(DecodeFault) {
        let isAuthentic = cipher.openGCM(
            ciphertext.span, nonce: nonce.span, tag: tag.span, additionalData: aad, into: &output)
        guard isAuthentic else { throw DecodeFault(.authentication) }
    }
}
