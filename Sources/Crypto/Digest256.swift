/// A 256-bit digest.
public struct Digest256: Hashable, Sendable {
    /// The 32 bytes, in the order in which they are written.
    public let bytes: SIMD32<UInt8>

    /// Creates a digest from its 32 bytes.
    public init(bytes: SIMD32<UInt8>) {
        self.bytes = bytes
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hex: String {
        var digits = [UInt8]()
        appendHex(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends the digest as 64 lower-case hexadecimal digits.
    public func appendHex(to digits: inout [UInt8]) {
        digits.reserveCapacity(digits.count + 64)
        for index in bytes.indices { Hex.append(bytes[index], to: &digits) }
    }
}
