public import ArrowLayout
public import ByteCore

extension ArrayView {
    /// Returns all values as JSON: numbers as the integers or bits that are stored, text and binary in hexadecimal.
    public var json: String {
        "[" + (0..<count).map { json(at: $0) }.joined(separator: ",") + "]"
    }

    /// Returns one value as JSON.
    public func json(at index: Int) -> String {
        if isNull(at: index) { return "null" }
        switch array.type {
        case .null: return "null"
        case .bool: return bool(at: index) == true ? "true" : "false"
        case .float16, .float32, .float64, .decimal256, .fixedSizeBinary, .interval, .utf8, .largeUtf8, .utf8View,
            .binary, .largeBinary, .binaryView:
            return bytes(at: index).map { "\"\($0.hex)\"" } ?? "?"
        case .structure(let fields):
            return "[" + fields.indices.map { child($0).json(at: index) }.joined(separator: ",") + "]"
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .map:
            let elements = elements(at: index) ?? 0..<0
            return "[" + elements.map { child(0).json(at: $0) }.joined(separator: ",") + "]"
        case .dictionary: return dictionaryIndex(at: index).map { child(0).json(at: $0) } ?? "?"
        default:
            return int128(at: index).map { "\($0)" } ?? "?"
        }
    }
}

extension RecordBatch {
    /// All columns as JSON, one a line.
    public var json: String {
        "[" + columns.map { ArrayView($0).json }.joined(separator: ",\n") + "]"
    }
}

extension Bytes {
    /// The bytes in hexadecimal.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: [UInt8](self).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads hexadecimal digits; other characters are left out.
    public init(hex: String) {
        let digits = hex.compactMap(\.hexDigitValue)
        self.init(stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
    }
}
