import Glibc

/// Owner of one block of memory at a fixed address.
///
/// The block is never written once a `Bytes` refers to it, which is what makes the sharing sound. The address is
/// fixed because C takes it: gRPC sends a payload from it and libcurl and the codecs write into it.
@safe
final class ByteStorage: @unchecked Sendable {
    private enum Owner {
        /// A block of ours, of which `capacity` bytes may be written once nobody else looks at it.
        case block(capacity: Int)
        /// Memory of somebody else, who is told when it is no longer needed.
        case other(release: @Sendable () -> Void)
        /// Memory that was handed on to a builder.
        case none
    }

    let base: UnsafeMutableRawPointer
    private var owner: Owner

    init(base: UnsafeMutableRawPointer, release: @escaping @Sendable () -> Void) {
        unsafe self.base = base
        owner = .other(release: release)
    }

    /// Takes ownership of a block.
    init(block base: UnsafeMutableRawPointer, capacity: Int) {
        unsafe self.base = base
        owner = .block(capacity: capacity)
    }

    /// Gives up the memory where it is a block of ours: the caller, who must hold the only reference, owns it then.
    func relinquish() -> (base: UnsafeMutableRawPointer, capacity: Int)? {
        guard case .block(let capacity) = owner else { return nil }
        owner = .none
        return unsafe (base, capacity)
    }

    deinit {
        switch owner {
        case .block(let capacity): unsafe BlockCache.release(base, capacity: capacity)
        case .other(let release): release()
        case .none: break
        }
    }
}

/// An immutable, shared window over bytes in memory; slicing shares the memory.
///
/// Shape: indices run from 0 to `count`, whatever part of a larger block the window covers.
@safe
public struct Bytes: Sendable {
    private var storage: ByteStorage?
    private let start: Int
    /// Number of bytes in the window.
    public let count: Int

    /// Creates a window of no bytes.
    public init() {
        storage = nil
        start = 0
        count = 0
    }

    init(storage: ByteStorage, start: Int, count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    /// Copies the elements of a sequence of bytes.
    public init(_ elements: some Sequence<UInt8>) {
        var builder = ByteBuilder(capacity: elements.underestimatedCount)
        for element in elements { builder.append(element) }
        self = builder.freeze()
    }

    /// Copies the bytes of a span.
    public init(copying span: RawSpan) {
        var builder = ByteBuilder(capacity: span.byteCount)
        builder.append(contentsOf: span)
        self = builder.freeze()
    }

    /// Wraps memory owned by somebody else, without a copy.
    ///
    /// The memory must stay valid and unchanged until `release` is called, once, when the last window goes away.
    @unsafe
    public init(
        borrowing memory: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void
    ) {
        guard let base = memory.baseAddress else {
            release()
            self.init()
            return
        }
        self.init(
            storage: unsafe ByteStorage(base: UnsafeMutableRawPointer(mutating: base), release: release),
            start: 0, count: memory.count)
    }

    /// Whether the window covers no bytes.
    public var isEmpty: Bool { count == 0 }

    /// The bytes, valid while this value is borrowed.
    public var span: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeBytes: pointer)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Returns a window over part of this one. The range is one of our own: it must lie inside `0..<count`.
    public subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "Bytes: range outside the window")
        guard let storage, !range.isEmpty else { return Bytes() }
        return Bytes(storage: storage, start: start + range.lowerBound, count: range.count)
    }

    /// Returns the byte at an index of our own: it must lie inside `0..<count`.
    public subscript(index: Int) -> UInt8 { span.load(at: index) }

    /// Returns the window's memory for writing again, or nil where another window still looks at it.
    ///
    /// The window is empty afterwards if its memory was taken. Fresh memory costs ten times the copy into memory that
    /// was touched before, so what decodes page after page gives its last page back.
    mutating func takeUniqueMemory() -> (base: UnsafeMutableRawPointer, capacity: Int)? {
        guard isKnownUniquelyReferenced(&storage), let memory = unsafe storage?.relinquish() else { return nil }
        self = Bytes()
        return unsafe memory
    }

    /// The memory itself, for C interfaces; valid as long as this value, or a copy of it, lives.
    @unsafe
    public var pointer: UnsafeRawBufferPointer {
        guard let storage else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeRawBufferPointer(start: storage.base + start, count: count)
    }
}

extension Bytes {
    /// Creates a window over the bytes of several, one after the other; those of a single one are not copied.
    public init(joining parts: [Bytes]) {
        guard parts.count != 1 else {
            self = parts[0]
            return
        }
        var builder = ByteBuilder(capacity: parts.reduce(0) { $0 + $1.count })
        for part in parts { builder.append(contentsOf: part) }
        self = builder.freeze()
    }
}

extension Bytes: Hashable {
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { unsafe hasher.combine(bytes: pointer) }

    /// Returns whether both windows hold the same bytes.
    public static func == (left: Bytes, right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        guard let mine = unsafe left.pointer.baseAddress, let other = unsafe right.pointer.baseAddress else {
            return true
        }
        return unsafe memcmp(mine, other, left.count) == 0
    }
}

extension Array where Element == UInt8 {
    /// Copies the bytes of a window.
    public init(_ bytes: Bytes) {
        self = unsafe Array(bytes.pointer)
    }
}

extension String {
    /// Decodes UTF-8; nil where the bytes are not valid UTF-8.
    public init?(validating bytes: Bytes) {
        guard let string = unsafe String(validating: bytes.pointer, as: UTF8.self) else { return nil }
        self = string
    }

    /// Decodes UTF-8, replacing what is not valid: for names and messages, never for values.
    public init(repairing span: RawSpan) {
        self = unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
