public import ByteCore
internal import COpenSSL
internal import Synchronization

/// SHA-1 or SHA-256 over bytes that come in pieces, where whoever adds them passes it on.
///
/// Spec: FIPS 180-4.
public final class RunningDigest: Sendable {
    /// The algorithms.
    public enum Algorithm: Sendable {
        /// 20 bytes: a checksum of some servers, and the names of other programs' files. Never for anything that must
        /// resist an attacker.
        case sha1
        /// 32 bytes.
        case sha256
    }

    /// OpenSSL's context, written under the lock only.
    @safe
    private struct Context: ~Copyable, @unchecked Sendable {
        let pointer: OpaquePointer

        init(_ algorithm: Algorithm) {
            guard let made = unsafe EVP_MD_CTX_new() else { fatalError("out of memory: hash context") }
            unsafe pointer = made
            let started = unsafe EVP_DigestInit_ex(made, algorithm == .sha1 ? EVP_sha1() : EVP_sha256(), nil)
            precondition(started == 1, "both hashes are part of every OpenSSL, and of its FIPS provider")
        }

        deinit { unsafe EVP_MD_CTX_free(pointer) }
    }

    private let context: Mutex<Context>

    /// Returns the digest of some bytes.
    public static func hash(_ bytes: Bytes, _ algorithm: Algorithm) -> [UInt8] {
        let digest = RunningDigest(algorithm)
        digest.update(bytes)
        return digest.finish()
    }

    /// Creates a digest of no bytes.
    public init(_ algorithm: Algorithm) { context = Mutex(Context(algorithm)) }

    /// Adds bytes.
    public func update(_ bytes: Bytes) {
        context.withLock { context in
            let updated = unsafe EVP_DigestUpdate(context.pointer, bytes.pointer.baseAddress, bytes.count)
            precondition(updated == 1, "a started hash takes bytes")
        }
    }

    /// Returns the digest of all bytes added, once.
    public func finish() -> [UInt8] {
        context.withLock { context in
            var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
            var count: UInt32 = 0
            let finished = unsafe EVP_DigestFinal_ex(context.pointer, &digest, &count)
            precondition(finished == 1, "a started hash can be finished")
            return Array(digest.prefix(Int(count)))
        }
    }
}
