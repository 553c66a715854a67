/// A key of 128, 192 or 256 bits, which is never shown.
public struct AESKey: Hashable, Sendable {
    let bytes: [UInt8]

    /// Creates a key of 16, 24 or 32 bytes; nil for any other number.
    public init?(_ bytes: [UInt8]) {
        guard [16, 24, 32].contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// Creates a key from hexadecimal or Base64 of 16, 24 or 32 bytes; nil for any other text.
    ///
    /// 32 or 48 hexadecimal digits are hexadecimal, though they are Base64 of other bytes, too.
    public init?(encoded text: String) {
        let digits = text.utf8.compactMap(Hex.value(of:))
        if digits.count == text.utf8.count, [32, 48, 64].contains(digits.count) {
            self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
            return
        }
        guard let bytes = Base64.decode(text.utf8) else { return nil }
        self.init(bytes)
    }
}

extension AESKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown: the length.
    public var description: String { "AESKey(\(bytes.count * 8) bits, redacted)" }

    /// What may be shown: the length.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` does not show the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
