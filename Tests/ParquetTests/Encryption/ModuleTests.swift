import ByteCore
import Crypto
import Testing

@testable import Parquet

@Suite("Encrypted modules")
struct ModuleTests {
    private static let identity: [UInt8] = [1, 2, 3]
    private static let prefix = Array("table".utf8)
    private let aad = ModuleAAD(prefix: prefix, fileIdentity: identity)

    private func decryptor(ctr: Bool = false, rowGroup: Int16 = 0x0102, column: Int16 = 3) throws -> ModuleDecryptor {
        ModuleDecryptor(
            cipher: AESCipher(key: try #require(AESKey(SealedModule.key))), aad: aad, encryptsPagesByCTR: ctr,
            rowGroupOrdinal: rowGroup, columnOrdinal: column)
    }

    private func sealed(_ plaintext: [UInt8], _ kind: ModuleKind, page: Int16? = nil) -> [UInt8] {
        SealedModule.gcm(plaintext, aad: aad.bytes(kind, rowGroup: 0x0102, column: 3, page: page))
    }

    @Test("additional data: prefix, identity, kind, and ordinals in little-endian order")
    func additionalData() {
        let file = Self.prefix + Self.identity
        #expect(aad.footer == file + [0])
        #expect(aad.bytes(.columnMetadata, rowGroup: 0x0102, column: 3) == file + [1, 2, 1, 3, 0])
        #expect(aad.bytes(.dataPage, rowGroup: -1, column: 3, page: 0x0405) == file + [2, 0xFF, 0xFF, 3, 0, 5, 4])
        #expect(ModuleKind.allCases.map(\.rawValue) == Array(0...9))
        #expect(ModuleAAD.empty.footer.isEmpty)
        #expect(ModuleAAD.empty.bytes(.dataPage, rowGroup: 1, column: 2, page: 3).isEmpty)
    }

    @Test("lengths are compared with the bytes that are there")
    func lengths() throws {
        let module = sealed([1, 2, 3], .columnIndex)
        let decryptor = try decryptor()
        #expect([UInt8](try decryptor.open(Bytes(module), .columnIndex)) == [1, 2, 3])
        #expect(throws: DecodeFault.malformed(.moduleLength)) { try decryptor.open(Bytes(module + [0]), .columnIndex) }
        for count in 0..<module.count {
            let kind: DecodeFault.Kind = count < 4 ? .truncated : .malformed(.moduleLength)
            let fault = #expect(throws: DecodeFault.self) {
                try decryptor.open(Bytes(module.prefix(count)), .columnIndex)
            }
            #expect(fault?.kind == kind)
        }
        for length in [0, 27, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32] {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + module.dropFirst(4)
            #expect(throws: DecodeFault.malformed(.moduleLength)) { try decryptor.open(Bytes(bytes), .columnIndex) }
        }
    }

    @Test("a module opens at its own place only")
    func places() throws {
        let module = Bytes(sealed([1, 2, 3], .columnIndex))
        for other in [try decryptor(rowGroup: 0x0103), try decryptor(column: 4)] {
            #expect(throws: DecodeFault(.authentication)) { try other.open(module, .columnIndex) }
        }
        let decryptor = try decryptor()
        for kind in ModuleKind.allCases where kind != .columnIndex {
            #expect(throws: DecodeFault(.authentication)) { try decryptor.open(module, kind) }
        }
    }

