#if _endian(big)
#error("Parquet and Arrow are little-endian; big-endian hosts are not supported")
#endif

/// A number whose memory is its wire form in Parquet and Arrow (little-endian, no padding).
public protocol NativeValue: BitwiseCopyable, Hashable, Sendable {
    /// The value of all zero bits.
    static var zero: Self { get }
}

extension UInt8: NativeValue {}
extension Int8: NativeValue {}
extension UInt16: NativeValue {}
extension Int16: NativeValue {}
extension UInt32: NativeValue {}
extension Int32: NativeValue {}
extension UInt64: NativeValue {}
extension Int64: NativeValue {}
extension Int128: NativeValue {}
extension Float: NativeValue {}
extension Double: NativeValue {}

extension RawSpan {
    /// Returns the value at a byte offset that the caller has checked; traps outside the span. Alignment is free.
    @inlinable
    public func load<T: NativeValue>(at offset: Int, as type: T.Type = T.self) -> T {
        precondition(offset >= 0 && byteCount >= MemoryLayout<T>.size && offset <= byteCount - MemoryLayout<T>.size)
        return unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self)
    }
}

extension Bytes {
    /// Returns the value at a byte offset that the caller has checked; traps outside the window. Alignment is free.
    @inlinable
    public func load<T: NativeValue>(at offset: Int, as type: T.Type = T.self) -> T { span.load(at: offset, as: type) }
}
