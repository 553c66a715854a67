import ArrowLayout
import ArrowTesting
import ByteCore
import Testing

@Suite("Array builders")
struct BuilderTests {
    @Test("fixed-width values: the values little-endian, zero where null")
    func primitive() throws {
        var builder = PrimitiveBuilder<Int16>()
        builder.append(contentsOf: [1, -2])
        builder.append(nil)
        builder.append(256)
        let array = builder.freeze(.int16)
        #expect(array.count == 4)
        #expect(array.nullCount == 1)
        #expect(array.buffers.map(\.hex) == ["0b", "0100feff00000001"])
        try array.validate()
        #expect(ArrayView(array).json == "[1,-2,null,256]")
    }

    @Test("without nulls there is no validity buffer")
    func noValidity() throws {
        var builder = BoolBuilder()
        for bit in [true, true, false, true] { builder.append(bit) }
        let array = builder.freeze()
        #expect(array.buffers.map(\.hex) == ["", "0b"])
        try array.validate()
    }

    @Test("strings: offsets and bytes, a null has none")
    func variable() throws {
        var builder = VariableBuilder<Int32>()
        try builder.append(utf8: "é")
        try builder.append(utf8: nil)
        try builder.append(utf8: "")
        try builder.append(Bytes([0x61]))
        let array = builder.freeze(.utf8)
        #expect(array.buffers.map(\.hex) == ["0d", "0000000002000000020000000200000003000000", "c3a961"])
        try array.validate()
        let view = ArrayView(array)
        #expect((0..<4).map { view.string(at: $0) } == ["é", nil, "", "a"])
    }

    @Test("values that their offsets cannot count are refused and leave the builder as it was")
    func offsetOverflow() throws {
        var builder = VariableBuilder<Int8>()
        let long = Bytes([UInt8](repeating: 0x61, count: 100))
        try builder.append(long)
        do throws(ArrayFault) {
            try builder.append(utf8: String(repeating: "b", count: 28))
            Issue.record("128 bytes fit offsets of one byte")
        } catch {
            #expect(error == ArrayFault(.offsetOverflow))
        }
        do throws(ArrayFault) {
            try builder.append(long)
            Issue.record("200 bytes fit offsets of one byte")
        } catch {
            #expect(error == ArrayFault(.offsetOverflow))
        }
        try builder.append(utf8: String(repeating: "c", count: 27))
        #expect(builder.count == 2)
    }

    @Test("lists: offsets into the child")
    func list() throws {
        var child = PrimitiveBuilder<UInt8>()
        child.append(contentsOf: [1, 2, 3])
        var builder = ListBuilder<Int64>()
        try builder.append(elementCount: 2)
        try builder.append(elementCount: nil)
        try builder.append(elementCount: 1)
        let array = builder.freeze(.largeList(Field("item", .uint8)), child: child.freeze(.uint8))
        try array.validate()
        #expect(ArrayView(array).json == "[[1,2],null,[3]]")
    }
}
