import ArrowLayout
import ByteCore
import Crypto

/// Turns the UUIDs that CloudQuery's file destinations write (text) into CloudQuery's UUID type (16 bytes).
enum UUIDColumn {
    /// Returns the column as 16-byte values.
    ///
    /// - Parameters:
    ///   - column: text or 16-byte values.
    ///   - name: the column's name, for errors.
    ///   - firstRow: number of the first row in its file.
    ///   - fallback: makes the value where the file has none; nil keeps nulls.
    /// - Throws: `RowError` for text that is not a UUID.
    static func converted(
        _ column: ArrayData, name: String, firstRow: Int, fallback: RowIdentity?
    ) throws(RowError) -> ArrayData {
        if case .fixedSizeBinary = column.type, column.nullCount == 0 || fallback == nil { return column }
        let view = ArrayView(column)
        let isText = column.type == .utf8
        var values = ByteBuilder(capacity: column.count * 16)
        for index in 0..<column.count {
            if let bytes = view.bytes(at: index) {
                guard let uuid = !isText && bytes.count == 16 ? [UInt8](bytes) : parse(bytes) else {
                    throw RowError(
                        description: "column \"\(name)\", row \(firstRow + index): the value is not a UUID")
                }
                values.append(contentsOf: uuid)
            } else if let fallback {
                fallback.append(row: firstRow + index, to: &values)
            } else {
                values.append(repeating: UInt64(0), count: 2)
            }
        }
        return ArrayData(
            type: .fixedSizeBinary(byteWidth: 16), count: column.count,
            nullCount: fallback == nil ? column.nullCount : 0,
            buffers: [fallback == nil ? column.buffers[0] : Bytes(), values.freeze()])
    }

    /// Parses the canonical form: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    static func parse(_ text: Bytes) -> [UInt8]? {
        guard text.count == 36 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(16)
        var high: UInt8?
        for (index, byte) in [UInt8](text).enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hex.value(of: byte) else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return result
    }
}
