public import ByteCore

/// The first bytes of all values, then their second bytes, and so on.
///
/// Spec: Encodings, "Byte Stream Split". The streams fill the body, whose size therefore gives the number of values.
public enum ByteStreamSplit {
    /// Appends all values of a body, of `byteWidth` bytes each, and returns how many there are.
    ///
    /// Unsafe: the streams are equally long and the output is as long as the body, both established before the loop.
    public static func decode(
        _ body: RawSpan, byteWidth: Int, into output: inout ByteBuilder
    ) throws(DecodeFault) -> Int {
        guard byteWidth > 0, body.byteCount % byteWidth == 0 else { throw .malformed(.streamLength) }
        let count = body.byteCount / byteWidth
        unsafe output.rewrite(from: output.count, byteCount: body.byteCount) { target in
            unsafe body.withUnsafeBytes { streams in
                guard let base = streams.baseAddress else { return }
                switch byteWidth {
                case 4: unsafe merge(base, count, UInt32.self, target)
                case 8: unsafe merge(base, count, UInt64.self, target)
                default:
                    for stream in 0..<byteWidth {
                        for index in 0..<count {
                            let byte = unsafe base.load(fromByteOffset: stream &* count &+ index, as: UInt8.self)
                            unsafe target.storeBytes(
                                of: byte, toByteOffset: index &* byteWidth &+ stream, as: UInt8.self)
                        }
                    }
                }
            }
        }
        return count
    }

    @inline(__always)
    private static func merge<Value: FixedWidthInteger>(
        _ streams: UnsafeRawPointer, _ count: Int, _ type: Value.Type, _ target: UnsafeMutableRawPointer
    ) {
        let byteWidth = MemoryLayout<Value>.size
        for index in 0..<count {
            var value: Value = 0
            for stream in 0..<byteWidth {
                let byte = unsafe streams.load(fromByteOffset: stream &* count &+ index, as: UInt8.self)
                value |= Value(truncatingIfNeeded: byte) &<< Value(truncatingIfNeeded: stream &* 8)
            }
            unsafe target.storeBytes(of: value, toByteOffset: index &* byteWidth, as: Value.self)
        }
    }
}
