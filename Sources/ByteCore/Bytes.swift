import Glibc

/// Owner of one block of memory at a fixed address.
///
/// The block is never written once a `Bytes` refers to it, which is what makes the sharing sound. The address is
/// fixed because C takes it: gRPC sends a payload from it and libcurl and the codecs write into it.
@safe
final class ByteStorage: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    private let release: @Sendable () -> Void

    init(base: UnsafeMutableRawPointer, release: @escaping @Sendable () -> Void) {
        unsafe self.base = base
        self.release = release
    }

    /// Takes ownership of memory from `malloc`.
    convenience init(malloced base: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: base)
        unsafe self.init(base: base, release: { unsafe free(UnsafeMutableRawPointer(bitPattern: address)) })
    }

    deinit { release() }
}

/// An immutable, shared window over bytes in memory; slicing shares the memory.
///
/// Shape: indices run from 0 to `count`, whatever part of a larger block the window covers.
@safe
public struct Bytes: Sendable {
    private let storage: ByteStorage?
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

    /// The memory itself, for C interfaces; valid as long as this value, or a copy of it, lives.
    @unsafe
    public var pointer: UnsafeRawBufferPointer {
        guard let storage else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeRawBufferPointer(start: storage.base + start, count: count)
    }
}

extension Bytes: Equatable {
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
}
