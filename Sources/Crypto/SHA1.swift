internal import COpenSSL

/// SHA-1, for names that other programs chose; it protects nothing.
///
/// Spec: FIPS 180-4.
public enum SHA1 {
    /// Returns the 20 bytes of the digest.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        // Both arrays are ours and as long as the call is told.
        let hashed = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil)
        precondition(hashed == 1, "SHA-1 is part of every OpenSSL")
        return digest
    }
}
