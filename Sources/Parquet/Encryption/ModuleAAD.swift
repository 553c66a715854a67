/// The parts of a file that are encrypted one by one, by their number in the format.
enum ModuleKind: UInt8, CaseIterable {
    case footer = 0
    case columnMetadata = 1
    case dataPage = 2
    case dictionaryPage = 3
    case dataPageHeader = 4
    case dictionaryPageHeader = 5
    case columnIndex = 6
    case offsetIndex = 7
    case bloomFilterHeader = 8
    case bloomFilterBitset = 9
}

/// What the modules of a file are authenticated with besides their bytes: it ties each to its place.
///
/// Spec: Encryption.md, 4.4.
struct ModuleAAD: Sendable {
    /// AAD prefix and file identity.
    private let file: [UInt8]
    /// Whether modules are authenticated by nothing but their bytes.
    ///
    /// DuckDB writes files like that, without a file identity.
    let isEmpty: Bool

    init(prefix: [UInt8], fileIdentity: [UInt8]) {
        file = prefix + fileIdentity
        isEmpty = false
    }

    private init() {
        file = []
        isEmpty = true
    }

    /// Nothing for every module.
    static let empty = ModuleAAD()

    /// Returns the data of the footer.
    var footer: [UInt8] { isEmpty ? [] : file + [ModuleKind.footer.rawValue] }

    /// Returns the data of another module; only data pages and their headers have a page ordinal.
    func bytes(_ kind: ModuleKind, rowGroup: Int16, column: Int16, page: Int16? = nil) -> [UInt8] {
        if isEmpty { return [] }
        var result: [UInt8] = []
        result.reserveCapacity(file.count + 7)
        result += file
        result.append(kind.rawValue)
        Self.append(rowGroup, to: &result)
        Self.append(column, to: &result)
        if let page { Self.append(page, to: &result) }
        return result
    }

    private static func append(_ ordinal: Int16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: ordinal))
        bytes.append(UInt8(truncatingIfNeeded: ordinal >> 8))
    }
}
