import ByteCore

/// How the modules of a file are encrypted, and what they are authenticated with.
///
/// Spec: Encryption.md, 5.2; parquet.thrift, `EncryptionAlgorithm`.
public struct EncryptionAlgorithm: Hashable, Sendable {
    /// Number in the format: 1 is AES_GCM_V1, 2 is AES_GCM_CTR_V1.
    public internal(set) var code: Int32 = 0
    /// The AAD prefix, where the file stores it.
    public internal(set) var aadPrefix: [UInt8]?
    /// Random bytes that tell the file from others.
    public internal(set) var fileIdentity: [UInt8]?
    /// Whether the file was written with an AAD prefix that it does not store.
    public internal(set) var needsAADPrefix = false

    /// Whether pages are encrypted by CTR, which does not authenticate them; all other modules are by GCM.
    var encryptsPagesByCTR: Bool { code == 2 }

    /// Reads the union. A member that is not known is no error until something encrypted is asked for.
    init(_ reader: inout CompactReader) throws(DecodeFault) {
        var field = CompactReader.Field()
        while try reader.next(&field) {
            code = field.id
            guard try reader.structure(field) else { continue }
            var member = CompactReader.Field()
            while try reader.next(&member) {
                switch member.id {
                case 1: aadPrefix = try reader.bytes(member)
                case 2: fileIdentity = try reader.bytes(member)
                case 3: needsAADPrefix = try reader.boolean(member) ?? false
                default: try reader.skip(member.type)
                }
            }
        }
    }
}

/// What stands before an encrypted footer.
///
/// Spec: Encryption.md, 5.4; parquet.thrift, `FileCryptoMetaData`.
struct FileCryptoMetadata {
    let algorithm: EncryptionAlgorithm
    let footerKeyMetadata: [UInt8]?

    init(_ reader: inout CompactReader) throws(DecodeFault) {
        var algorithm: EncryptionAlgorithm?
        var keyMetadata: [UInt8]?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: if try reader.structure(field) { algorithm = try EncryptionAlgorithm(&reader) }
            case 2: keyMetadata = try reader.bytes(field)
            default: try reader.skip(field.type)
            }
        }
        guard let algorithm else { throw .malformed(.missingField) }
        self.algorithm = algorithm
        footerKeyMetadata = keyMetadata
    }
}

extension CompactReader {
    /// Reads a copy of a binary field.
    mutating func bytes(_ field: Field) throws(DecodeFault) -> [UInt8]? {
        guard let range = try binary(field) else { return nil }
        return [UInt8](Bytes(copying: cursor.span.extracting(range)))
    }
}
