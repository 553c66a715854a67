import ArrowLayout
import ByteCore
import Testing

@Suite("Arrays under another type")
struct RetypingTests {
    private static func type(isNullable: Bool, metadata: Metadata) -> DataType {
        let point = DataType.structure([
            Field("x", .int64, isNullable: isNullable, metadata: metadata), Field("y", .int64),
        ])
        return .list(Field("element", point, isNullable: isNullable))
    }

    private static func array() throws -> ArrayData {
        let type = type(isNullable: false, metadata: [:])
        let children = (0..<2).map { _ -> ArrayData in
            var builder = PrimitiveBuilder<Int64>()
            builder.append(contentsOf: [1, 2, 3])
            return builder.freeze(.int64)
        }
        let item = ArrayData(
            type: type.children[0].type, count: 3, nullCount: 0, buffers: [Bytes()], children: children)
        var lists = ListBuilder<Int32>()
        for count in [2, nil, 1, 0] { try lists.append(elementCount: count) }
        return lists.freeze(type, child: item)
    }

    @Test("nested fields become nullable and get metadata, all the way down")
    func nested() throws {
        let array = try Self.array()
        let wide = Self.type(isNullable: true, metadata: ["key": "value"])
        #expect(array.type != wide)
        let retyped = array.retyped(as: wide)
        // A child of another type than its parent says would be found here.
        try retyped.validate()
        #expect(retyped.type == wide)
        #expect(retyped.children[0].type == wide.children[0].type)
        #expect(retyped.count == 4 && retyped.nullCount == 1)
        #expect(retyped.children[0].children[0].buffers[1] == array.children[0].children[0].buffers[1])
    }

    @Test("an array that has the type already stays as it is")
    func same() throws {
        let array = try Self.array()
        #expect(array.retyped(as: array.type).type == array.type)
        let number = array.children[0].children[0]
        #expect(number.retyped(as: .timestamp(.second, timezone: nil)).type == .timestamp(.second, timezone: nil))
    }
}
