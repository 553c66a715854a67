import AWSAuth
import ArrowLayout
import ByteCore
import S3

/// The type of a column whose values are in the keys.
enum PathType: Hashable, Sendable {
    case integer
    case date
    case text

    /// The Arrow type.
    var dataType: DataType {
        switch self {
        case .integer: .int64
        case .date: .date32
        case .text: .utf8
        }
    }

    /// Returns the number that a text is: digits, after a minus sign or not.
    static func integer(_ text: some Collection<UInt8>) -> Int64? {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text.dropFirst(0)
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    /// Returns the days from 1970-01-01 to a date in the form `2024-06-01`.
    static func days(_ text: some Collection<UInt8>) -> Int32? {
        guard text.count == 10 else { return nil }
        return Timestamp(rfc3339: String(decoding: text, as: UTF8.self) + "T00:00:00Z")
            .map { Int32($0.seconds / 86_400) }
    }

    /// Returns the value of a text that the type was found for.
    func value(_ text: [UInt8]) -> ConstantValue {
        switch self {
        case .integer: Self.integer(text).map(ConstantValue.int64) ?? .null
        case .date: Self.days(text).map(ConstantValue.int32) ?? .null
        case .text: .text(Bytes(String(decoding: text, as: UTF8.self).utf8))
        }
    }
}

/// A value that a key gives to a column.
struct PathValue: Hashable, Sendable {
    let column: String
    /// The text in the key; nil for a null.
    let text: [UInt8]?
    /// The type, where a pattern says it; nil where the values of all keys decide.
    var type: PathType?
}

/// The columns that the keys of a table's objects give, each with one type over all keys.
///
/// A column without a type of its own is an integer or date where all its values are. Numbers of three or more digits
/// that begin with 0, such as account numbers, are text: as integers they would lose it.
struct PathColumns: Sendable {
    private struct Column {
        let name: String
        /// The first key that has the column, in the order of keys, and the column's place in it.
        var first: (key: ObjectKey, place: Int)
        var declared: PathType?
        var isInteger = true
        var isDate = true
        var hasValue = false

        var type: PathType {
            if let declared { return declared }
            return !hasValue ? .text : isInteger ? .integer : isDate ? .date : .text
        }

        mutating func observe(_ value: PathValue) {
            if declared != value.type { declared = .text }
            guard let text = value.text else { return }
            hasValue = true
            if isInteger { isInteger = PathType.integer(text) != nil && !Self.losesZeros(text) }
            if isDate { isDate = PathType.days(text) != nil }
        }

        private static func losesZeros(_ text: [UInt8]) -> Bool {
            let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
            return digits.first == UInt8(ascii: "0") && (digits.count > 2 || digits.count < text.count)
        }
    }

    private var columns: [Column] = []

    /// Takes in the values of one more key.
    mutating func observe(_ values: [PathValue], of key: ObjectKey) {
        for (place, value) in values.enumerated() {
            let index: Int
            if let known = columns.firstIndex(where: { $0.name.utf8.elementsEqual(value.column.utf8) }) {
                index = known
                if key < columns[index].first.key { columns[index].first = (key, place) }
            } else {
                index = columns.count
                columns.append(Column(name: value.column, first: (key, place), declared: value.type))
            }
            columns[index].observe(value)
        }
    }

    /// Brings the columns into their order, that of the first keys that have them, in whatever order keys came.
    mutating func sort() { columns.sort { ($0.first.key, $0.first.place) < ($1.first.key, $1.first.place) } }

    /// Returns the columns that a key gives, in the order of the table.
    func columns(_ values: [PathValue]) -> [AddedColumns.Column] {
        columns.compactMap { column in
            guard let value = values.last(where: { $0.column.utf8.elementsEqual(column.name.utf8) }) else { return nil }
            let type = column.type
            return AddedColumns.Column(
                field: Field(column.name, type.dataType), value: .constant(value.text.map(type.value) ?? .null))
        }
    }
}
