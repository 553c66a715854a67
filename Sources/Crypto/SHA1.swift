public import ByteCore
internal import COpenSSL

/// SHA-1, which some servers keep as a checksum, and other programs name files by. Never for anything that must resist an
/// attacker.
public enum SHA1 {
    /// Returns the 20 bytes of the digest; nil where the system's OpenSSL has no SHA-1.
    ///
    /// Spec: FIPS 180-4.
    public static func hash(_ bytes: Bytes) -> [UInt8]? {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA1", nil) else { return nil }
        defer { unsafe EVP_MD_free(algorithm) }
        var digest = [UInt8](repeating: 0, count: 20)
        let done = unsafe digest.withUnsafeMutableBufferPointer { digest in
            unsafe EVP_Digest(bytes.pointer.baseAddress, bytes.count, digest.baseAddress, nil, algorithm, nil)
        }
        return done == 1 ? digest : nil
    }
}
