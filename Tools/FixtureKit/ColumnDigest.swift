/// A digest of the texts of a column's values: 64-bit FNV-1a over `n` for a null, else over the byte count of the
/// text, a colon and the text.
public struct ColumnDigest: Hashable, Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Creates the digest of no values.
    public init() {}

    /// Adds the text of a value, or a null for nil.
    public mutating func append(_ text: String?) {
        guard let text else { return append("n".utf8) }
        append("\(text.utf8.count):".utf8)
        append(text.utf8)
    }

    private mutating func append(_ bytes: String.UTF8View) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// The digest in 16 hexadecimal digits.
    public var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
