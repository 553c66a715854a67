import COpenSSL
import Crypto

/// Encrypts as writers do, to make modules that no writer makes. The nonce is always the same: nothing here is secret.
enum SealedModule {
    static let key = [UInt8]("0123456789abcdef".utf8)
    private static let nonce = [UInt8](repeating: 9, count: AESCipher.nonceByteCount)

    /// Length, nonce, ciphertext and tag.
    static func gcm(_ plaintext: [UInt8], aad: [UInt8]) -> [UInt8] {
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var count: Int32 = 0
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count + 16)
        var tag = [UInt8](repeating: 0, count: AESCipher.tagByteCount)
        unsafe EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nil, key, nonce)
        unsafe EVP_EncryptUpdate(context, nil, &count, aad, Int32(aad.count))
        unsafe EVP_EncryptUpdate(context, &ciphertext, &count, plaintext, Int32(plaintext.count))
        var rest = [UInt8](repeating: 0, count: 16)
        unsafe EVP_EncryptFinal_ex(context, &rest, &count)
        unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag)
        return module(Array(ciphertext.prefix(plaintext.count)) + tag)
    }

    /// Length, nonce and ciphertext.
    static func ctr(_ plaintext: [UInt8]) -> [UInt8] {
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var count: Int32 = 0
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count + 16)
        unsafe EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), nil, key, nonce + [0, 0, 0, 1])
        unsafe EVP_EncryptUpdate(context, &ciphertext, &count, plaintext, Int32(plaintext.count))
        return module(Array(ciphertext.prefix(plaintext.count)))
    }

    private static func module(_ sealed: [UInt8]) -> [UInt8] {
        let length = UInt32(nonce.count + sealed.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + nonce + sealed
    }
}
