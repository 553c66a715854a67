public import ByteCore
internal import COpenSSL

/// SHA-256 over bytes that come in pieces.
///
/// Spec: FIPS 180-4. The context has one owner: it is written under exclusive access and, shared, only read from.
@safe
public struct SHA256: ~Copyable, @unchecked Sendable {
    /// Number of bytes in a block of the hash.
    static let blockByteCount = 64

    private let context: OpaquePointer

    /// Creates a hash of no bytes.
    public init() {
        unsafe context = Self.makeContext()
        let started = unsafe EVP_DigestInit_ex(context, algorithm.pointer, nil)
        precondition(started == 1, "SHA-256 is part of every OpenSSL")
    }

    /// Creates a hash that goes on from where another one is.
    init(copying other: borrowing SHA256) {
        unsafe context = Self.makeContext()
        let copied = unsafe EVP_MD_CTX_copy_ex(context, other.context)
        precondition(copied == 1, "a started hash can be copied")
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    private static func makeContext() -> OpaquePointer {
        guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory: hash context") }
        return unsafe context
    }

    /// Adds bytes.
    public mutating func update(_ span: RawSpan) {
        let updated = unsafe span.withUnsafeBytes { bytes in
            unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        }
        precondition(updated == 1, "a started hash takes bytes")
    }

    /// Adds the bytes of a string's UTF-8.
    public mutating func update(utf8 string: String) {
        var string = string
        string.withUTF8 { text in
            update(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(text)))
        }
    }

    /// Adds the bytes of an array.
    public mutating func update(_ array: [UInt8]) { update(unsafe array.span.bytes) }

    /// Adds the bytes of a digest.
    public mutating func update(_ digest: Digest256) {
        var bytes = digest.bytes
        unsafe withUnsafeBytes(of: &bytes) { memory in
            update(unsafe RawSpan(_unsafeBytes: memory))
        }
    }

    /// Returns the digest of all bytes added.
    public consuming func finish() -> Digest256 {
        var bytes = SIMD32<UInt8>()
        let finished = unsafe withUnsafeMutableBytes(of: &bytes) { memory in
            unsafe EVP_DigestFinal_ex(context, memory.bindMemory(to: UInt8.self).baseAddress, nil)
        }
        precondition(finished == 1, "a started hash can be finished")
        return Digest256(bytes: bytes)
    }

    /// Returns the digest of some bytes.
    public static func hash(_ span: RawSpan) -> Digest256 {
        var hash = SHA256()
        hash.update(span)
        return hash.finish()
    }

    /// Returns the digest of a window of bytes.
    public static func hash(_ bytes: Bytes) -> Digest256 { hash(bytes.span) }

    /// Returns the digest of an array of bytes.
    public static func hash(_ array: [UInt8]) -> Digest256 { hash(unsafe array.span.bytes) }
}

/// The algorithm, looked up once: a look-up by name takes longer than a hash of one block.
@safe
private struct Algorithm: @unchecked Sendable {
    let pointer: OpaquePointer?

    init() { unsafe pointer = EVP_MD_fetch(nil, "SHA256", nil) }
}

private let algorithm = Algorithm()
