import COpenSSL

/// The check of signatures by ECDSA over P-256 and SHA-256, with the public key alone.
public enum ES256 {
    /// Returns whether a signature of 64 bytes is that of a message under the key with these coordinates.
    public static func isSignature(_ signature: [UInt8], of message: [UInt8], x: [UInt8], y: [UInt8]) -> Bool {
        guard signature.count == 64, x.count == 32, y.count == 32, let key = unsafe publicKey(x + y) else {
            return false
        }
        defer { unsafe EVP_PKEY_free(key) }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let encoded = sequence(0x30, integer(signature[..<32]) + integer(signature[32...]))
        return unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    }

    /// Reads a point as a SubjectPublicKeyInfo of RFC 5480.
    private static func publicKey(_ point: [UInt8]) -> OpaquePointer? {
        let algorithm: [UInt8] = [
            0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
            0x03, 0x01, 0x07,
        ]
        let encoded = sequence(0x30, algorithm + sequence(0x03, [0, 4] + point))
        return unsafe encoded.withUnsafeBufferPointer { memory in
            var next = memory.baseAddress
            return unsafe d2i_PUBKEY(nil, &next, memory.count)
        }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        return sequence(0x02, (digits.first ?? 0x80) >= 0x80 ? [0] + digits : digits)
    }

    private static func sequence(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }
}
