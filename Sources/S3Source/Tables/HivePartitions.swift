import Crypto
import S3

/// The `key=value` directories of a key, as Hive and Spark write them.
///
/// Names and values are percent-decoded; `__HIVE_DEFAULT_PARTITION__` is a null. Of two directories with one name, the
/// inner one counts.
struct HivePartitions {
    /// The values, outermost first.
    let values: [PathValue]
    /// The other directories, joined by slashes.
    let directory: [UInt8]

    private static let null = Array("__HIVE_DEFAULT_PARTITION__".utf8)

    init(_ key: ObjectKey) {
        let segments = key.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropLast()
        var values: [PathValue] = []
        var others: [ArraySlice<UInt8>] = []
        for segment in segments {
            guard let equals = segment.firstIndex(of: UInt8(ascii: "=")), equals > segment.startIndex else {
                others.append(segment)
                continue
            }
            let name = String(decoding: Self.percentDecoded(segment[..<equals]), as: UTF8.self)
            let text = segment[(equals + 1)...]
            values.removeAll { $0.column.utf8.elementsEqual(name.utf8) }
            values.append(
                PathValue(column: name, text: text.elementsEqual(Self.null) ? nil : Self.percentDecoded(text)))
        }
        self.values = values
        directory = Array(others.joined(separator: [UInt8(ascii: "/")]))
    }

    /// Returns the text with `%` and two digits replaced by their byte; other `%` stay.
    private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(Hex.value),
                let low = rest.dropFirst().first.flatMap(Hex.value)
            {
                decoded.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }
}
