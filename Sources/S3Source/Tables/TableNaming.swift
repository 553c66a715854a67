import S3

/// The names of tables, from keys.
enum TableNaming {
    /// Returns what a table is named after: the directory of a key, or for a key without one its file name without
    /// extension.
    static func base(of key: ObjectKey) -> [UInt8] {
        let bytes = key.bytes
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return fileStem(bytes[...]) }
        let directory = bytes[..<slash]
        return directory.contains { $0 != UInt8(ascii: "/") } ? Array(directory) : fileStem(bytes[(slash + 1)...])
    }

    /// Returns the name of a table for what it is named after; nil when nothing is left.
    ///
    /// Bytes outside `[A-Za-z0-9_]` become `_`, runs of `_` become one, and `_` at the ends is dropped.
    static func tableName(of base: [UInt8]) -> String? {
        var result: [UInt8] = []
        for byte in base {
            if isLetterOrDigit(byte) {
                result.append(byte)
            } else if let last = result.last, last != UInt8(ascii: "_") {
                result.append(UInt8(ascii: "_"))
            }
        }
        if result.last == UInt8(ascii: "_") { result.removeLast() }
        return result.isEmpty ? nil : String(decoding: result, as: UTF8.self)
    }

    /// Whether a key names a Parquet object: it ends in `.parquet`, in any case.
    static func isParquet(_ key: ObjectKey) -> Bool {
        let suffix = Array(".parquet".utf8)
        guard key.bytes.count >= suffix.count else { return false }
        return key.bytes.suffix(suffix.count).elementsEqual(suffix) { lowercased($0) == $1 }
    }

    /// Whether a byte is an ASCII letter or digit.
    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func fileStem(_ name: ArraySlice<UInt8>) -> [UInt8] {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return Array(name) }
        return Array(name[..<dot])
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
