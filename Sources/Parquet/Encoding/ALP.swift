public import ByteCore

/// Decimal numbers as bit-packed integers and two powers of ten, with the values that are not such as exceptions.
///
/// Spec: AlpEncoding. A body is a header, the offsets of its vectors and the vectors, each of which names its own powers,
/// frame of reference, bit width and exceptions. Bytes after the last vector are ignored.
/// Not done: compression modes and integer encodings other than the first, which the format has yet to define.
public enum ALP {
    /// Offset at which the offsets of the vectors begin, from which they count.
    private static let headerByteCount = 7

    /// Appends all values of a body, of which there may be at most `limit`, and returns how many there are.
    ///
    /// A few bytes can stand for many equal values: no more than `byteLimit` bytes are appended.
    public static func decode<Value: ALPValue>(
        _ body: RawSpan, as type: Value.Type, limit: Int, byteLimit: Int, into output: inout ByteBuilder
    ) throws(DecodeFault) -> Int {
        // A page of nulls has no values, and some writers write no header for none.
        guard body.byteCount > 0 else { return 0 }
        var cursor = ByteCursor(body)
        let mode = try cursor.read(UInt8.self)
        let integers = try cursor.read(UInt8.self)
        guard mode == 0, integers == 0 else { throw DecodeFault(.unsupported(.alpVariant(mode, integers)), at: 0) }
        let sizeBits = try cursor.read(UInt8.self)
        guard sizeBits >= 3, sizeBits <= 15 else { throw .malformed(.alpVectorSize, at: 2) }
        let total = Int(try cursor.read(UInt32.self))
        guard total <= limit else { throw .malformed(.alpCount, at: 3) }
        guard try Checked.product(total, MemoryLayout<Value>.size) <= byteLimit else {
            throw DecodeFault(.limit(.pageSize), at: 3)
        }
        let vectorSize = 1 << Int(sizeBits)
        let vectorCount = (total + vectorSize - 1) / vectorSize
        let offsets = try cursor.read(count: vectorCount * 4)
        for index in 0..<vectorCount {
            let offset = offsets.load(at: index * 4, as: UInt32.self)
            guard Int(offset) == cursor.offset - headerByteCount else {
                throw .malformed(.alpOffset, at: headerByteCount + index * 4)
            }
            let count = min(vectorSize, total - index * vectorSize)
            try vector(&cursor, of: type, count: count, into: &output)
        }
        return total
    }

    /// Appends the `count` values of the vector at the cursor. All of it is checked before anything is appended.
    private static func vector<Value: ALPValue>(
        _ cursor: inout ByteCursor, of type: Value.Type, count: Int, into output: inout ByteBuilder
    ) throws(DecodeFault) {
        let start = cursor.offset
        let exponent = Int(try cursor.read(UInt8.self))
        let factor = Int(try cursor.read(UInt8.self))
        guard exponent < Value.powersOfTen.count, factor <= exponent else { throw .malformed(.alpPowers, at: start) }
        let exceptionCount = Int(try cursor.read(UInt16.self))
        guard exceptionCount <= count else { throw .malformed(.alpException, at: start + 2) }
        let frame = try cursor.read(Value.Encoded.self)
        let bitWidth = Int(try cursor.read(UInt8.self))
        guard bitWidth <= Value.Encoded.bitWidth else { throw .malformed(.bitWidth, at: cursor.offset - 1) }
        let packedStart = cursor.offset
        try cursor.skip(BitUnpacking.byteCount(count: count, bitWidth: bitWidth))
        let positionStart = cursor.offset
        let positions = try cursor.read(count: exceptionCount * 2)
        let exceptions = try cursor.read(count: exceptionCount * MemoryLayout<Value>.size)
        for index in 0..<exceptionCount {
            guard Int(positions.load(at: index * 2, as: UInt16.self)) < count else {
                throw .malformed(.alpException, at: positionStart + index * 2)
            }
        }
        let base = output.count
        // All bytes to the end, so that whole words are read at the end of the packed values too.
        append(
            cursor.span.extracting(packedStart..<cursor.span.byteCount), bitWidth, count, frame,
            Value.powersOfTen[factor], Value.negativePowersOfTen[exponent], &output)
        for index in 0..<exceptionCount {
            let position = Int(positions.load(at: index * 2, as: UInt16.self))
            // Moved as an integer, so that the bits of a NaN stay as they are.
            let bits = exceptions.load(at: index * MemoryLayout<Value>.size, as: Value.Encoded.self)
            output.replace(at: base + position * MemoryLayout<Value>.size, with: bits)
        }
    }

