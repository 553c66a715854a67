public import ByteCore

/// The bytes of a column chunk, of which those after the ones that were read are in memory as far as they were fetched.
public struct ChunkBytes: Sendable {
    /// Number of bytes of the whole chunk.
    public let byteCount: Int
    /// Position in the chunk of the first byte that was not read yet.
    public private(set) var offset = 0
    /// The next bytes, in one piece.
    private(set) var window = Bytes()
    /// What was fetched after the window; no piece is empty.
    private var later: [Bytes] = []
    /// Position in the chunk after the last byte in memory.
    public private(set) var end = 0

    /// Creates a chunk of which no byte is in memory.
    public init(byteCount: Int) { self.byteCount = byteCount }

    /// Creates a chunk that is in memory whole.
    public init(_ bytes: Bytes) {
        byteCount = bytes.count
        window = bytes
        end = bytes.count
    }

    /// Whether all of the chunk that was not read yet is in memory.
    public var isComplete: Bool { end == byteCount }

    /// Adds the bytes that follow those in memory; they must not go on after the chunk.
    public mutating func append(_ bytes: Bytes) {
        precondition(bytes.count <= byteCount - end, "ChunkBytes: bytes after the end of the chunk")
        end += bytes.count
        if bytes.isEmpty { return }
        if window.isEmpty { window = bytes } else { later.append(bytes) }
    }

    /// Makes the window `count` bytes long, or as long as there are bytes in memory; a longer one stays as it is.
    ///
    /// Only a window that ends in the middle of what is asked for is copied, with the bytes missing to it.
    mutating func widen(to count: Int) {
        guard window.count < count, !later.isEmpty else { return }
        var builder = ByteBuilder(capacity: min(count, end - offset))
        builder.append(contentsOf: window)
        while builder.count < count, let next = later.first {
            let taken = min(count - builder.count, next.count)
            builder.append(contentsOf: next[0..<taken])
            if taken == next.count { later.removeFirst() } else { later[0] = next[taken..<next.count] }
        }
        window = builder.freeze()
    }

    /// Lets go of the window's first `count` bytes.
    mutating func drop(_ count: Int) {
        offset += count
        window = window[count..<window.count]
        if window.isEmpty, !later.isEmpty { window = later.removeFirst() }
    }
}
