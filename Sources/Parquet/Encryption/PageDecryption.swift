import ByteCore

/// Opens the pages of one encrypted chunk in their order: each is authenticated with its place in it.
struct PageDecryption: Sendable {
    private let decryptor: ModuleDecryptor
    /// Whether the footer says that the first page is the dictionary's.
    private let hasDictionary: Bool
    private var isFirstPage = true
    /// Ordinal of the page whose header was opened last; nil for the dictionary page, which is not counted.
    private var ordinal: Int16?
    private var dataPageCount = 0
    /// The dictionary outlives the pages, so it has no part in their memory.
    private var scratch = PageScratch()

    init(_ decryptor: ModuleDecryptor, hasDictionary: Bool) {
        self.decryptor = decryptor
        self.hasDictionary = hasDictionary
    }

    /// Opens the header that `bytes` begin with; returns it and the number of bytes that it takes there.
    mutating func openHeader(_ bytes: Bytes) throws(DecodeFault) -> (plaintext: Bytes, byteCount: Int) {
        defer { isFirstPage = false }
        guard isFirstPage else { return try openDataHeader(bytes) }
        // Some writers leave the dictionary's offset out, so the first page may be of either kind whatever the footer
        // says.
        do throws(DecodeFault) {
            return hasDictionary ? try openDictionaryHeader(bytes) : try openDataHeader(bytes)
        } catch {
            guard error.kind == .authentication else { throw error }
            dataPageCount = 0
            return hasDictionary ? try openDataHeader(bytes) : try openDictionaryHeader(bytes)
        }
    }

    /// Returns the bytes of the page that `bytes` begin with, which say so themselves: there may be fewer.
    ///
    /// The header should say the same; DuckDB's says how many bytes there were before encryption.
    func storedByteCount(_ bytes: Bytes) throws(DecodeFault) -> Int {
        try EncryptedModule.byteCount(prefixOf: bytes, hasTag: !decryptor.encryptsPagesByCTR)
    }

    /// Opens the page whose header was opened last.
    mutating func openPage(_ bytes: Bytes) throws(DecodeFault) -> Bytes {
        if ordinal == nil {
            var scratch = PageScratch()
            return try decryptor.openPage(bytes, .dictionaryPage, page: nil, scratch: &scratch)
        }
        return try decryptor.openPage(bytes, .dataPage, page: ordinal, scratch: &scratch)
    }

    private mutating func openDictionaryHeader(_ bytes: Bytes) throws(DecodeFault) -> (Bytes, Int) {
        ordinal = nil
        return try decryptor.openPrefix(of: bytes, .dictionaryPageHeader)
    }

    private mutating func openDataHeader(_ bytes: Bytes) throws(DecodeFault) -> (Bytes, Int) {
        guard let page = Int16(exactly: dataPageCount) else { throw .malformed(.moduleOrdinal) }
        ordinal = page
        dataPageCount += 1
        return try decryptor.openPrefix(of: bytes, .dataPageHeader, page: page)
    }
}