    @Test("a bloom filter is two modules")
    func bloomFilter() throws {
        let header = CompactWriter.structure { writer in
            writer.int32(1, 32)
            for id in 2...4 { writer.structure(id) { $0.structure(1) { _ in } } }
        }
        let blocks = [UInt8](repeating: 0xFF, count: 32)
        let filter = sealed(header, .bloomFilterHeader) + sealed(blocks, .bloomFilterBitset)
        let decryptor = try decryptor()
        #expect(try BloomFilter(Bytes(filter + [1]), decryptor: decryptor).mayContain(Bytes([7])))
        for count in 0..<filter.count {
            #expect(throws: ParquetError.self) { try BloomFilter(Bytes(filter.prefix(count)), decryptor: decryptor) }
        }
        let short = sealed(header, .bloomFilterHeader) + sealed([UInt8](repeating: 0, count: 64), .bloomFilterBitset)
        #expect(throws: ParquetError(kind: .malformed(.bloomFilterSize), offset: 0)) {
            try BloomFilter(Bytes(short), decryptor: decryptor)
        }
        let swapped = sealed(blocks, .bloomFilterBitset) + sealed(header, .bloomFilterHeader)
        #expect(throws: ParquetError(kind: .authentication, offset: 0)) {
            try BloomFilter(Bytes(swapped), decryptor: decryptor)
        }
    }

    // MARK: Pages

    private static let five = HandMade.fiveValues

    /// A sealed page whose header says the bytes of the sealed body.
    private func page(_ ordinal: Int16, ctr: Bool = false, checksum: Bool = false) -> [UInt8] {
        let body = ctr ? SealedModule.ctr(Self.five) : sealed(Self.five, .dataPage, page: ordinal)
        let sum = checksum ? Int64(Checksum.crc32(of: Bytes(body))) : nil
        let whole = HandMade.dataPage(
            body, values: 5, uncompressed: Self.five.count, checksum: sum)
        return sealed(Array(whole.dropLast(body.count)), .dataPageHeader, page: ordinal) + body
    }

    private func dictionary() -> [UInt8] {
        let body = sealed(Self.five, .dictionaryPage)
        let whole = HandMade.dictionaryPage(body, values: 5)
        return sealed(Array(whole.dropLast(body.count)), .dictionaryPageHeader) + body
    }

    private func walk(_ chunk: [UInt8], values: Int64, dictionary: Int64? = nil, ctr: Bool = false) throws -> [[UInt8]]
    {
        var metadata = try ColumnChunkMetadata.made(
            HandMade.chunk(values: values, bytes: Int64(chunk.count), offset: 4, dictionary: dictionary))
        metadata.encryption = .open(try decryptor(ctr: ctr))
        let leaf = LeafColumn(
            index: 0, path: ["a"], physicalType: .int32, repetition: .required, maxDefinitionLevel: 0,
            maxRepetitionLevel: 0)
        var walker = PageWalker(chunk: Bytes(chunk), leaf: leaf, metadata: metadata)
        var bodies: [[UInt8]] = []
        while let page = try walker.next() { bodies.append([UInt8](page.body)) }
        return bodies
    }

    @Test("pages count from 0 without the dictionary page, whether or not the footer says that there is one")
    func ordinals() throws {
        let data = page(0) + page(1, checksum: true)
        for offset in [nil, 0, 4] as [Int64?] {
            #expect(try walk(data, values: 10, dictionary: offset) == [Self.five, Self.five])
            #expect(try walk(dictionary() + data, values: 10, dictionary: offset).count == 3)
        }
    }

    @Test("pages that were swapped, repeated or left out are found")
    func moved() {
        for chunk in [page(1) + page(0), page(0) + page(0), page(1), page(0) + page(2), page(0) + dictionary()] {
            #expect(throws: DecodeFault(.authentication)) { try walk(chunk, values: 10) }
        }
    }

    @Test("under CTR the headers are authenticated and the pages are not")
    func counterMode() throws {
        var chunk = page(0, ctr: true)
        #expect(try walk(chunk, values: 5, ctr: true) == [Self.five])
        chunk[chunk.count - 1] ^= 1
        #expect(try walk(chunk, values: 5, ctr: true) == [Self.five.dropLast() + [1]])
        chunk[20] ^= 1
        #expect(throws: DecodeFault(.authentication)) { try walk(chunk, values: 5, ctr: true) }
    }

    @Test("a chunk of more pages than can be told apart is refused")
    func tooManyPages() throws {
        // Pages without values, so that nothing but their number matters.
        let body = sealed([], .dataPage, page: 0)
        let whole = HandMade.dataPage(body, values: 0, uncompressed: 0)
        let header = Array(whole.dropLast(body.count))
        var chunk = ByteBuilder()
        for ordinal in 0...Int(Int16.max) {
            chunk.append(contentsOf: sealed(header, .dataPageHeader, page: Int16(ordinal)) + body)
        }
        chunk.append(contentsOf: sealed(header, .dataPageHeader, page: 0))
        let bytes = [UInt8](chunk.freeze())
        let fault = #expect(throws: DecodeFault.self) { try walk(bytes, values: 1) }
        #expect(fault?.kind == .malformed(.moduleOrdinal))
    }

    // MARK: Footers

    private func file(_ algorithm: (inout CompactWriter) -> Void, footer: [UInt8], aad: [UInt8]) -> Bytes {
        let crypto = CompactWriter.structure { $0.structure(1, algorithm) }
        let whole = crypto + SealedModule.gcm(footer, aad: aad)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: UInt32(whole.count) >> ($0 * 8)) }
        return Bytes(Array("PARE".utf8) + whole + length + Array("PARE".utf8))
    }

    private func kind(_ file: Bytes) async -> DecodeFault.Kind? {
        do {
            let key = AESKey(SealedModule.key)
            let metadata = try await readFooter(of: file, keys: DecryptionKeys(footerKey: key, aadPrefix: Self.prefix))
            return metadata.rowGroups.first?.columns.first?.lock
        } catch {
            return (error as? ParquetError)?.kind
        }
    }

    @Test("algorithms, and prefixes that are missing or another one")
    func algorithms() async {
        let footer = HandMade.footer(rowGroups: [])
        func algorithm(_ member: Int, stored: [UInt8]? = nil) -> Bytes {
            file(
                { writer in
                    writer.structure(member) { writer in
                        if let stored { writer.binary(1, stored) }
                        writer.binary(2, Self.identity)
                        writer.bool(3, stored == nil)
                    }
                }, footer: footer, aad: aad.footer)
        }
        #expect(await kind(algorithm(1)) == nil)
        #expect(await kind(algorithm(2)) == nil)
        #expect(await kind(algorithm(1, stored: Self.prefix)) == nil)
        #expect(await kind(algorithm(1, stored: Array("other".utf8))) == .authentication)
        #expect(await kind(algorithm(3)) == .unsupported(.encryptionAlgorithm(3)))
        await #expect(throws: ParquetError(kind: .keyMissing(.aadPrefix))) {
            try await readFooter(of: algorithm(1), keys: DecryptionKeys(footerKey: AESKey(SealedModule.key)))
        }
    }

    @Test("kinds of column keys, and row groups that cannot be told apart")
    func columnKeys() async {
        func chunk(_ key: @escaping (inout CompactWriter) -> Void, ordinal: Int = 0) -> Bytes {
            let chunk = HandMade.chunk(bytes: 10) { _ in
            } chunk: {
                $0.structure(8, key)
            }
            let rowGroup = CompactWriter.structure { writer in
                writer.structures(1, [chunk])
                writer.int64(3, 5)
                writer.int32(7, ordinal)
            }
            return file(
                { $0.structure(1) { $0.binary(2, Self.identity) } }, footer: HandMade.footer(rowGroups: [rowGroup]),
                aad: aad.footer)
        }
        #expect(await kind(chunk { $0.structure(1) { _ in } }) == nil)
        #expect(await kind(chunk { $0.structure(2) { $0.strings(1, ["a"]) } }) == .keyMissing(.columnKey))
        #expect(await kind(chunk { $0.structure(7) { _ in } }) == .unsupported(.columnKey(7)))
        #expect(await kind(chunk({ $0.structure(1) { _ in } }, ordinal: 40_000)) == .malformed(.moduleOrdinal))
    }

    @Test("an error inside an encrypted footer names its byte in the file")
    func errorOffset() async {
        let file = file(
            { $0.structure(1) { $0.binary(2, Self.identity) } }, footer: [0x1E], aad: aad.footer)
        let key = DecryptionKeys(footerKey: AESKey(SealedModule.key), aadPrefix: Self.prefix)
        let offset = file.count - 8 - AESCipher.tagByteCount
        await #expect(throws: ParquetError(kind: .malformed(.thriftType), offset: offset)) {
            try await readFooter(of: file, keys: key)
        }
    }
}
