import ArrowLayout
import ByteCore
import Parquet
import TestSupport
import Testing

@testable import ParquetArrow

@Suite("Logical types")
struct LogicalConversionTests {
    private func leaf(_ physical: PhysicalType, _ logical: LogicalType?, length: Int = 0) -> LeafColumn {
        LeafColumn(
            index: 0, path: ["a"], physicalType: physical, typeLength: length, logicalType: logical,
            repetition: .optional, maxDefinitionLevel: 1, maxRepetitionLevel: 0)
    }

    private func convert(_ conversion: LogicalConversion, _ values: [[UInt8]]) throws -> Bytes {
        var output = ByteBuilder()
        try conversion.append(
            Bytes(values.joined()).span, byteWidth: values[0].count, count: values.count, to: &output)
        return output.freeze()
    }

    private func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<MemoryLayout<Value>.size).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
    }

    private func bigEndian(_ value: Int128, byteWidth: Int) -> [UInt8] {
        (0..<byteWidth).reversed().map { UInt8(truncatingIfNeeded: value >> Int128($0 * 8)) }
    }

    @Test("big-endian decimals of every width become little-endian of 128 or 256 bits", arguments: 1...20)
    func decimals(byteWidth: Int) throws {
        var generator = SeededGenerator(seed: UInt64(byteWidth))
        let bound = Int128(1) << Int128(min(byteWidth * 8, 126) - 1)
        let values = (0..<100).map { index -> Int128 in
            index < 4 ? [0, -1, bound - 1, -bound][index] : Int128.random(in: -bound..<bound, using: &generator)
        }
        let stored = values.map { bigEndian($0, byteWidth: byteWidth) }
        let result = try convert(.decimalOfBytes(byteWidth: 16), stored)
        #expect((0..<values.count).map { result.load(at: $0 * 16, as: Int128.self) } == values)
        let wide = try convert(.decimalOfBytes(byteWidth: 32), stored)
        for (index, value) in values.enumerated() {
            #expect(wide.load(at: index * 32, as: Int128.self) == value)
            #expect(wide.load(at: index * 32 + 16, as: Int128.self) == (value < 0 ? -1 : 0))
        }
    }

    @Test("a decimal that is longer than its type must begin with its sign")
    func decimalRange() throws {
        for first: UInt8 in [0x01, 0x80, 0x7F, 0xFE] {
            let value = [first] + [UInt8](repeating: 0, count: 16)
            #expect(throws: DecodeFault.malformed(.decimalRange)) {
                _ = try convert(.decimalOfBytes(byteWidth: 16), [value])
            }
        }
        #expect(throws: DecodeFault.malformed(.decimalRange)) {
            _ = try convert(.decimalOfBytes(byteWidth: 16), [[0x00, 0x80] + [UInt8](repeating: 0, count: 15)])
        }
        let negative = [UInt8](repeating: 0xFF, count: 20)
        #expect(try convert(.decimalOfBytes(byteWidth: 16), [negative]) == Bytes([UInt8](repeating: 0xFF, count: 16)))
    }

    @Test("byte arrays of any length are decimals, the empty one zero")
    func decimalByteArrays() throws {
        let offsets = Bytes(([0, 0, 1, 3] as [Int32]).flatMap { littleEndian($0) })
        let runs = ByteRuns(count: 3, offsets: offsets, data: Bytes([0xFF, 0x01, 0x00] as [UInt8]))
        var output = ByteBuilder()
        try LogicalConversion.decimalOfBytes(byteWidth: 16).append(runs, to: &output)
        let result = output.freeze()
        #expect((0..<3).map { result.load(at: $0 * 16, as: Int128.self) } == [0, -1, 256])
    }

    private func int96(_ day: Int32, _ nanoseconds: Int64) -> [UInt8] {
        littleEndian(nanoseconds) + littleEndian(day)
    }

    @Test(
        "INT96 holds nanoseconds of the day and a Julian day",
        arguments: [
            (2_440_588, 0, 0),
            (2_440_589, 1, 86_400_000_000_001),
            (2_440_587, -1, -86_400_000_000_001),
            (2_547_339, 85_636_854_775_807, 9_223_372_036_854_775_807),
        ] as [(Int32, Int64, Int64)])
    func timestamps(day: Int32, nanoseconds: Int64, expected: Int64) throws {
        #expect(try convert(.int96(.nanoseconds), [int96(day, nanoseconds)]).load(at: 0, as: Int64.self) == expected)
    }

    @Test(
        "a timestamp beyond 64 bits of nanoseconds is an error, not another date",
        arguments: [5_373_484, 0, .max, .min] as [Int32])
    func timestampRange(day: Int32) {
        #expect(throws: DecodeFault.malformed(.timestampRange)) {
            _ = try convert(.int96(.nanoseconds), [int96(day, 0)])
        }
        let finest = Int96Timestamps.finest(for: Bytes(int96(2_440_588, 0) + int96(day, 0)))
        #expect(finest == (day.magnitude > 6_000_000 ? .milliseconds : .microseconds))
    }

    @Test(
        "INT96 in microseconds reaches far, cuts towards the past and still never wraps",
        arguments: [
            (2_440_588, 999, 0), (2_440_588, -1, -1), (5_373_484, 86_399_999_999_999, 253_402_300_799_999_999),
            (-1, 0, -210_866_889_600_000_000), (.max, 0, nil), (.min, 0, nil),
        ] as [(Int32, Int64, Int64?)])
    func microseconds(day: Int32, nanoseconds: Int64, expected: Int64?) throws {
        let stored = [int96(day, nanoseconds)]
        guard let expected else {
            #expect(throws: DecodeFault.malformed(.timestampRange)) {
                _ = try convert(.int96(.microseconds), stored)
            }
            return
        }
        #expect(try convert(.int96(.microseconds), stored).load(at: 0, as: Int64.self) == expected)
        let milliseconds = (expected < 0 ? expected - 999 : expected) / 1_000
        #expect(try convert(.int96(.milliseconds), stored).load(at: 0, as: Int64.self) == milliseconds)
    }

    @Test("decimals of more digits than Arrow has become the nearest number")
    func longDecimals() throws {
        // 10^30 / 10^38, and the most negative number of 40 bytes.
        let power = (0..<30).reduce(Int128(1)) { value, _ in value * 10 }
        let stored = [
            [UInt8](repeating: 0, count: 24) + bigEndian(power, byteWidth: 16),
            [0x80] + [UInt8](repeating: 0, count: 39), [UInt8](repeating: 0xFF, count: 40),
        ]
        let result = try convert(.floatOfDecimal(scale: 38), stored)
        let found = (0..<3).map { result.load(at: $0 * 8, as: Double.self) }
        #expect(found == [1e-8, -(0x1p319 / 1e38), -1e-38])
        #expect(throws: DecodeFault.malformed(.decimalRange)) {
            _ = try convert(.floatOfDecimal(scale: 0), [[UInt8](repeating: 1, count: 1025)])
        }
    }

    @Test("small integers, integer decimals and intervals")
    func others() throws {
        let narrow = try convert(.narrow(byteWidth: 1), [[0x80, 0xFF, 0xFF, 0xFF], [5, 0, 0, 0]])
        #expect([UInt8](narrow) == [0x80, 5])
        #expect([UInt8](try convert(.narrow(byteWidth: 2), [[0xFE, 0xFF, 0, 0]])) == [0xFE, 0xFF])
        let decimal = try convert(.decimalOfInteger(byteWidth: 4), [[0xFE, 0xFF, 0xFF, 0xFF]])
        #expect(decimal.load(at: 0, as: Int128.self) == -2)
        // Milliseconds of an interval are unsigned.
        let interval = try convert(.interval, [[1, 0, 0, 0, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]])
        #expect(interval.load(at: 0, as: Int32.self) == 1)
        #expect(interval.load(at: 4, as: Int32.self) == 2)
        #expect(interval.load(at: 8, as: Int64.self) == 4_294_967_295_000_000)
    }

    private static let mappings: [(PhysicalType, LogicalType?, Int, DataType)] = [
        (.boolean, nil, 0, .bool), (.int32, nil, 0, .int32), (.int64, nil, 0, .int64),
        (.int96, nil, 0, .timestamp(.nanosecond, timezone: nil)), (.float, nil, 0, .float32),
        (.double, nil, 0, .float64), (.byteArray, nil, 0, .binary),
        (.fixedLengthByteArray, nil, 7, .fixedSizeBinary(byteWidth: 7)),
        (.int32, .integer(bitWidth: 8, isSigned: true), 0, .int8),
        (.int32, .integer(bitWidth: 16, isSigned: false), 0, .uint16),
        (.int32, .integer(bitWidth: 32, isSigned: false), 0, .uint32),
        (.int64, .integer(bitWidth: 64, isSigned: false), 0, .uint64),
        (.int32, .date, 0, .date32),
        (.int32, .time(unit: .milliseconds, isUTC: true), 0, .time32(.millisecond)),
        (.int64, .time(unit: .nanoseconds, isUTC: false), 0, .time64(.nanosecond)),
        (.int64, .timestamp(unit: .milliseconds, isUTC: true), 0, .timestamp(.millisecond, timezone: "UTC")),
        (.int64, .timestamp(unit: .nanoseconds, isUTC: false), 0, .timestamp(.nanosecond, timezone: nil)),
        (.byteArray, .string, 0, .utf8), (.byteArray, .json, 0, .utf8), (.byteArray, .enumeration, 0, .utf8),
        (.byteArray, .bson, 0, .binary), (.int32, .enumeration, 0, .int32), (.int64, .unrecognised(99), 0, .int64),
        (.fixedLengthByteArray, .uuid, 16, .fixedSizeBinary(byteWidth: 16)),
        (.fixedLengthByteArray, .float16, 2, .float16),
        (.fixedLengthByteArray, .interval, 12, .interval(.monthDayNano)),
        (.int64, .decimal(precision: 12, scale: 3), 0, .decimal128(precision: 12, scale: 3)),
        (.byteArray, .decimal(precision: 60, scale: 0), 0, .decimal256(precision: 60, scale: 0)),
        (.byteArray, .decimal(precision: 77, scale: 38), 0, .float64),
        (.fixedLengthByteArray, .integer(bitWidth: 128, isSigned: true), 16, .fixedSizeBinary(byteWidth: 16)),
        (.boolean, .unknown, 0, .null),
    ]

    @Test("types without and with an annotation", arguments: mappings)
    func mapping(physical: PhysicalType, logical: LogicalType?, length: Int, expected: DataType) throws {
        #expect(try ColumnMapping(leaf(physical, logical, length: length)).type == expected)
    }

    @Test("an INTERVAL is its 12 bytes where the caller wants what is stored")
    func storedInterval() throws {
        let stored = ChosenForms(intervals: .stored)
        let mapping = try ColumnMapping(leaf(.fixedLengthByteArray, .interval, length: 12), forms: stored)
        #expect(mapping.type == .fixedSizeBinary(byteWidth: 12) && mapping.conversion == .none)
    }

    private static let contradictions: [(PhysicalType, LogicalType)] = [
        (.int64, .integer(bitWidth: 32, isSigned: false)), (.int32, .integer(bitWidth: 64, isSigned: false)),
        (.int32, .integer(bitWidth: 12, isSigned: false)), (.double, .timestamp(unit: .milliseconds, isUTC: true)),
        (.int64, .date), (.int64, .time(unit: .milliseconds, isUTC: true)),
        (.int32, .decimal(precision: 0, scale: 0)), (.int32, .decimal(precision: 3, scale: 4)),
        (.int32, .decimal(precision: 3, scale: -1)), (.double, .decimal(precision: 3, scale: 1)),
    ]

    @Test("an annotation that contradicts its numbers is refused", arguments: contradictions)
    func contradiction(physical: PhysicalType, logical: LogicalType) {
        #expect(throws: DecodeFault.malformed(.logicalType)) { _ = try ColumnMapping(leaf(physical, logical)) }
    }
}
