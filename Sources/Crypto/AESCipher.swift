public import ByteCore
internal import COpenSSL
internal import Synchronization

/// Decryption by one AES key, in any number of threads.
///
/// Spec: FIPS 197; NIST SP 800-38D (GCM, nonces of 12 bytes, tags of 16), NIST SP 800-38A (CTR). The key's schedule is
/// computed once for each context, and contexts are used again.
public final class AESCipher: Sendable {
    /// Bytes of a nonce.
    public static let nonceByteCount = 12
    /// Bytes of an authentication tag.
    public static let tagByteCount = 16

    private let key: AESKey
    private let idle = Mutex(IdleContexts())

    private struct IdleContexts {
        var gcm: [AESContext] = []
        var ctr: [AESContext] = []
    }

    /// Creates the cipher of a key.
    public init(key: AESKey) {
        self.key = key
    }

    /// Appends what `ciphertext` decrypts to under GCM and returns true, or appends nothing and returns false where the
    /// tag does not match it and `additionalData`.
    ///
    /// Shape: `nonce` has 12 bytes, `tag` 16; as many bytes are appended as `ciphertext` has.
    public func openGCM(
        _ ciphertext: RawSpan, nonce: RawSpan, tag: RawSpan, additionalData: [UInt8], into output: inout ByteBuilder
    ) -> Bool {
        precondition(nonce.byteCount == Self.nonceByteCount && tag.byteCount == Self.tagByteCount, "AESCipher: sizes")
        let context = idle.withLock { $0.gcm.popLast() } ?? AESContext(.gcm, key: key, encrypts: false)
        defer { idle.withLock { $0.gcm.append(context) } }
        context.start(nonce)
        context.authenticate(unsafe additionalData.span.bytes)
        var isAuthentic = false
        unsafe output.append(byteCount: ciphertext.byteCount) { memory in
            unsafe context.process(ciphertext, to: memory)
            isAuthentic = context.finish(matching: tag)
            // What was decrypted without being authentic is not given out.
            return isAuthentic ? ciphertext.byteCount : 0
        }
        return isAuthentic
    }

    /// Appends what `ciphertext` decrypts to under CTR with the given nonce and a counter that starts at 1.
    ///
    /// Nothing is authenticated. Shape: `nonce` has 12 bytes; as many bytes are appended as `ciphertext` has.
    public func openCTR(_ ciphertext: RawSpan, nonce: RawSpan, into output: inout ByteBuilder) {
        precondition(nonce.byteCount == Self.nonceByteCount, "AESCipher: nonce")
        let context = idle.withLock { $0.ctr.popLast() } ?? AESContext(.ctr, key: key, encrypts: false)
        defer { idle.withLock { $0.ctr.append(context) } }
        var counter = ByteBuilder(capacity: 16)
        counter.append(contentsOf: nonce)
        counter.append(UInt32(1).bigEndian)
        context.start(counter.span)
        unsafe output.append(byteCount: ciphertext.byteCount) { memory in
            unsafe context.process(ciphertext, to: memory)
            return ciphertext.byteCount
        }
    }

    /// Returns whether encrypting `plaintext` under GCM gives `tag`: the check of a signature over readable bytes.
    ///
    /// Shape: `nonce` has 12 bytes, `tag` 16.
    public func isSignatureGCM(
        _ tag: RawSpan, of plaintext: RawSpan, nonce: RawSpan, additionalData: [UInt8]
    ) -> Bool {
        precondition(nonce.byteCount == Self.nonceByteCount && tag.byteCount == Self.tagByteCount, "AESCipher: sizes")
        let context = AESContext(.gcm, key: key, encrypts: true)
        context.start(nonce)
        context.authenticate(unsafe additionalData.span.bytes)
        var ciphertext = ByteBuilder(capacity: plaintext.byteCount)
        unsafe ciphertext.append(byteCount: plaintext.byteCount) { memory in
            unsafe context.process(plaintext, to: memory)
            return plaintext.byteCount
        }
        return context.finishEncrypting(matching: tag)
    }
}

extension AESCipher: CustomStringConvertible, CustomReflectable {
    /// What may be shown: the length of the key.
    public var description: String { "AESCipher(\(key))" }

