public import ByteCore

/// Bytes of known number that can be read by range: an object in a store, a file, memory.
public protocol RandomAccessSource: Sendable {
    /// Number of bytes.
    var byteCount: Int64 { get }
    /// Returns exactly the bytes of a range that lies inside the source.
    func read(_ range: ByteRange) async throws -> Bytes
}

extension Bytes: RandomAccessSource {
    /// Number of bytes.
    public var byteCount: Int64 { Int64(count) }

    /// Returns a window over the bytes of a range.
    ///
    /// - Throws: `truncated` where the range is not inside the bytes.
    public func read(_ range: ByteRange) async throws -> Bytes {
        guard range.offset >= 0, range.count >= 0, range.offset <= byteCount - range.count else {
            throw ParquetError(kind: .truncated)
        }
        return self[Int(range.offset)..<Int(range.end)]
    }
}
