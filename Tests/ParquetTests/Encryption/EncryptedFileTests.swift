import ByteCore
import Testing

@testable import Parquet

@Suite("Encrypted files")
struct EncryptedFileTests {
    private static let table: [String: [String?]] = [
        "a": ["7", "8", "7", "9", "7", "8"],
        "s": ["ape", nil, "bee", "ape", "cat", nil],
        "p": ["1", "2", nil, "4", "5", "6"],
    ]

    private func file(_ index: Int) throws -> (fixture: EncryptedFile, bytes: Bytes, keys: DecryptionKeys) {
        let fixture = EncryptedFile.all[index]
        return (fixture, Bytes(fixture.bytes), try DecryptionKeys(parsing: fixture.keys))
    }

    private func fixture(_ name: String) throws -> (bytes: Bytes, keys: DecryptionKeys) {
        let index = try #require(EncryptedFile.all.firstIndex { $0.name == name })
        let file = try file(index)
        return (file.bytes, file.keys)
    }

    @Test("every value is read with the keys", arguments: EncryptedFile.all.indices)
    func values(index: Int) async throws {
        let (fixture, bytes, keys) = try file(index)
        let metadata = try await readFooter(of: bytes, keys: keys)
        #expect(metadata.encryptionAlgorithm?.encryptsPagesByCTR == fixture.name.contains("CTR"))
        let leaves = try SchemaTree(metadata.schema).leaves
        #expect(leaves.map(\.name).sorted() == Self.table.keys.sorted())
        for leaf in leaves {
            #expect(try await columnText(leaf, of: bytes, metadata: metadata) == Self.table[leaf.name])
            let column = metadata.rowGroups[0].columns[leaf.index]
            #expect(column.lock == nil)
            #expect(column.isEncrypted == !(fixture.name.hasPrefix("column keys") && fixture.isReadable(leaf.name)))
        }
    }

    @Test("the same keys do not disturb a file that is not encrypted")
    func plaintextFile() async throws {
        let bytes = Bytes(decoded(EncryptedFile.twin))
        let keys = try file(0).keys
        let metadata = try await readFooter(of: bytes, keys: keys)
        #expect(metadata.encryptionAlgorithm == nil)
        for leaf in try SchemaTree(metadata.schema).leaves {
            #expect(try await columnText(leaf, of: bytes, metadata: metadata) == Self.table[leaf.name])
        }
    }