    /// Appends `count` values of the vector whose integers `packed` begins with.
    ///
    /// Unsafe: `packed` holds `count` integers, which the caller has checked; room is reserved for each chunk.
    @inline(__always)
    private static func append<Value: ALPValue>(
        _ packed: RawSpan, _ bitWidth: Int, _ count: Int, _ frame: Value.Encoded, _ factor: Value, _ fraction: Value,
        _ output: inout ByteBuilder
    ) {
        let stride = MemoryLayout<Value>.size
        var done = 0
        while done < count {
            // A multiple of eight, so that each chunk starts at a byte; 128 of 8 bytes stay on the stack.
            let step = min(128, count &- done)
            let start = BitUnpacking.byteCount(count: done, bitWidth: bitWidth)
            let chunk = packed.extracting(start..<packed.byteCount)
            unsafe output.rewrite(from: output.count, byteCount: step &* stride) { target in
                if bitWidth <= 32 {
                    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 128) { deltas in
                        guard let deltas = deltas.baseAddress else { return }
                        unsafe BitUnpacking.unpack(chunk, first: 0, count: step, bitWidth: bitWidth, into: deltas)
                        for index in 0..<step {
                            let integer = unsafe frame &+ Value.Encoded(truncatingIfNeeded: deltas[index])
                            // Two products in this order: the format asks for just this rounding.
                            let value = Value(integer) * factor * fraction
                            unsafe target.storeBytes(of: value, toByteOffset: index &* stride, as: Value.self)
                        }
                    }
                } else {
                    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { deltas in
                        guard let deltas = deltas.baseAddress else { return }
                        unsafe BitUnpacking.unpack(chunk, count: step, bitWidth: bitWidth, into: deltas)
                        for index in 0..<step {
                            let integer = unsafe frame &+ Value.Encoded(truncatingIfNeeded: deltas[index])
                            let value = Value(integer) * factor * fraction
                            unsafe target.storeBytes(of: value, toByteOffset: index &* stride, as: Value.self)
                        }
                    }
                }
            }
            done &+= step
        }
    }
}

/// A floating-point type that ALP encodes.
public protocol ALPValue: BinaryFloatingPoint, NativeValue {
    /// The integers that stand for its values.
    associatedtype Encoded: FixedWidthInteger & SignedInteger & NativeValue
    /// 10 to the power of each exponent that is allowed.
    static var powersOfTen: [Self] { get }
    /// 10 to the power of each exponent that is allowed, negated.
    static var negativePowersOfTen: [Self] { get }
}

extension Float: ALPValue {
    /// The integers that stand for its values.
    public typealias Encoded = Int32
    /// 10 to the power of each exponent that is allowed.
    public static let powersOfTen: [Float] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]
    /// 10 to the power of each exponent that is allowed, negated.
    public static let negativePowersOfTen: [Float] = [
        1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10,
    ]
}

extension Double: ALPValue {
    /// The integers that stand for its values.
    public typealias Encoded = Int64
    /// 10 to the power of each exponent that is allowed.
    public static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    ]
    /// 10 to the power of each exponent that is allowed, negated.
    public static let negativePowersOfTen: [Double] = [
        1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16,
        1e-17, 1e-18,
    ]
}
