import ByteCore

/// Decimals of more digits than Arrow's widest type has: they become the nearest floating-point number.
enum LongDecimal {
    /// Most bytes of a value: the digits of longer ones would take time that grows with the square of their number.
    static let byteLimit = 1024

    /// Returns the number nearest to a big-endian two's complement integer divided by ten to the power of `scale`.
    static func nearest(_ bytes: RawSpan, scale: Int) throws(DecodeFault) -> Double {
        guard bytes.byteCount <= byteLimit else { throw .malformed(.decimalRange) }
        var magnitude = (0..<bytes.byteCount).map { bytes.load(at: $0, as: UInt8.self) }
        let isNegative = (magnitude.first ?? 0) & 0x80 != 0
        if isNegative {
            var carry: UInt16 = 1
            for index in magnitude.indices.reversed() {
                carry += UInt16(~magnitude[index])
                magnitude[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
        }
        // Parsing decimal text rounds once; arithmetic on floating-point numbers would round at every step.
        return Double("\(isNegative ? "-" : "")\(digits(magnitude))e-\(scale)") ?? .nan
    }

    private static func digits(_ magnitude: [UInt8]) -> String {
        var rest = magnitude[...].drop { $0 == 0 }
        var digits: [UInt8] = []
        while !rest.isEmpty {
            var remainder: UInt16 = 0
            for index in rest.indices {
                remainder = remainder << 8 | UInt16(rest[index])
                rest[index] = UInt8(remainder / 10)
                remainder %= 10
            }
            digits.append(UInt8(ascii: "0") + UInt8(remainder))
            rest = rest.drop { $0 == 0 }
        }
        return digits.isEmpty ? "0" : String(decoding: digits.reversed(), as: UTF8.self)
    }
}
