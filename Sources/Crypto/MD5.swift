internal import COpenSSL

/// MD5, which some protocols still use as a checksum. Never for anything that must resist an attacker.
public enum MD5 {
    /// Returns the 16 bytes of the digest of an array of bytes; nil where the system's OpenSSL has no MD5.
    ///
    /// Spec: RFC 1321.
    public static func hash(_ array: [UInt8]) -> [UInt8]? {
        // Named so, it is found under FIPS 140 as well, where it is no approved algorithm.
        guard let algorithm = unsafe EVP_MD_fetch(nil, "MD5", "-fips") else { return nil }
        defer { unsafe EVP_MD_free(algorithm) }
        var digest = [UInt8](repeating: 0, count: 16)
        let done = unsafe array.withUnsafeBytes { bytes in
            unsafe digest.withUnsafeMutableBufferPointer { digest in
                unsafe EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, algorithm, nil)
            }
        }
        return done == 1 ? digest : nil
    }
}
