import Crypto

/// A named part of a key pattern.
struct KeyPlaceholder: Hashable, Sendable {
    /// Which text a placeholder matches.
    enum Form: Hashable, Sendable {
        /// One byte or more.
        case text
        /// A whole number that 64 bits hold.
        case integer
        /// A date such as `2024-06-01`.
        case date
        /// As many digits, whose number lies in a range.
        case digits(count: Int, in: ClosedRange<Int>)
        /// A UUID in its canonical form.
        case uuid
        /// The word `parquet`.
        case format
    }

    /// What is written between the braces, without the form: `account`, `YYYY` or, with two braces, `{TABLE}`.
    let name: String
    let form: Form
    /// The column that it becomes; nil for what only matches.
    let column: String?

    /// The type of its column.
    var columnType: PathType {
        switch form {
        case .text, .uuid, .format: .text
        case .integer, .digits: .integer
        case .date: .date
        }
    }

    /// The placeholder that a word between two braces names: those of the paths of CloudQuery's file destinations.
    /// None becomes a column, so that a table is read back as it was written.
    init?(cloudQuery word: String) {
        switch word {
        case "TABLE", "TABLE_HYPHEN", "SYNC_ID", "SYNC_GROUP_ID": form = .text
        case "UUID": form = .uuid
        case "FORMAT": form = .format
        case "YEAR": form = .digits(count: 4, in: 0...9_999)
        case "MONTH": form = .digits(count: 2, in: 1...12)
        case "DAY": form = .digits(count: 2, in: 1...31)
        case "HOUR": form = .digits(count: 2, in: 0...23)
        case "MINUTE": form = .digits(count: 2, in: 0...59)
        default: return nil
        }
        name = "{\(word)}"
        column = nil
    }

    /// The placeholder that a text between single braces names: `NAME`, `NAME:FORM`, or a part of a date.
    init?(text: String) {
        switch text {
        case "YYYY": (form, column) = (.digits(count: 4, in: 0...9_999), "year")
        case "MM": (form, column) = (.digits(count: 2, in: 1...12), "month")
        case "DD": (form, column) = (.digits(count: 2, in: 1...31), "day")
        case "HH": (form, column) = (.digits(count: 2, in: 0...23), "hour")
        default:
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.map(String.init), Self.isName(name) else { return nil }
            switch parts.count == 2 ? parts[1] : "text" {
            case "text": form = .text
            case "int": form = .integer
            case "date": form = .date
            default: return nil
            }
            self.name = name
            column = name
            return
        }
        name = text
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { TableNaming.isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }
}

extension KeyPlaceholder.Form {
    /// How many of the first bytes of a segment's rest may be the placeholder's text, shortest first.
    func lengths(in segment: ArraySlice<UInt8>) -> [Int] {
        switch self {
        case .text: return Array(1..<max(1, segment.count + 1))
        case .integer:
            let sign = segment.first == UInt8(ascii: "-") ? 1 : 0
            let digitCount = segment.dropFirst(sign).prefix { Self.isDigit($0) }.count
            return (1..<max(1, digitCount + 1)).map { $0 + sign }
                .filter { PathType.integer(segment.prefix($0)) != nil }
        case .date: return PathType.days(segment.prefix(10)) != nil ? [10] : []
        case .digits(let count, let range):
            let digits = segment.prefix(count)
            guard digits.count == count, digits.allSatisfy(Self.isDigit) else { return [] }
            return range.contains(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }) ? [count] : []
        case .uuid: return Self.isUUID(segment.prefix(36)) ? [36] : []
        case .format:
            let word = Array("parquet".utf8)
            return segment.starts(with: word) ? [word.count] : []
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isUUID(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        return text.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : Hex.value(of: byte) != nil
        }
    }
}
