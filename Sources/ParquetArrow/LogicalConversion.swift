import ByteCore
import Parquet

/// What happens to a stored value on its way to Arrow.
///
/// Unsafe: loops over values read and write through pointers, for as many values as both sides hold; the numbers are
/// computed from the sizes once per call.
enum LogicalConversion: Hashable, Sendable {
    /// Nothing: the stored form is Arrow's.
    case none
    /// The bytes must be UTF-8.
    case text
    /// The low bytes of 32-bit integers.
    case narrow(byteWidth: Int)
    /// Integers of `byteWidth` bytes become 128 bits wide.
    case decimalOfInteger(byteWidth: Int)
    /// Big-endian two's complement of any length becomes little-endian of `byteWidth` bytes.
    case decimalOfBytes(byteWidth: Int)
    /// Big-endian two's complement with `scale` digits after the point becomes the nearest floating-point number.
    case floatOfDecimal(scale: Int)
    /// Nanoseconds of the day and a Julian day become a timestamp.
    case int96(Int96Timestamps)
    /// Months, days and milliseconds become months, days and nanoseconds.
    case interval

    /// Whether stored values can be used as they are.
    var isIdentity: Bool { self == .none || self == .text }

    /// Bytes of an Arrow value whose stored form has `byteWidth` bytes.
    func outputByteWidth(of byteWidth: Int) -> Int {
        switch self {
        case .none, .text: byteWidth
        case .narrow(let width), .decimalOfBytes(let width): width
        case .decimalOfInteger, .interval: 16
        case .int96, .floatOfDecimal: 8
        }
    }

    /// Appends the Arrow form of `count` values of `byteWidth` bytes each.
    ///
    /// - Throws: malformed where a value cannot be represented.
    func append(_ values: RawSpan, byteWidth: Int, count: Int, to output: inout ByteBuilder) throws(DecodeFault) {
        precondition(values.byteCount >= count * byteWidth)
        switch self {
        case .none, .text:
            output.append(contentsOf: values.extracting(first: count * byteWidth))
        case .narrow(1):
            map(values, count, Int32.self, to: &output) { Int8(truncatingIfNeeded: $0) }
        case .narrow:
            map(values, count, Int32.self, to: &output) { Int16(truncatingIfNeeded: $0) }
        case .decimalOfInteger(4):
            map(values, count, Int32.self, to: &output) { Int128($0) }
        case .decimalOfInteger:
            map(values, count, Int64.self, to: &output) { Int128($0) }
        case .decimalOfBytes(16) where byteWidth <= 16:
            Self.appendDecimals(values, byteWidth: byteWidth, count: count, to: &output)
        case .decimalOfBytes(let width):
            for index in 0..<count {
                let value = values.extracting(index * byteWidth..<(index + 1) * byteWidth)
                try Self.appendDecimal(value, byteWidth: width, to: &output)
            }
        case .floatOfDecimal(let scale):
            for index in 0..<count {
                let value = values.extracting(index * byteWidth..<(index + 1) * byteWidth)
                output.append(try LongDecimal.nearest(value, scale: scale))
            }
        case .int96(let unit):
            try unit.append(values, count: count, to: &output)
        case .interval:
            for index in 0..<count {
                let offset = index * 12
                output.append(values.load(at: offset, as: Int32.self))
                output.append(values.load(at: offset + 4, as: Int32.self))
                output.append(Int64(values.load(at: offset + 8, as: UInt32.self)) * 1_000_000)
            }
        }
    }

    /// Returns the Arrow form of a whole dictionary.
    func convert(_ dictionary: DictionaryValues) throws(DecodeFault) -> DictionaryValues {
        switch (self, dictionary) {
        case (.none, _): return dictionary
        case (.text, .byteRuns(let runs)):
            try runs.requireUTF8()
            return dictionary
        case (.decimalOfBytes(let width), .byteRuns(let runs)):
            var output = ByteBuilder(capacity: runs.count * width)
            try append(runs, to: &output)
            return .fixedWidth(output.freeze(), byteWidth: width)
        case (.floatOfDecimal, .byteRuns(let runs)):
            var output = ByteBuilder(capacity: runs.count * 8)
            try append(runs, to: &output)
            return .fixedWidth(output.freeze(), byteWidth: 8)
        case (_, .fixedWidth(let values, let byteWidth)):
            let count = byteWidth == 0 ? 0 : values.count / byteWidth
            let outputWidth = outputByteWidth(of: byteWidth)
            var output = ByteBuilder(capacity: count * outputWidth)
            try append(values.span, byteWidth: byteWidth, count: count, to: &output)
            return .fixedWidth(output.freeze(), byteWidth: outputWidth)
        case (_, .byteRuns): return dictionary
        }
    }

