import Crypto
import Parquet

extension DecryptionKeys {
    /// Takes the keys that a spec gives under `decryption_keys`.
    ///
    /// - Throws: `SpecError` naming the field. It never shows a value, which may be a key.
    init(_ fields: SpecFields) throws(SpecError) {
        var fields = fields
        self.init()
        footerKey = try fields.key("footer")
        if var columns = try fields.object("columns") {
            for path in columns.names { self[column: path] = try columns.key(path) }
        }
        if var keys = try fields.object("by_metadata") {
            for metadata in keys.names { metadataKeys[Array(metadata.utf8)] = try keys.key(metadata) }
        }
        aadPrefix = try fields.string("aad_prefix").map { Array($0.utf8) }
        try fields.finish()
    }
}

extension SpecFields {
    fileprivate mutating func key(_ name: String) throws(SpecError) -> AESKey? {
        let isSet = names.contains(name)
        let text = try string(name)
        guard isSet else { return nil }
        guard let key = AESKey(encoded: text ?? "") else {
            throw SpecError("spec: \(path)\(name) must be hexadecimal or Base64 of 16, 24 or 32 bytes")
        }
        return key
    }
}
