public import ArrowLayout
import ByteCore

extension ArrayView {
    /// The value as the manifest writes it: the stored integer (of a decimal without its point), floats and bytes in
    /// hexadecimal, text as it is; lists, maps and structs as JSON whose leaves are such texts. Nil for a null.
    public func text(at index: Int) -> String? {
        switch array.type {
        case .bool: bool(at: index).map { $0 ? "true" : "false" }
        case .utf8, .largeUtf8, .utf8View: string(at: index)
        case .float16, .float32, .float64: bytes(at: index).map { Hexadecimal.text([UInt8]($0).reversed()) }
        case .binary, .largeBinary, .binaryView, .fixedSizeBinary:
            bytes(at: index).map { Hexadecimal.text([UInt8]($0)) }
        case .decimal256: bytes(at: index).map { WideInteger($0).description }
        case .interval(.monthDayNano):
            bytes(at: index).map { value in
                let (months, days) = (value.span.load(at: 0, as: Int32.self), value.span.load(at: 4, as: Int32.self))
                return "\(months),\(days),\(value.span.load(at: 8, as: Int64.self))"
            }
        case .structure(let fields):
            isNull(at: index)
                ? nil
                : "{"
                    + fields.enumerated().map { JSONRow.quoted($1.name) + ":" + child($0).member(at: index) }
                    .joined(separator: ",") + "}"
        case .list, .largeList, .listView, .largeListView, .fixedSizeList:
            elements(at: index).map { list($0) { child(0).member(at: $0) } }
        case .map:
            elements(at: index).map { pairs in
                let entries = child(0)
                return list(pairs) { "[\(entries.child(0).member(at: $0)),\(entries.child(1).member(at: $0))]" }
            }
        default: int128(at: index).map { "\($0)" }
        }
    }

    private func list(_ elements: Range<Int>, _ text: (Int) -> String) -> String {
        "[" + elements.map(text).joined(separator: ",") + "]"
    }

    /// The value as it stands inside of another.
    private func member(at index: Int) -> String {
        guard let text = text(at: index) else { return "null" }
        return switch array.type {
        case .structure, .list, .largeList, .listView, .largeListView, .fixedSizeList, .map: text
        default: JSONRow.quoted(text)
        }
    }
}

/// Bytes as hexadecimal digits.
public enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Returns two lower-case digits for each byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// A signed integer of any number of bytes, only to be written in decimal.
struct WideInteger: CustomStringConvertible {
    let description: String

    /// Reads little-endian two's complement.
    init(_ bytes: Bytes) {
        var magnitude = [UInt8](bytes)
        let isNegative = (magnitude.last ?? 0) & 0x80 != 0
        if isNegative {
            var carry: UInt16 = 1
            for index in magnitude.indices {
                carry += UInt16(~magnitude[index])
                magnitude[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
        }
        var digits: [UInt8] = []
        while let top = magnitude.last {
            if top == 0 {
                magnitude.removeLast()
                continue
            }
            var remainder: UInt16 = 0
            for index in magnitude.indices.reversed() {
                remainder = remainder << 8 | UInt16(magnitude[index])
                magnitude[index] = UInt8(remainder / 10)
                remainder %= 10
            }
            digits.append(UInt8(ascii: "0") + UInt8(remainder))
        }
        if digits.isEmpty { digits = [UInt8(ascii: "0")] }
        description = (isNegative ? "-" : "") + String(decoding: digits.reversed(), as: UTF8.self)
    }
}
