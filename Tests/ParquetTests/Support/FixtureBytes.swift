import Crypto

extension TinyFile {
    /// The file itself.
    var bytes: [UInt8] { decoded(base64) }
}

extension EncryptedFile {
    /// The file itself.
    var bytes: [UInt8] { decoded(base64) }
}

/// Decodes Base64 that has line ends in it.
func decoded(_ base64: String) -> [UInt8] { Base64.decode(base64.utf8.filter { $0 > 32 }) ?? [] }
