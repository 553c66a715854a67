import ByteCore
import Crypto

/// Opens the modules of one encrypted column chunk.
///
/// Spec: Encryption.md, 4.4 and 5.1.
public struct ModuleDecryptor: Sendable {
    let cipher: AESCipher
    let aad: ModuleAAD
    let encryptsPagesByCTR: Bool
    let rowGroupOrdinal: Int16
    let columnOrdinal: Int16

    /// Returns what `bytes`, a module other than a page, decrypt to.
    func open(_ bytes: Bytes, _ kind: ModuleKind) throws(DecodeFault) -> Bytes {
        try EncryptedModule(bytes, hasTag: true).open(cipher, aad: additionalData(kind))
    }

    /// Returns what the module that `bytes` begin with decrypts to, and how many bytes it takes.
    func openPrefix(
        of bytes: Bytes, _ kind: ModuleKind, page: Int16? = nil
    ) throws(DecodeFault) -> (plaintext: Bytes, byteCount: Int) {
        let module = try EncryptedModule(prefixOf: bytes, hasTag: true)
        return (try module.open(cipher, aad: additionalData(kind, page: page)), module.byteCount)
    }

    /// Returns what the module of a page decrypts to, in memory of `scratch`.
    func openPage(
        _ bytes: Bytes, _ kind: ModuleKind, page: Int16?, scratch: inout PageScratch
    ) throws(DecodeFault) -> Bytes {
        let module = try EncryptedModule(bytes, hasTag: !encryptsPagesByCTR)
        var output = scratch.builder(byteCount: module.ciphertext.count)
        if encryptsPagesByCTR {
            cipher.openCTR(module.ciphertext.span, nonce: module.nonce.span, into: &output)
        } else {
            try module.open(cipher, aad: additionalData(kind, page: page), into: &output)
        }
        let plaintext = output.freeze()
        scratch.remember(plaintext)
        return plaintext
    }

    private func additionalData(_ kind: ModuleKind, page: Int16? = nil) -> [UInt8] {
        aad.bytes(kind, rowGroup: rowGroupOrdinal, column: columnOrdinal, page: page)
    }
}
