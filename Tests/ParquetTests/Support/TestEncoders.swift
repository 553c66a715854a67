import ByteCore
import Parquet

/// Encoders of the Parquet encodings, as plain as they can be, for tests only.
enum TestEncoders {
    static func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    static func zigzag(_ value: Int64) -> [UInt8] { varint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<MemoryLayout<Value>.size).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
    }

    /// Bit by bit, the lowest bit of each byte first.
    static func packed(_ values: [UInt64], bitWidth: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (values.count * bitWidth + 7) / 8)
        for (index, value) in values.enumerated() {
            for bit in 0..<bitWidth where value >> UInt64(bit) & 1 == 1 {
                bytes[(index * bitWidth + bit) / 8] |= 1 << UInt8((index * bitWidth + bit) % 8)
            }
        }
        return bytes
    }

    /// The hybrid encoding with runs of random kinds; the last packed group is padded with ones.
    static func hybrid(
        _ values: [UInt32], bitWidth: Int, using generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = 0
        while index < values.count {
            var equal = 1
            while index + equal < values.count, values[index + equal] == values[index] { equal += 1 }
            if equal >= 8 || Int.random(in: 0..<4, using: &generator) == 0 {
                let count = Int.random(in: 1...equal, using: &generator)
                bytes += varint(UInt64(count) << 1)
                bytes += littleEndian(values[index]).prefix((bitWidth + 7) / 8)
                index += count
            } else {
                let groups = Int.random(in: 1...40, using: &generator)
                var run = values[index...].prefix(groups * 8).map { UInt64($0) }
                index += run.count
                while run.count % 8 != 0 { run.append(UInt64.max) }
                bytes += varint(UInt64(run.count / 8) << 1 | 1)
                bytes += packed(run, bitWidth: bitWidth)
            }
        }
        return bytes
    }

    /// DELTA_BINARY_PACKED; arithmetic of `bits` wraps around.
    static func delta(
        _ values: [Int64], bits: Int, blockCount: Int = 128, miniblocks: Int = 4, dropsUnusedMiniblocks: Bool = true
    ) -> [UInt8] {
        func wrap(_ value: Int64) -> Int64 { bits == 32 ? Int64(Int32(truncatingIfNeeded: value)) : value }
        var bytes = varint(UInt64(blockCount)) + varint(UInt64(miniblocks)) + varint(UInt64(values.count))
        bytes += zigzag(values.first ?? 0)
        let deltas = zip(values.dropFirst(), values).map { wrap($0 &- $1) }
        let miniblockCount = blockCount / miniblocks
        for start in stride(from: 0, to: deltas.count, by: blockCount) {
            let block = deltas[start..<min(start + blockCount, deltas.count)]
            let minimum = block.min() ?? 0
            let mask = bits == 32 ? UInt64(UInt32.max) : UInt64.max
            let relative = block.map { UInt64(bitPattern: $0 &- minimum) & mask }
            var widths: [UInt8] = []
            var bodies: [UInt8] = []
            for index in 0..<miniblocks {
                var part = Array(relative.dropFirst(index * miniblockCount).prefix(miniblockCount))
                if part.isEmpty, dropsUnusedMiniblocks {
                    // Any width may stand there, and no bytes follow.
                    widths.append(0xEE)
                    continue
                }
                let width = part.map { 64 - $0.leadingZeroBitCount }.max() ?? 0
                while part.count < miniblockCount { part.append(0) }
                widths.append(UInt8(width))
                bodies += packed(part, bitWidth: width)
            }
            bytes += zigzag(minimum) + widths + bodies
        }
        return bytes
    }

    static func plain(_ values: [[UInt8]]) -> [UInt8] {
        values.flatMap { littleEndian(UInt32($0.count)) + $0 }
    }

    static func deltaLength(_ values: [[UInt8]]) -> [UInt8] {
        delta(values.map { Int64($0.count) }, bits: 32) + values.joined()
    }

    static func deltaByteArray(_ values: [[UInt8]]) -> [UInt8] {
        var prefixes: [Int64] = []
        var suffixes: [[UInt8]] = []
        var previous: [UInt8] = []
        for value in values {
            let shared = zip(previous, value).prefix { $0 == $1 }.count
            prefixes.append(Int64(shared))
            suffixes.append(Array(value.dropFirst(shared)))
            previous = value
        }
        return delta(prefixes, bits: 32) + deltaLength(suffixes)
    }

    static func streamSplit(_ values: [[UInt8]]) -> [UInt8] {
        guard let width = values.first?.count else { return [] }
        return (0..<width).flatMap { stream in values.map { $0[stream] } }
    }

    /// ALP with the same powers of ten in all vectors of `1 << sizeBits` values.
    static func alp<Value: ALPValue>(_ values: [Value], exponent: Int, factor: Int, sizeBits: Int) -> [UInt8] {
        func bits(_ value: Value) -> Value.Encoded { unsafe unsafeBitCast(value, to: Value.Encoded.self) }
        var vectors: [[UInt8]] = []
        for start in stride(from: 0, to: values.count, by: 1 << sizeBits) {
            let vector = values[start..<min(start + 1 << sizeBits, values.count)]
            let integers = vector.map { value -> Value.Encoded? in
                let scaled = (value * Value.powersOfTen[exponent] * Value.negativePowersOfTen[factor]).rounded()
                guard let integer = Value.Encoded(exactly: scaled) else { return nil }
                let back = Value(integer) * Value.powersOfTen[factor] * Value.negativePowersOfTen[exponent]
                return bits(back) == bits(value) ? integer : nil
            }
            let exceptions = zip(0..., zip(vector, integers)).filter { $0.1.1 == nil }
            let stored = integers.map { $0 ?? integers.lazy.compactMap { $0 }.first ?? 0 }
            let frame = stored.min() ?? 0
            let mask = UInt64.max >> UInt64(64 - Value.Encoded.bitWidth)
            let deltas = stored.map { UInt64(truncatingIfNeeded: $0 &- frame) & mask }
            let width = 64 - (deltas.max() ?? 0).leadingZeroBitCount
            vectors.append(
                [UInt8(exponent), UInt8(factor)] + littleEndian(UInt16(exceptions.count)) + littleEndian(frame)
                    + [UInt8(width)] + packed(deltas, bitWidth: width)
                    + exceptions.flatMap { littleEndian(UInt16($0.0)) }
                    + exceptions.flatMap { littleEndian(bits($0.1.0)) })
        }
        var offset = UInt32(vectors.count * 4)
        var offsets: [UInt8] = []
        for vector in vectors {
            offsets += littleEndian(offset)
            offset += UInt32(vector.count)
        }
        return [0, 0, UInt8(sizeBits)] + littleEndian(Int32(values.count)) + offsets + vectors.joined()
    }
}

extension ByteRuns {
    /// The byte strings, for comparison.
    var arrays: [[UInt8]] { (0..<count).map { [UInt8](data[offset($0)..<offset($0 + 1)]) } }
}

extension Bytes {
    /// The values of a type that lie next to each other.
    func values<Value: NativeValue>(_ type: Value.Type) -> [Value] {
        (0..<count / MemoryLayout<Value>.size).map { span.load(at: $0 * MemoryLayout<Value>.size, as: type) }
    }
}

/// Runs a decoder and returns the rule that it says is broken.
func brokenRule(_ body: () throws -> Void) -> DecodeFault.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? DecodeFault)?.kind
    }
}
