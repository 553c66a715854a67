import S3

/// The table that an object belongs to, from its key alone.
enum TableNaming {
    /// Returns the table name of a key: its directory, or for a key without one its file name without extension.
    ///
    /// Bytes outside `[A-Za-z0-9_]` become `_`, runs of `_` become one, and `_` at the ends is dropped. Nil when
    /// nothing is left.
    static func tableName(of key: ObjectKey) -> String? {
        let bytes = key.bytes
        let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
        let base: ArraySlice<UInt8>
        if let slash {
            let directory = bytes[..<slash]
            base = directory.contains { $0 != UInt8(ascii: "/") } ? directory : fileStem(bytes[(slash + 1)...])
        } else {
            base = fileStem(bytes[...])
        }
        let name = normalized(base)
        return name.isEmpty ? nil : name
    }

    /// Whether a key names a Parquet object: it ends in `.parquet`, in any case.
    static func isParquet(_ key: ObjectKey) -> Bool {
        let suffix = Array(".parquet".utf8)
        guard key.bytes.count >= suffix.count else { return false }
        return key.bytes.suffix(suffix.count).elementsEqual(suffix) { lowercased($0) == $1 }
    }

    private static func fileStem(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return name }
        return name[..<dot]
    }

    private static func normalized(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        for byte in bytes {
            let isNameByte =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: false
                }
            if isNameByte {
                result.append(byte)
            } else if let last = result.last, last != UInt8(ascii: "_") {
                result.append(UInt8(ascii: "_"))
            }
        }
        if result.last == UInt8(ascii: "_") { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
