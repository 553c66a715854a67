import ByteCore

/// Writes JSON.
///
/// Spec: RFC 8259.
enum JSONText {
    /// Appends UTF-8 as a string.
    static func quote(_ utf8: Bytes, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for index in 0..<utf8.count {
            switch utf8[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), utf8[index]]
            case UInt8(ascii: "\n"): text += #"\n"#.utf8
            case let byte where byte < 0x20:
                let digits = Array("0123456789abcdef".utf8)
                text += #"\u00"#.utf8
                text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            case let byte: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// Appends a string.
    static func quote(_ string: String, to text: inout [UInt8]) { quote(Bytes(string.utf8), to: &text) }

    /// Appends the shortest number that reads back as the same one, or the name of what is no number.
    static func append(_ number: some BinaryFloatingPoint & CustomStringConvertible, to text: inout [UInt8]) {
        if number.isFinite {
            text += number.description.utf8
        } else {
            quote(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity", to: &text)
        }
    }

    /// Appends a number with `scale` digits after its point.
    static func append(_ unscaled: Int128, scale: Int, to text: inout [UInt8]) {
        var digits = [UInt8]("\(unscaled.magnitude)".utf8)
        if unscaled < 0 { text.append(UInt8(ascii: "-")) }
        if scale > 0 {
            if digits.count <= scale {
                digits.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: scale + 1 - digits.count), at: 0)
            }
            digits.insert(UInt8(ascii: "."), at: digits.count - scale)
        }
        text += digits
    }

    /// Appends bytes as a string of base64.
    static func quoteBase64(_ bytes: Bytes, to text: inout [UInt8]) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        text.append(UInt8(ascii: "\""))
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var word = 0
            for index in 0..<3 { word = word << 8 | (index < count ? Int(bytes[start + index]) : 0) }
            for index in 0..<4 {
                text.append(index <= count ? digits[word >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// Appends 16 bytes as a UUID.
    static func quoteUUID(_ bytes: Bytes, to text: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        text.append(UInt8(ascii: "\""))
        for index in 0..<bytes.count {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(bytes[index] >> 4)], digits[Int(bytes[index] & 15)]]
        }
        text.append(UInt8(ascii: "\""))
    }
}