    @Test(
        "without keys the error says which is missing, and what is not encrypted is read",
        arguments: EncryptedFile.all.indices)
    func withoutKeys(index: Int) async throws {
        let (fixture, bytes, _) = try file(index)
        guard fixture.name.contains("plaintext footer") else {
            let kind: DecodeFault.Kind =
                fixture.name.contains("not stored") ? .keyMissing(.aadPrefix) : .keyMissing(.footerKey)
            await #expect(throws: ParquetError(kind: kind)) { try await readFooter(of: bytes) }
            return
        }
        let metadata = try await readFooter(of: bytes)
        #expect(metadata.rowCount == 6)
        for leaf in try SchemaTree(metadata.schema).leaves {
            if fixture.isReadable(leaf.name) {
                #expect(try await columnText(leaf, of: bytes, metadata: metadata) == Self.table[leaf.name])
                continue
            }
            let missing: DecodeFault.Secret = fixture.name.hasPrefix("column keys") ? .columnKey : .footerKey
            await #expect(throws: ParquetError(kind: .keyMissing(missing), rowGroup: 0, column: leaf.name)) {
                try await columnText(leaf, of: bytes, metadata: metadata)
            }
        }
    }

    @Test("with the footer key alone, columns of the footer key and of no key are read")
    func footerKeyAlone() async throws {
        for fixture in EncryptedFile.all where fixture.name.hasPrefix("column keys") {
            let bytes = Bytes(fixture.bytes)
            let keys = DecryptionKeys(footerKey: try DecryptionKeys(parsing: fixture.keys).footerKey)
            let metadata = try await readFooter(of: bytes, keys: keys)
            for leaf in try SchemaTree(metadata.schema).leaves {
                let text = try? await columnText(leaf, of: bytes, metadata: metadata)
                #expect(text == (fixture.isReadable(leaf.name) ? Self.table[leaf.name] : nil))
                let lock = metadata.rowGroups[1].columns[leaf.index].lock
                #expect(lock == (fixture.isReadable(leaf.name) ? nil : .keyMissing(.columnKey)))
            }
        }
    }

    @Test("keys are found by the metadata that the file stores for them")
    func keysByMetadata() async throws {
        let (bytes, keys) = try fixture("column keys, plaintext footer, CTR")
        let footer = try await readFooter(of: bytes)
        var byMetadata = DecryptionKeys()
        byMetadata.metadataKeys[try #require(footer.footerKeyMetadata)] = keys.footerKey
        // The plaintext part of the footer has the metadata of the columns' keys.
        let unprotected = try FileMetadata(unprotected: try footerBytes(bytes), limits: .default)
        for column in unprotected.rowGroups[0].columns {
            guard case .stored(let crypto) = column.encryption, case .column(let path, let metadata) = crypto.key else {
                continue
            }
            byMetadata.metadataKeys[try #require(metadata)] = keys[column: path.joined(separator: ".")]
        }
        #expect(byMetadata.metadataKeys.count == 3)
        let metadata = try await readFooter(of: bytes, keys: byMetadata)
        for leaf in try SchemaTree(metadata.schema).leaves {
            #expect(try await columnText(leaf, of: bytes, metadata: metadata) == Self.table[leaf.name])
        }
    }

    private func footerBytes(_ file: Bytes) throws -> Bytes {
        let range = try FooterTail(file, fileByteCount: file.byteCount, limits: .default).footer
        return file[Int(range.offset)..<Int(range.end)]
    }

    @Test(
        "a wrong footer key or AAD prefix fails, also where the footer is only signed",
        arguments: EncryptedFile.all.indices)
    func wrongFooterKey(index: Int) async throws {
        let (_, bytes, keys) = try file(index)
        let wrongKey = try DecryptionKeys(parsing: "footer=00000000000000000000000000000000,aad_prefix=table-1")
        await #expect(throws: ParquetError(kind: .authentication)) { try await readFooter(of: bytes, keys: wrongKey) }
        var wrongPrefix = keys
        wrongPrefix.aadPrefix = Array("table-2".utf8)
        if EncryptedFile.all[index].name == "no file identity" { return }
        await #expect(throws: ParquetError(kind: .authentication)) {
            try await readFooter(of: bytes, keys: wrongPrefix)
        }
    }

    @Test("a wrong column key fails for its column only")
    func wrongColumnKey() async throws {
        for fixture in EncryptedFile.all where fixture.name.hasPrefix("column keys") {
            let bytes = Bytes(fixture.bytes)
            var keys = try DecryptionKeys(parsing: fixture.keys)
            keys[column: "s"] = keys.footerKey
            let metadata = try await readFooter(of: bytes, keys: keys)
            for leaf in try SchemaTree(metadata.schema).leaves {
                if leaf.name == "s" {
                    await #expect(throws: ParquetError(kind: .authentication, rowGroup: 0, column: "s")) {
                        try await columnText(leaf, of: bytes, metadata: metadata)
                    }
                } else {
                    #expect(try await columnText(leaf, of: bytes, metadata: metadata) == Self.table[leaf.name])
                }
            }
        }
    }

    @Test("statistics and page indexes of encrypted columns are those of the same file without encryption")
    func indexes() async throws {
        let (bytes, keys) = try fixture("page indexes")
        let metadata = try await readFooter(of: bytes, keys: keys)
        let twinBytes = Bytes(decoded(EncryptedFile.twin))
        let twin = try await readFooter(of: twinBytes)
        for (rowGroup, twinGroup) in zip(metadata.rowGroups, twin.rowGroups) {
            for (column, twinColumn) in zip(rowGroup.columns, twinGroup.columns) {
                let decryptor = try #require(column.decryptor)
                #expect(column.statisticsBytes == twinColumn.statisticsBytes)
                let columnIndex = try ColumnIndex(
                    try await bytes.read(try #require(column.columnIndexRange)), decryptor: decryptor)
                let twinIndex = try ColumnIndex(try await twinBytes.read(try #require(twinColumn.columnIndexRange)))
                #expect(columnIndex.minimums == twinIndex.minimums)
                #expect(columnIndex.maximums == twinIndex.maximums)
                let range = try #require(column.offsetIndexRange)
                let offsets = try OffsetIndex(
                    try await bytes.read(range), rowCount: rowGroup.rowCount, fileByteCount: bytes.byteCount,
                    decryptor: decryptor)
                let twinOffsets = try OffsetIndex(
                    try await twinBytes.read(try #require(twinColumn.offsetIndexRange)),
                    rowCount: twinGroup.rowCount, fileByteCount: twinBytes.byteCount)
                #expect(offsets.pages.map(\.firstRowIndex) == twinOffsets.pages.map(\.firstRowIndex))
                // An index of another column, moved here, does not open.
                let other = try #require(rowGroup.columns.first { $0.offsetIndexRange != range }?.decryptor)
                let moved = try await bytes.read(range)
                #expect(throws: ParquetError(kind: .authentication, offset: 0)) {
                    try OffsetIndex(
                        moved, rowCount: rowGroup.rowCount, fileByteCount: bytes.byteCount, decryptor: other)
                }
            }
        }
    }

    @Test("cut after every byte, none of them is a file", arguments: EncryptedFile.all.indices)
    func truncated(index: Int) async throws {
        let (_, bytes, keys) = try file(index)
        for count in 0..<bytes.count {
            await #expect(throws: ParquetError.self, "\(count) bytes") {
                try await FileWalk(bytes[0..<count], keys: keys)
            }
        }
    }

    @Test("any changed byte of a page, header or footer is found", arguments: EncryptedFile.all.indices)
    func changed(index: Int) async throws {
        let (fixture, original, keys) = try file(index)
        let whole = try await FileWalk(original, keys: keys)
        // Neither columns without encryption nor pages under CTR are authenticated.
        let authenticatesAll = fixture.plaintextColumns.isEmpty && !fixture.name.contains("CTR")
        var quiet = 0
        for offset in 0..<original.count {
            var bytes = [UInt8](original)
            bytes[offset] ^= 1 << UInt8(offset % 8)
            do {
                // Changes that nothing reads leave everything as it was.
                let walk = try await FileWalk(Bytes(bytes), keys: keys)
                if authenticatesAll { #expect(walk == whole, "byte \(offset)") }
                quiet += 1
            } catch {
                #expect(error is ParquetError)
            }
        }
        // The magic number at the start is never read, and page indexes are not read by a walk.
        if authenticatesAll, fixture.name != "page indexes" { #expect(quiet <= 8) }
    }

    @Test("with other bytes at every third place, each gives values or an error", arguments: EncryptedFile.all.indices)
    func hostile(index: Int) async throws {
        let (_, original, keys) = try file(index)
        var limits = Limits()
        limits.pageByteCount = 1 << 20
        for keys in [keys, .none] {
            for offset in stride(from: index % 3, to: original.count, by: 3) {
                for mask in [0x80, 0xFF] as [UInt8] {
                    var bytes = [UInt8](original)
                    bytes[offset] ^= mask
                    do {
                        _ = try await FileWalk(Bytes(bytes), limits: limits, keys: keys)
                    } catch {
                        #expect(error is ParquetError)
                    }
                }
            }
        }
    }
}

extension EncryptedFile {
    /// Whether a column is read without a key of its own.
    fileprivate func isReadable(_ column: String) -> Bool {
        plaintextColumns.split(separator: ",").contains { $0 == column }
    }
}
