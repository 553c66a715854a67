import Crypto

/// Why a text is not a list of keys; it never shows a key.
public struct DecryptionKeysError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with which entry.
    public let description: String
}

extension DecryptionKeys {
    /// Reads `NAME=VALUE,NAME=VALUE…`, such as `footer=30313233…,price.amount=31323334…,aad_prefix=table-1`.
    ///
    /// `footer` names the footer key and `aad_prefix` the AAD prefix, whose value is the text itself. `metadata:TEXT`
    /// names the key for which files store that text; every other name is the path of a column, which `column:` may
    /// stand before. Keys are hexadecimal or Base64 of 16, 24 or 32 bytes; 32 or 48 hexadecimal digits are
    /// hexadecimal. An empty text has no keys.
    ///
    /// Not done: names with `,` or `=` cannot be written.
    ///
    /// - Throws: `DecryptionKeysError` for an entry of another form or a name that comes twice.
    public init(parsing text: String) throws(DecryptionKeysError) {
        self.init()
        guard !text.isEmpty else { return }
        var seen: Set<String> = []
        for (index, entry) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            guard let equals = entry.firstIndex(of: "="), equals > entry.startIndex else {
                // The entry is not shown: it may be a key whose name was forgotten.
                throw DecryptionKeysError(description: "decryption keys: entry \(index + 1) is not NAME=VALUE")
            }
            let name = String(entry[..<equals])
            let value = String(entry[entry.index(after: equals)...])
            guard seen.insert(name).inserted else {
                throw DecryptionKeysError(description: "decryption keys: \"\(name)\" comes twice")
            }
            if name == "aad_prefix" {
                aadPrefix = Array(value.utf8)
                continue
            }
            guard let key = AESKey(encoded: value) else {
                throw DecryptionKeysError(
                    description:
                        "decryption keys: the value of \"\(name)\" must be hexadecimal or Base64 of 16, 24 or 32"
                        + " bytes")
            }
            if name == "footer" {
                footerKey = key
            } else if name.hasPrefix("metadata:") {
                metadataKeys[Array(name.utf8.dropFirst("metadata:".utf8.count))] = key
            } else {
                self[column: name.hasPrefix("column:") ? String(name.dropFirst("column:".count)) : name] = key
            }
        }
    }
}
