import ByteCore

/// Memory of the last decompressed pages of a column, written again once nobody looks at it any more.
///
/// Two pages are remembered, so that a caller may hold one while it decodes the next. Copies are safe: memory that
/// two of them know is not reused.
public struct PageScratch: Sendable {
    private var first = Bytes()
    private var second = Bytes()

    /// Creates scratch without memory.
    public init() {}

    /// Returns an empty builder with room for `byteCount` bytes.
    mutating func builder(byteCount: Int) -> ByteBuilder {
        if let builder = ByteBuilder(recycling: &first), builder.capacity >= byteCount { return builder }
        if let builder = ByteBuilder(recycling: &second), builder.capacity >= byteCount { return builder }
        return ByteBuilder(capacity: byteCount)
    }

    /// Remembers memory that `builder` gave out.
    mutating func remember(_ bytes: Bytes) {
        second = first
        first = bytes
    }
}
