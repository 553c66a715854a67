internal import Crypto

/// Percent-encoding of the parts of a request target.
///
/// Spec: RFC 3986, section 2.1, with the sets that Signature Version 4 fixes: a letter more or less kept changes
/// the signature.
public enum PercentEncoding {
    /// The bytes that stay as they are.
    public enum Set: Sendable {
        /// `A-Z a-z 0-9 - . _ ~`: a name or value in a query.
        case unreserved
        /// The unreserved bytes and `/`: a path.
        case path
        /// Every byte that can stand in a target, `%` among them: text that is encoded already.
        case encoded

        func keeps(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                true
            case UInt8(ascii: "/"): self != .unreserved
            default: self == .encoded && byte > 0x20 && byte < 0x7F
            }
        }
    }

    /// Appends bytes, each outside the set as `%` and two upper-case digits.
    public static func append(_ bytes: some Sequence<UInt8>, keeping set: Set, to target: inout [UInt8]) {
        for byte in bytes {
            if set.keeps(byte) {
                target.append(byte)
            } else {
                target.append(UInt8(ascii: "%"))
                target.append(upperDigit(byte >> 4))
                target.append(upperDigit(byte & 0x0F))
            }
        }
    }

    /// Returns bytes in their encoded form.
    public static func encode(_ bytes: some Sequence<UInt8>, keeping set: Set) -> [UInt8] {
        var target = [UInt8]()
        target.reserveCapacity(bytes.underestimatedCount)
        append(bytes, keeping: set, to: &target)
        return target
    }

    /// Returns the bytes that a text in `application/x-www-form-urlencoded` stands for: `+` is a space.
    ///
    /// A `%` that two digits do not follow stays as it is.
    public static func decodeForm(_ text: [UInt8]) -> [UInt8] {
        var decoded = [UInt8]()
        decoded.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "%"), index + 2 < text.count, let high = Hex.value(of: text[index + 1]),
                let low = Hex.value(of: text[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return decoded
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
