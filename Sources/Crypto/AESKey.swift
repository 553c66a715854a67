/// A key of 128, 192 or 256 bits, which is never shown.
public struct AESKey: Hashable, Sendable {
    let bytes: [UInt8]

    /// Creates a key of 16, 24 or 32 bytes; nil for any other number.
    public init?(_ bytes: [UInt8]) {
        guard [16, 24, 32].contains(bytes.count) else { return nil }
        self.bytes = bytes
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
