import ByteCore

/// Writes JSON.
///
/// Spec: RFC 8259.
enum JSONText {
    /// Appends UTF-8 as a string.
    static func quote(_ utf8: Bytes, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        var start = 0
        for index in 0..<utf8.count {
            let byte = utf8[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            text += [UInt8](utf8[start..<index])
            start = index + 1
            switch byte {
            case UInt8(ascii: "\n"): text += #"\n"#.utf8
            case ..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                text += #"\u00"#.utf8
                text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: text += [UInt8(ascii: "\\"), byte]
            }
        }
        text += [UInt8](utf8[start..<utf8.count])
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
