import ByteCore
import Crypto

/// The keys of a reader, applied to one file.
struct FileDecryption {
    /// Bytes of the signature after a plaintext footer: nonce and tag.
    static let signatureByteCount = AESCipher.nonceByteCount + AESCipher.tagByteCount

    private let algorithm: EncryptionAlgorithm
    private let keys: DecryptionKeys
    private let footerCipher: AESCipher?
    private var aad: ModuleAAD
    /// Columns of one key share its contexts.
    private var ciphers: [AESKey: AESCipher] = [:]

    /// - Throws: `unsupported` for an algorithm that is not known, `keyMissing` where the AAD prefix is needed, and
    ///   `authentication` where it is not the one that the file stores.
    init(
        _ algorithm: EncryptionAlgorithm, keys: DecryptionKeys, footerKeyMetadata: [UInt8]?
    ) throws(DecodeFault) {
        guard algorithm.code == 1 || algorithm.code == 2 else {
            throw DecodeFault(.unsupported(.encryptionAlgorithm(algorithm.code)))
        }
        if let stored = algorithm.aadPrefix, let given = keys.aadPrefix, stored != given {
            throw DecodeFault(.authentication)
        }
        let prefix = algorithm.aadPrefix ?? keys.aadPrefix
        if algorithm.needsAADPrefix, prefix == nil { throw DecodeFault(.keyMissing(.aadPrefix)) }
        self.algorithm = algorithm
        self.keys = keys
        aad = ModuleAAD(prefix: prefix ?? [], fileIdentity: algorithm.fileIdentity ?? [])
        footerCipher = keys.footerKey(metadata: footerKeyMetadata).map { AESCipher(key: $0) }
    }

    /// Returns what an encrypted footer decrypts to.
    ///
    /// - Throws: `keyMissing`, `malformed`, and `authentication`.
    mutating func openFooter(_ bytes: Bytes) throws(DecodeFault) -> Bytes {
        let module = try EncryptedModule(bytes, hasTag: true)
        guard let footerCipher else { throw DecodeFault(.keyMissing(.footerKey)) }
        do throws(DecodeFault) {
            return try module.open(footerCipher, aad: aad.footer)
        } catch {
            guard mayHaveEmptyAAD else { throw error }
            aad = .empty
            return try module.open(footerCipher, aad: aad.footer)
        }
    }

    /// Checks the signature that stands after the `metadataByteCount` bytes of a plaintext footer.
    ///
    /// - Throws: `malformed` where there is none, and `authentication`.
    mutating func verifySignature(of footer: Bytes, metadataByteCount: Int) throws(DecodeFault) {
        guard let footerCipher else { return }
        guard footer.count - metadataByteCount == Self.signatureByteCount else {
            throw .malformed(.footerSignature, at: metadataByteCount)
        }
        let metadata = footer[0..<metadataByteCount]
        let nonce = footer[metadataByteCount..<metadataByteCount + AESCipher.nonceByteCount]
        let tag = footer[metadataByteCount + AESCipher.nonceByteCount..<footer.count]
        for aad in mayHaveEmptyAAD ? [aad, .empty] : [aad] {
            let isAuthentic = footerCipher.isSignatureGCM(
                tag.span, of: metadata.span, nonce: nonce.span, additionalData: aad.footer)
            if isAuthentic {
                self.aad = aad
                return
            }
        }
        throw DecodeFault(.authentication)
    }

    private var mayHaveEmptyAAD: Bool { algorithm.fileIdentity == nil && algorithm.aadPrefix == nil }

    /// Whether chunks are encrypted by the footer key though the footer does not say so: DuckDB writes files like that,
    /// which an empty AAD tells from others.
    var encryptsUnmarkedChunks: Bool { aad.isEmpty }

    /// Returns what opens the modules of a chunk.
    ///
    /// - Throws: `keyMissing`, and `malformed` where there are more row groups or columns than can be told apart.
    mutating func decryptor(
        of key: ColumnCryptoMetadata.Key, rowGroup: Int, column: Int
    ) throws(DecodeFault) -> ModuleDecryptor {
        let cipher = try cipher(of: key)
        guard let rowGroup = Int16(exactly: rowGroup), let column = Int16(exactly: column) else {
            throw .malformed(.moduleOrdinal)
        }
        return ModuleDecryptor(
            cipher: cipher, aad: aad, encryptsPagesByCTR: algorithm.encryptsPagesByCTR, rowGroupOrdinal: rowGroup,
            columnOrdinal: column)
    }

    private mutating func cipher(of key: ColumnCryptoMetadata.Key) throws(DecodeFault) -> AESCipher {
        switch key {
        case .footer:
            guard let footerCipher else { throw DecodeFault(.keyMissing(.footerKey)) }
            return footerCipher
        case .column(let path, let metadata):
            guard let key = keys.columnKey(path: path, metadata: metadata) else {
                throw DecodeFault(.keyMissing(.columnKey))
            }
            let cipher = ciphers[key] ?? AESCipher(key: key)
            ciphers[key] = cipher
            return cipher
        case .other(let code): throw DecodeFault(.unsupported(.columnKey(code)))
        }
    }
}