    /// A mirror without children, so that `dump` does not show the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// An OpenSSL context with the schedule of one key; it has one user at a time.
@safe
private final class AESContext: @unchecked Sendable {
    enum Mode {
        case gcm
        case ctr
    }

    private let context: OpaquePointer

    init(_ mode: Mode, key: AESKey, encrypts: Bool) {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { fatalError("out of memory: cipher context") }
        unsafe self.context = context
        let cipher =
            switch (mode, key.bytes.count) {
            case (.gcm, 16): unsafe EVP_aes_128_gcm()
            case (.gcm, 24): unsafe EVP_aes_192_gcm()
            case (.gcm, _): unsafe EVP_aes_256_gcm()
            case (.ctr, 16): unsafe EVP_aes_128_ctr()
            case (.ctr, 24): unsafe EVP_aes_192_ctr()
            case (.ctr, _): unsafe EVP_aes_256_ctr()
            }
        let started = unsafe EVP_CipherInit_ex(context, cipher, nil, key.bytes, nil, encrypts ? 1 : 0)
        precondition(started == 1, "AES is part of every OpenSSL")
    }

    // OpenSSL wipes the schedule when it frees the context.
    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Starts a message with its nonce or counter block; direction and key stay.
    func start(_ vector: RawSpan) {
        let started = unsafe vector.withUnsafeBytes { bytes in
            unsafe EVP_CipherInit_ex(context, nil, nil, nil, bytes.bindMemory(to: UInt8.self).baseAddress, -1)
        }
        precondition(started == 1, "a context with a key takes a nonce")
    }

    /// Adds data that is authenticated only, all before the message.
    func authenticate(_ data: RawSpan) {
        guard data.byteCount > 0 else { return }
        var count: Int32 = 0
        let updated = unsafe data.withUnsafeBytes { bytes in
            unsafe EVP_CipherUpdate(
                context, nil, &count, bytes.bindMemory(to: UInt8.self).baseAddress, Int32(bytes.count))
        }
        precondition(updated == 1, "a started context takes additional data")
    }

    /// Writes as many bytes to `output` as `input` has.
    func process(_ input: RawSpan, to output: UnsafeMutableRawBufferPointer) {
        unsafe input.withUnsafeBytes { input in
            var offset = 0
            // OpenSSL counts in 32 bits.
            while offset < input.count {
                let part = min(input.count - offset, 1 << 30)
                var written: Int32 = 0
                let updated = unsafe EVP_CipherUpdate(
                    context, output.baseAddress?.advanced(by: offset).assumingMemoryBound(to: UInt8.self), &written,
                    input.baseAddress?.advanced(by: offset).assumingMemoryBound(to: UInt8.self), Int32(part))
                precondition(updated == 1 && Int(written) == part, "GCM and CTR give a byte for each byte")
                offset += part
            }
        }
    }

    /// Ends a decrypted message; true where its tag is `tag`, which OpenSSL compares in constant time.
    func finish(matching tag: RawSpan) -> Bool {
        unsafe tag.withUnsafeBytes { tag in
            let taken = unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), UnsafeMutableRawPointer(mutating: tag.baseAddress))
            precondition(taken == 1, "a decrypting context takes a tag")
            var rest = SIMD16<UInt8>()
            var count: Int32 = 0
            return unsafe withUnsafeMutableBytes(of: &rest) { memory in
                unsafe EVP_CipherFinal_ex(context, memory.bindMemory(to: UInt8.self).baseAddress, &count) == 1
            }
        }
    }

    /// Ends an encrypted message; true where its tag is `tag`, compared in constant time.
    func finishEncrypting(matching tag: RawSpan) -> Bool {
        var computed = SIMD16<UInt8>()
        return unsafe withUnsafeMutableBytes(of: &computed) { memory in
            var count: Int32 = 0
            let finished = unsafe EVP_CipherFinal_ex(
                context, memory.bindMemory(to: UInt8.self).baseAddress, &count)
            precondition(finished == 1, "an encrypting context can be ended")
            let given = unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_GET_TAG, Int32(memory.count), memory.baseAddress)
            precondition(given == 1, "an ended context has a tag")
            return unsafe tag.withUnsafeBytes { tag in
                unsafe CRYPTO_memcmp(tag.baseAddress, memory.baseAddress, memory.count) == 0
            }
        }
    }
}
