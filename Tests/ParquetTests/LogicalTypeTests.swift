import ByteCore
import Testing

@testable import Parquet

@Suite("Logical types")
struct LogicalTypeTests {
    private func parsed(_ element: [UInt8]) throws -> LogicalType? {
        var reader = CompactReader(Bytes(element).span, depthLimit: 16)
        return try SchemaElement(&reader).logicalType
    }

    private func logical(
        converted: Int? = nil, _ id: Int, _ body: @escaping (inout CompactWriter) -> Void = { _ in }
    ) throws -> LogicalType? {
        try parsed(HandMade.element("a", type: 1, converted: converted) { $0.structure(10) { $0.structure(id, body) } })
    }

    @Test(
        "converted types",
        arguments: [
            (0, .string), (1, .map), (2, .mapKeyValue), (3, .list), (4, .enumeration), (6, .date),
            (7, .time(unit: .milliseconds, isUTC: true)), (8, .time(unit: .microseconds, isUTC: true)),
            (9, .timestamp(unit: .milliseconds, isUTC: true)), (10, .timestamp(unit: .microseconds, isUTC: true)),
            (11, .integer(bitWidth: 8, isSigned: false)), (14, .integer(bitWidth: 64, isSigned: false)),
            (15, .integer(bitWidth: 8, isSigned: true)), (18, .integer(bitWidth: 64, isSigned: true)),
            (19, .json), (20, .bson), (21, .interval), (24, .unknown), (22, nil), (40, nil), (-1, nil),
        ] as [(Int, LogicalType?)])
    func converted(code: Int, expected: LogicalType?) throws {
        #expect(try parsed(HandMade.element("a", type: 1, converted: code)) == expected)
    }

    @Test("a converted decimal takes precision and scale of the element; no scale is 0")
    func convertedDecimal() throws {
        let both = HandMade.element("a", type: 1, converted: 5) { writer in
            writer.int32(7, 2)
            writer.int32(8, 9)
        }
        #expect(try parsed(both) == .decimal(precision: 9, scale: 2))
        let precision = HandMade.element("a", type: 1, converted: 5) { $0.int32(8, 9) }
        #expect(try parsed(precision) == .decimal(precision: 9, scale: 0))
    }

    @Test(
        "members without parameters",
        arguments: [
            (1, .string), (2, .map), (3, .list), (4, .enumeration), (6, .date), (11, .unknown), (12, .json),
            (13, .bson), (14, .uuid), (15, .float16), (19, .file), (99, .unrecognised(99)),
            (2_555, .unrecognised(2_555)),
        ] as [(Int, LogicalType)])
    func plain(id: Int, expected: LogicalType) throws {
        #expect(try logical(id) == expected)
    }

    @Test("members with parameters")
    func parameters() throws {
        let decimal = try logical(5) { writer in
            writer.int32(1, 3)
            writer.int32(2, 12)
        }
        #expect(decimal == .decimal(precision: 12, scale: 3))
        for (id, unit) in [(1, .milliseconds), (2, .microseconds), (3, .nanoseconds)] as [(Int, LogicalType.TimeUnit)] {
            let write: (inout CompactWriter) -> Void = { writer in
                writer.bool(1, id != 2)
                writer.structure(2) { $0.structure(id) { _ in } }
            }
            #expect(try logical(7, write) == .time(unit: unit, isUTC: id != 2))
            #expect(try logical(8, write) == .timestamp(unit: unit, isUTC: id != 2))
        }
        #expect(try logical(8) { $0.bool(1, true) } == .unrecognised(8))
        let integer = try logical(10) { writer in
            writer.header(1, type: 3)
            writer.bytes.append(16)
            writer.bool(2, false)
        }
        #expect(integer == .integer(bitWidth: 16, isSigned: false))
        let variant = try logical(16) { writer in
            writer.header(1, type: 3)
            writer.bytes.append(1)
        }
        #expect(variant == .variant(version: 1))
        #expect(try logical(16) == .variant(version: nil))
        #expect(try logical(17) { $0.string(1, "EPSG:4326") } == .geometry(crs: "EPSG:4326"))
        let geography = try logical(18) { writer in
            writer.string(1, "x")
            writer.int32(2, 4)
        }
        #expect(geography == .geography(crs: "x", algorithm: 4))
    }

    @Test("the logical type wins; an empty or unknown one leaves the converted type")
    func both() throws {
        #expect(try logical(converted: 0, 12) == .json)
        #expect(try logical(converted: 0, 99) == .string)
        let empty = HandMade.element("a", type: 1, converted: 6) { $0.structure(10) { _ in } }
        #expect(try parsed(empty) == .date)
        #expect(try parsed(HandMade.element("a", type: 1) { $0.structure(10) { _ in } }) == nil)
    }
}
