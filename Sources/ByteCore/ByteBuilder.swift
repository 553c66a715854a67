/// Growing memory that becomes a `Bytes` without a copy.
///
/// Grown memory is not cleared: every append writes what it adds.
@safe
public struct ByteBuilder: ~Copyable, Sendable {
    @usableFromInline
    nonisolated(unsafe) var base: UnsafeMutableRawPointer
    /// Number of bytes written.
    public internal(set) var count = 0
    /// Number of bytes that fit without growing.
    public internal(set) var capacity: Int

    /// Creates an empty builder with room for `capacity` bytes.
    public init(capacity: Int = 0) {
        let block = unsafe BlockCache.allocate(max(capacity, 64))
        unsafe base = block.base
        self.capacity = unsafe block.capacity
    }

    /// Creates an empty builder in the memory of a window that nobody else looks at, which is empty afterwards.
    ///
    /// Returns nil, and leaves the window alone, where another window shares its memory or the memory is not ours.
    public init?(recycling bytes: inout Bytes) {
        guard let memory = unsafe bytes.takeUniqueMemory() else { return nil }
        unsafe base = memory.base
        capacity = unsafe memory.capacity
    }

    deinit { unsafe BlockCache.release(base, capacity: capacity) }

    /// Makes room for `additional` more bytes, at least doubling the memory when it grows.
    @inlinable
    public mutating func reserve(_ additional: Int) {
        if capacity &- count < additional { grow(additional) }
    }

    @usableFromInline
    mutating func grow(_ additional: Int) {
        precondition(additional >= 0 && additional < Int.max / 4, "ByteBuilder: capacity overflow")
        let block = unsafe BlockCache.allocate(max(capacity * 2, count + additional))
        unsafe block.base.copyMemory(from: base, byteCount: count)
        unsafe BlockCache.release(base, capacity: capacity)
        unsafe base = block.base
        capacity = unsafe block.capacity
    }

    /// Appends one value in its memory form.
    @inlinable
    public mutating func append<T: NativeValue>(_ value: T) {
        let size = MemoryLayout<T>.size
        reserve(size)
        unsafe end.storeBytes(of: value, as: T.self)
        advance(by: size)
    }

    /// Appends the same value `repeatCount` times.
    @inlinable
    public mutating func append<T: NativeValue>(repeating value: T, count repeatCount: Int) {
        let size = MemoryLayout<T>.size
        reserve(repeatCount * size)
        let target = unsafe end
        for index in 0..<repeatCount {
            unsafe (target + index &* size).storeBytes(of: value, as: T.self)
        }
        advance(by: repeatCount * size)
    }

    /// Appends all bytes of a span.
    public mutating func append(contentsOf span: RawSpan) {
        guard span.byteCount > 0 else { return }
        reserve(span.byteCount)
        let target = unsafe end
        unsafe span.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe target.copyMemory(from: start, byteCount: source.count)
        }
        advance(by: span.byteCount)
    }

    /// Appends the bytes of a window.
    public mutating func append(contentsOf bytes: Bytes) { append(contentsOf: bytes.span) }

    /// Appends the bytes of an array.
    public mutating func append(contentsOf array: [UInt8]) { append(contentsOf: unsafe array.span.bytes) }

    /// Appends the UTF-8 of a string.
    public mutating func append(utf8 string: String) {
        var string = string
        string.withUTF8 { text in
            append(contentsOf: unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(text)))
        }
    }

    /// Appends zero bytes until `count` is a multiple of `alignment`.
    public mutating func pad(to alignment: Int) {
        let rest = count % alignment
        if rest != 0 { append(repeating: UInt8(0), count: alignment - rest) }
    }

    /// Overwrites bytes written before.
    public mutating func replace<T: NativeValue>(at offset: Int, with value: T) {
        precondition(offset >= 0 && offset + MemoryLayout<T>.size <= count, "ByteBuilder: offset outside")
        unsafe (base + offset).storeBytes(of: value, as: T.self)
    }

    /// Drops what was written after the first `newCount` bytes; the memory is kept.
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "ByteBuilder: cannot truncate to more")
        count = newCount
    }

    /// Appends `byteCount` bytes that `write` fills; it returns how many of them it wrote, which are kept.
    @inlinable
    @unsafe
    public mutating func append<Fault: Error>(
        byteCount: Int, write: (UnsafeMutableRawBufferPointer) throws(Fault) -> Int
    ) throws(Fault) {
        reserve(byteCount)
        let written = unsafe try write(UnsafeMutableRawBufferPointer(start: end, count: byteCount))
        precondition(written >= 0 && written <= byteCount)
        advance(by: written)
    }

    /// Opens the bytes from `offset` on for writing: afterwards `byteCount` bytes from there count as written.
    ///
    /// The memory reaches `slack` bytes further, so that a kernel may store whole words past the last byte.
    @inlinable
    @unsafe
    public mutating func rewrite<Fault: Error>(
        from offset: Int, byteCount: Int, slack: Int = 0,
        _ write: (UnsafeMutableRawPointer) throws(Fault) -> Void
    ) throws(Fault) {
        precondition(offset >= 0 && offset <= count && byteCount >= 0, "ByteBuilder: offset outside")
        reserve(offset &+ byteCount &+ slack &- count)
        unsafe try write(end + (offset &- count))
        advance(by: offset &+ byteCount &- count)
    }

    /// The bytes written so far, valid while this builder is borrowed.
    public var span: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Returns the bytes written, without a copy.
    public consuming func freeze() -> Bytes {
        let storage = unsafe ByteStorage(block: base, capacity: capacity)
        let count = count
        discard self
        return Bytes(storage: storage, start: 0, count: count)
    }

    /// First byte after those written.
    @unsafe
    @usableFromInline
    var end: UnsafeMutableRawPointer { unsafe base + count }

    @usableFromInline
    mutating func advance(by byteCount: Int) { count &+= byteCount }
}
