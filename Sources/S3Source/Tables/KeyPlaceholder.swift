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

    /// Whether a text is the table of the empty object that CloudQuery's S3 destination leaves to see whether it may
    /// write.
    func isWriteTest(_ text: ArraySlice<UInt8>) -> Bool {
        switch name {
        case "{TABLE}": text.elementsEqual("TEST_TABLE".utf8)
        case "{TABLE_HYPHEN}": text.elementsEqual("TEST-TABLE".utf8)
        default: false
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
    /// How many of the first bytes of a segment's rest may be the placeholder's text.
    func lengths(in segment: ArraySlice<UInt8>) -> Range<Int> {
        switch self {
        case .text: return 1..<max(1, segment.count + 1)
        case .integer: return Self.integerLengths(in: segment)
        case .date: return Self.only(10, if: PathType.days(segment.prefix(10)) != nil)
        case .digits(let count, let range):
            var number = 0
            for byte in segment.prefix(count) {
                guard Self.isDigit(byte) else { return 0..<0 }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return Self.only(count, if: segment.count >= count && range.contains(number))
        case .uuid: return Self.only(36, if: Self.isUUID(segment.prefix(36)))
        case .format: return Self.only(7, if: segment.starts(with: "parquet".utf8))
        }
    }

    private static func only(_ length: Int, if matches: Bool) -> Range<Int> {
        matches ? length..<length + 1 : 0..<0
    }

    private static func integerLengths(in segment: ArraySlice<UInt8>) -> Range<Int> {
        let sign = segment.first == UInt8(ascii: "-") ? 1 : 0
        var length = sign + segment.dropFirst(sign).prefix(while: isDigit).count
        while length > sign, PathType.integer(segment.prefix(length)) == nil { length -= 1 }
        return sign + 1..<max(sign + 1, length + 1)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isUUID(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        for (index, byte) in text.enumerated() {
            let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
            guard isHyphen ? byte == UInt8(ascii: "-") : Hex.value(of: byte) != nil else { return false }
        }
        return true
    }
}