    /// Appends byte arrays as decimals.
    func append(_ runs: ByteRuns, to output: inout ByteBuilder) throws(DecodeFault) {
        for index in 0..<runs.count {
            let value = runs.data.span.extracting(runs.offset(index)..<runs.offset(index + 1))
            switch self {
            case .decimalOfBytes(let width): try Self.appendDecimal(value, byteWidth: width, to: &output)
            case .floatOfDecimal(let scale): output.append(try LongDecimal.nearest(value, scale: scale))
            default: preconditionFailure("not a decimal of bytes")
            }
        }
    }

    @inline(__always)
    private func map<Stored: NativeValue, Value: NativeValue>(
        _ values: RawSpan, _ count: Int, _ type: Stored.Type, to output: inout ByteBuilder,
        _ transform: (Stored) -> Value
    ) {
        unsafe output.rewrite(from: output.count, byteCount: count &* MemoryLayout<Value>.size) { target in
            for index in 0..<count {
                let stored = unsafe values.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self)
                unsafe target.storeBytes(
                    of: transform(stored), toByteOffset: index &* MemoryLayout<Value>.size, as: Value.self)
            }
        }
    }

    /// Appends big-endian decimals of up to 16 bytes, all of the same length.
    private static func appendDecimals(_ values: RawSpan, byteWidth: Int, count: Int, to output: inout ByteBuilder) {
        guard byteWidth > 0 else { return output.append(repeating: UInt8(0), count: count * 16) }
        let shift = UInt64((16 - byteWidth) * 8)
        // A value is read as the last bytes of a 16-byte word: the first ones have no 16 bytes before their end.
        let leading = min(count, (16 + byteWidth - 1) / byteWidth)
        unsafe output.rewrite(from: output.count, byteCount: count &* 16) { target in
            for index in 0..<count {
                let end = (index &+ 1) &* byteWidth
                var value: Int128 = 0
                if index < leading {
                    value = values.load(at: index &* byteWidth, as: Int8.self) < 0 ? -1 : 0
                    for offset in index &* byteWidth..<end {
                        value = value &<< 8 | Int128(values.load(at: offset, as: UInt8.self))
                    }
                } else {
                    let high = unsafe values.unsafeLoadUnaligned(
                        fromUncheckedByteOffset: end &- 16, as: UInt64.self)
                    let low = unsafe values.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 8, as: UInt64.self)
                    let word = UInt128(_low: low.byteSwapped, _high: high.byteSwapped)
                    value = Int128(bitPattern: word &<< UInt128(shift)) &>> Int128(shift)
                }
                unsafe target.storeBytes(of: value, toByteOffset: index &* 16, as: Int128.self)
            }
        }
    }

    /// Appends one big-endian decimal; an empty one is 0, and one that is too long must begin with its sign.
    private static func appendDecimal(
        _ bytes: RawSpan, byteWidth: Int, to output: inout ByteBuilder
    ) throws(DecodeFault) {
        let count = bytes.byteCount
        let isNegative = count > 0 && bytes.load(at: 0, as: Int8.self) < 0
        let filler: UInt8 = isNegative ? 0xFF : 0
        for offset in 0..<max(0, count - byteWidth) {
            guard bytes.load(at: offset, as: UInt8.self) == filler else { throw .malformed(.decimalRange) }
        }
        if count > byteWidth, (bytes.load(at: count - byteWidth, as: Int8.self) < 0) != isNegative {
            throw .malformed(.decimalRange)
        }
        for offset in 0..<byteWidth {
            output.append(offset < count ? bytes.load(at: count - 1 - offset, as: UInt8.self) : filler)
        }
    }
}
