import ByteCore

/// The little JSON that is written here: strings and arrays of them.
enum JSONText {
    /// Returns an array of strings; `null` when there are none, as the Go plugins write it.
    static func array(_ strings: [String]) -> String {
        guard !strings.isEmpty else { return "null" }
        return "[" + strings.map(string).joined(separator: ",") + "]"
    }

    /// Returns a quoted string.
    static func string(_ text: String) -> String {
        var builder = ByteBuilder(capacity: text.utf8.count + 2)
        builder.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { append(scalar, to: &builder) }
        builder.append(UInt8(ascii: "\""))
        return String(validating: builder.freeze()) ?? "\"\""
    }

    /// Appends one character of a string, escaped where JSON asks for it; at most 6 bytes.
    static func append(_ scalar: Unicode.Scalar, to builder: inout ByteBuilder) {
        switch scalar {
        case "\"": builder.append(utf8: "\\\"")
        case "\\": builder.append(utf8: "\\\\")
        case "\n": builder.append(utf8: "\\n")
        case "\r": builder.append(utf8: "\\r")
        case "\t": builder.append(utf8: "\\t")
        case "\u{0}"..."\u{1F}", "\u{7F}":
            let digits = Array("0123456789abcdef".utf8)
            builder.append(utf8: "\\u00")
            builder.append(digits[Int(scalar.value >> 4)])
            builder.append(digits[Int(scalar.value & 15)])
        default:
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { builder.append(unit) }
        }
    }
}
