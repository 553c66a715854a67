/// HMAC-SHA256 with one key, for any number of messages.
///
/// Spec: RFC 2104. The key's two blocks are hashed once, when the value is made.
public final class HMACSHA256: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    /// Creates the function of a key of any length.
    public init(key: [UInt8]) {
        var block = key.count > SHA256.blockByteCount ? Self.array(SHA256.hash(key)) : key
        block.append(contentsOf: repeatElement(0, count: SHA256.blockByteCount - block.count))
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        self.inner = inner
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        self.outer = outer
    }

    /// Creates the function whose key is a digest.
    public convenience init(key: Digest256) { self.init(key: Self.array(key)) }

    /// Returns the code of some bytes.
    public func code(_ message: RawSpan) -> Digest256 {
        var inner = SHA256(copying: inner)
        inner.update(message)
        var outer = SHA256(copying: outer)
        outer.update(inner.finish())
        return outer.finish()
    }

    /// Returns the code of an array of bytes.
    public func code(_ message: [UInt8]) -> Digest256 { code(unsafe message.span.bytes) }

    /// Returns the code of a string's UTF-8.
    public func code(utf8 string: String) -> Digest256 { code(Array(string.utf8)) }

    private static func array(_ digest: Digest256) -> [UInt8] { digest.bytes.indices.map { digest.bytes[$0] } }
}
