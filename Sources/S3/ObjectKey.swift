/// The name of an object: bytes, compared and hashed as such.
///
/// Two keys that look alike, such as the composed and decomposed form of a letter, are two objects.
public struct ObjectKey: Hashable, Sendable {
    /// The bytes of the name, UTF-8 as a rule.
    public let bytes: [UInt8]

    /// Creates a key of some bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Creates the key that is the UTF-8 of a text, unchanged.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }
}

extension ObjectKey: Comparable {
    /// Returns whether one key comes before another by bytes, the order in which S3 lists.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ObjectKey: CustomStringConvertible {
    /// The key for people: control characters escaped, bytes that are not UTF-8 replaced. No other key is made of it.
    public var description: String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
