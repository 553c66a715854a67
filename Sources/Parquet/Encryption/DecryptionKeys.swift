public import Crypto

/// The keys that a reader has, for one file or for many; files that are not encrypted ignore them.
///
/// Not done: unwrapping keys by a key management service; `metadataKeys` takes what the caller unwrapped.
public struct DecryptionKeys: Hashable, Sendable {
    /// The key of the footer, and of the columns that have none of their own.
    public var footerKey: AESKey?
    /// Keys by the metadata that a file stores for them.
    public var metadataKeys: [[UInt8]: AESKey] = [:]
    /// What the writer made the file's identity part of; needed where the file does not store it, and compared where
    /// it does.
    public var aadPrefix: [UInt8]?
    /// Keys by the UTF-8 of paths: two names that look the same are two columns.
    private var columnKeys: [[UInt8]: AESKey] = [:]

    /// Creates keys; without any argument there are none.
    public init(footerKey: AESKey? = nil, aadPrefix: [UInt8]? = nil) {
        self.footerKey = footerKey
        self.aadPrefix = aadPrefix
    }

    /// No keys.
    public static let none = DecryptionKeys()

    /// The key of a column, by the names from below the root to the leaf, joined by dots.
    ///
    /// A key of a group is that of every column below it that has none of its own.
    public subscript(column path: String) -> AESKey? {
        get {
            var name = Array(path.utf8)
            while true {
                if let key = columnKeys[name] { return key }
                guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return nil }
                name.removeSubrange(dot...)
            }
        }
        set { columnKeys[Array(path.utf8)] = newValue }
    }

    /// Returns the key of a footer that names its key by `metadata`.
    func footerKey(metadata: [UInt8]?) -> AESKey? { footerKey ?? metadata.flatMap { metadataKeys[$0] } }

    /// Returns the key of a column that names its key by `metadata`.
    func columnKey(path: [String], metadata: [UInt8]?) -> AESKey? {
        self[column: path.joined(separator: ".")] ?? metadata.flatMap { metadataKeys[$0] }
    }
}

extension DecryptionKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown: how many keys there are.
    public var description: String {
        let footer = footerKey == nil ? "no footer key" : "footer key"
        return "DecryptionKeys(\(footer), \(columnKeys.count) by column, \(metadataKeys.count) by metadata, redacted)"
    }

    /// What may be shown: how many keys there are.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` does not show the keys.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
