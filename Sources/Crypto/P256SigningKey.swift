internal import COpenSSL

/// A private key of the curve P-256, which signs by ECDSA over SHA-256: what JSON web tokens call ES256.
///
/// Spec: FIPS 186-5; RFC 7518, 3.4 and 6.2. The key is only read from after it is made.
@safe
public final class P256SigningKey: @unchecked Sendable {
    /// Bytes of a coordinate, and of each half of a signature.
    private static let partByteCount = 32

    private let key: OpaquePointer
    /// The public key's point: each coordinate has 32 bytes, the highest first.
    public let x, y: [UInt8]

    /// Reads a key in PEM, as SEC 1 (`EC PRIVATE KEY`, RFC 5915) or PKCS #8 (`PRIVATE KEY`, RFC 5958); nil for anything
    /// else, and for keys of other kinds and curves.
    public init?(pem: String) {
        let lines = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }
        guard let bytes = Base64.decode(lines.joined().utf8.filter { $0 != 0x20 && $0 != 0x09 }), !bytes.isEmpty,
            let key = unsafe Self.key(bytes)
        else { return nil }
        guard unsafe Self.isOfCurve(key), let x = unsafe Self.coordinate(OSSL_PKEY_PARAM_EC_PUB_X, key),
            let y = unsafe Self.coordinate(OSSL_PKEY_PARAM_EC_PUB_Y, key)
        else {
            unsafe EVP_PKEY_free(key)
            return nil
        }
        unsafe self.key = key
        (self.x, self.y) = (x, y)
    }

    // OpenSSL wipes the key when it frees it.
    deinit { unsafe EVP_PKEY_free(key) }

    /// Returns the signature of a message: two numbers of 32 bytes each; nil where the key is none that can sign.
    public func signature(of message: [UInt8]) -> [UInt8]? {
        guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory: signing context") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var encoded = [UInt8](repeating: 0, count: Int(unsafe EVP_PKEY_get_size(key)))
        var count = encoded.count
        guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            unsafe EVP_DigestSign(context, &encoded, &count, message, message.count) == 1
        else { return nil }
        return Self.joined(encoded, count: count)
    }

    /// Reads a key in DER.
    private static func key(_ bytes: [UInt8]) -> OpaquePointer? {
        unsafe bytes.withUnsafeBufferPointer { memory in
            var next = memory.baseAddress
            return unsafe d2i_AutoPrivateKey(nil, &next, memory.count)
        }
    }

    private static func isOfCurve(_ key: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return false }
        return String(decoding: name[..<min(count, name.count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            == "prime256v1"
    }

    private static func coordinate(_ name: String, _ key: OpaquePointer) -> [UInt8]? {
        var number: OpaquePointer?
        defer { unsafe BN_clear_free(number) }
        guard unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return nil }
        return unsafe bytes(number)
    }

    /// Returns the two numbers of a signature in DER.
    private static func joined(_ encoded: [UInt8], count: Int) -> [UInt8]? {
        unsafe encoded.withUnsafeBufferPointer { memory in
            var next = memory.baseAddress
            guard let pair = unsafe d2i_ECDSA_SIG(nil, &next, count) else { return nil }
            defer { unsafe ECDSA_SIG_free(pair) }
            guard let r = unsafe bytes(ECDSA_SIG_get0_r(pair)), let s = unsafe bytes(ECDSA_SIG_get0_s(pair)) else {
                return nil
            }
            return r + s
        }
    }

    private static func bytes(_ number: OpaquePointer?) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: partByteCount)
        guard unsafe BN_bn2binpad(number, &bytes, Int32(partByteCount)) == Int32(partByteCount) else { return nil }
        return bytes
    }
}

extension P256SigningKey: CustomStringConvertible, CustomReflectable {
    /// What may be shown: the kind of the key.
    public var description: String { "P256SigningKey(redacted)" }

    /// A mirror without children, so that `dump` does not show the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
