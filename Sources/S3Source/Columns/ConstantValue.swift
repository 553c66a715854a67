import ArrowLayout
import ByteCore

/// One value for all rows of an object.
enum ConstantValue: Equatable, Sendable {
    case null
    case int32(Int32)
    case int64(Int64)
    case text(Bytes)

    /// Returns a column that holds the value in every row.
    ///
    /// - Parameters:
    ///   - type: stores such values: as wide as the number, or `utf8`; any type for a null.
    ///   - rowCount: at most `maximumRowCount`.
    func column(of type: DataType, rowCount: Int) -> ArrayData {
        switch self {
        case .null: return .nulls(of: type, count: rowCount)
        case .int32(let value): return Self.numbers(value, type, rowCount)
        case .int64(let value): return Self.numbers(value, type, rowCount)
        case .text(let text):
            var offsets = ByteBuilder(capacity: (rowCount + 1) * 4)
            var values = ByteBuilder(capacity: rowCount * text.count)
            offsets.append(Int32.zero)
            for _ in 0..<rowCount {
                values.append(contentsOf: text)
                offsets.append(Int32(values.count))
            }
            return ArrayData(
                type: type, count: rowCount, nullCount: 0, buffers: [Bytes(), offsets.freeze(), values.freeze()])
        }
    }

    /// The most rows that one column holds: text has 32-bit offsets.
    var maximumRowCount: Int {
        if case .text(let text) = self { Int(Int32.max) / max(1, text.count) } else { Int.max }
    }

    private static func numbers<Value: NativeValue>(_ value: Value, _ type: DataType, _ rowCount: Int) -> ArrayData {
        var values = ByteBuilder(capacity: rowCount * MemoryLayout<Value>.size)
        values.append(repeating: value, count: rowCount)
        return ArrayData(type: type, count: rowCount, nullCount: 0, buffers: [Bytes(), values.freeze()])
    }
}
