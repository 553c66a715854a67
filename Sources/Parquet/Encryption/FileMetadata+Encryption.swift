public import ByteCore

extension FileMetadata {
    /// Reads an encrypted footer with what stands before it.
    ///
    /// - Throws: `keyMissing` without the footer's key or AAD prefix, `authentication` where they are wrong or the
    ///   bytes were changed, else as for a readable footer; the byte counts from the start of `footer`.
    public init(
        encryptedFooter footer: Bytes, limits: Limits = .default, keys: DecryptionKeys
    ) throws(ParquetError) {
        var offset = 0
        let plaintext: Bytes
        var decryption: FileDecryption
        let crypto: FileCryptoMetadata
        do throws(DecodeFault) {
            guard footer.count <= limits.footerByteCount else { throw DecodeFault(.limit(.footerSize)) }
            var reader = CompactReader(footer.span, depthLimit: limits.nestingDepth)
            crypto = try FileCryptoMetadata(&reader)
            offset = reader.offset
            decryption = try FileDecryption(
                crypto.algorithm, keys: keys, footerKeyMetadata: crypto.footerKeyMetadata)
            plaintext = try decryption.openFooter(footer[offset..<footer.count])
        } catch {
            throw ParquetError(kind: error.kind)
        }
        do throws(ParquetError) {
            try self.init(unprotected: plaintext, limits: limits)
        } catch {
            // A byte of the plaintext stands for one of the ciphertext, after length and nonce.
            throw error.shifted(by: offset + 16)
        }
        byteCount = footer.count
        encryptionAlgorithm = crypto.algorithm
        footerKeyMetadata = crypto.footerKeyMetadata
        unlock(&decryption, limits: limits)
    }

    /// Reads a readable footer, whose bytes parts of the result share. A signature is checked where its key is known.
    ///
    /// Not done: refusing files that are not encrypted at all.
    ///
    /// - Throws: `malformed`, `truncated`, and `limit` where the footer asks for more than `limits` allow;
    ///   `authentication` where it was signed by another key or changed. The byte counts from the start of the footer.
    public init(
        footer: Bytes, limits: Limits = .default, keys: DecryptionKeys = .none
    ) throws(ParquetError) {
        try self.init(unprotected: footer, limits: limits)
        guard let encryptionAlgorithm else {
            // A signed footer that was changed to end early has no algorithm any more, but bytes after it.
            if keys.footerKey != nil, structureByteCount < footer.count { throw ParquetError(kind: .authentication) }
            lock(.malformed(.encryptionAlgorithm))
            return
        }
        do throws(DecodeFault) {
            var decryption = try FileDecryption(
                encryptionAlgorithm, keys: keys, footerKeyMetadata: footerKeyMetadata)
            try decryption.verifySignature(of: footer, metadataByteCount: structureByteCount)
            unlock(&decryption, limits: limits)
        } catch {
            // Without the footer's key nothing is promised about it, and columns that are not encrypted stay readable.
            guard keys.footerKey(metadata: footerKeyMetadata) == nil else { throw ParquetError(kind: error.kind) }
            lock(error.kind)
        }
    }

    /// Looks for the key of every encrypted chunk; one without is locked, and says so when it is asked for.
    private mutating func unlock(_ decryption: inout FileDecryption, limits: Limits) {
        for rowGroup in rowGroups.indices {
            let ordinal = rowGroups[rowGroup].ordinal ?? rowGroup
            for column in rowGroups[rowGroup].columns.indices {
                rowGroups[rowGroup].columns[column].unlock(
                    &decryption, rowGroup: ordinal, column: column, limits: limits)
            }
        }
    }

    private mutating func lock(_ kind: DecodeFault.Kind) {
        for rowGroup in rowGroups.indices {
            for column in rowGroups[rowGroup].columns.indices
            where rowGroups[rowGroup].columns[column].isEncrypted {
                rowGroups[rowGroup].columns[column].encryption = .locked(kind)
            }
        }
    }
}

extension ColumnChunkMetadata {
    fileprivate mutating func unlock(
        _ decryption: inout FileDecryption, rowGroup: Int, column: Int, limits: Limits
    ) {
        let crypto: ColumnCryptoMetadata?
        switch encryption {
        case .stored(let stored): crypto = stored
        case nil where decryption.encryptsUnmarkedChunks: crypto = nil
        case nil, .locked, .open: return
        }
        do throws(DecodeFault) {
            let decryptor = try decryption.decryptor(of: crypto?.key ?? .footer, rowGroup: rowGroup, column: column)
            if let sealed = crypto?.sealedMetadata {
                let metadata = try decryptor.open(sealed, .columnMetadata)
                var reader = CompactReader(metadata.span, depthLimit: limits.nestingDepth)
                try readMetadata(&reader, footer: metadata)
            }
            encryption = .open(decryptor)
        } catch {
            encryption = .locked(error.kind)
        }
    }
}
