public import ByteCore
internal import COpenSSL

/// SHA-1, which some servers keep as a checksum, and other programs name files by. Never for anything that must resist an
/// attacker.
///
/// Spec: FIPS 180-4.
public enum SHA1 {
    /// Returns the 20 bytes of the digest.
    public static func hash(_ bytes: Bytes) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        // The array is ours and as long as the call is told.
        let hashed = unsafe EVP_Digest(bytes.pointer.baseAddress, bytes.count, &digest, nil, EVP_sha1(), nil)
        precondition(hashed == 1, "SHA-1 is part of every OpenSSL, and of its FIPS provider")
        return digest
    }
}
