import ArrowLayout
import ByteCore
import Testing

@Suite("Typed reads")
struct ArrayViewTests {
    @Test("integers of any width and kind are read where they fit")
    func integers() {
        var unsigned = PrimitiveBuilder<UInt64>()
        unsigned.append(contentsOf: [7, .max])
        let view = ArrayView(unsigned.freeze(.uint64))
        #expect(view.uint64(at: 1) == .max)
        #expect(view.int64(at: 1) == nil)
        #expect(view.int64(at: 0) == 7)

        var signed = PrimitiveBuilder<Int32>()
        signed.append(-5)
        let dates = ArrayView(signed.freeze(.date32))
        #expect(dates.int64(at: 0) == -5)
        #expect(dates.uint64(at: 0) == nil)
        #expect(dates.string(at: 0) == nil)
        #expect(dates.bool(at: 0) == nil)
        #expect(dates.float64(at: 0) == nil)
    }

    @Test("floating-point numbers of every width are read as doubles")
    func floats() {
        var half = PrimitiveBuilder<UInt16>()
        half.append(0x3E00)
        half.append(nil)
        let view = ArrayView(half.freeze(.float16))
        #expect(view.float64(at: 0) == 1.5)
        #expect(view.float64(at: 1) == nil)
        var single = PrimitiveBuilder<Float>()
        single.append(-0.25)
        #expect(ArrayView(single.freeze(.float32)).float64(at: 0) == -0.25)
    }

    @Test("decimals of 128 bits are read without their point")
    func decimals() {
        var builder = PrimitiveBuilder<Int128>()
        builder.append(-170_141_183_460_469_231_731_687_303_715_884_105_728)
        let view = ArrayView(builder.freeze(.decimal128(precision: 38, scale: 2)))
        #expect(view.int128(at: 0) == .min)
        #expect(view.int64(at: 0) == nil)
    }

    @Test("views of short values hold them, those of long values point to them")
    func views() throws {
        let long = Array("thirteen byte".utf8)
        var views = ByteBuilder()
        views.append(Int32(3))
        views.append(contentsOf: Array("abc".utf8) + [UInt8](repeating: 0, count: 9))
        views.append(Int32(13))
        views.append(contentsOf: Array(long[0..<4]))
        views.append(Int32(0))
        views.append(Int32(1))
        let array = ArrayData(
            type: .utf8View, count: 2, nullCount: 0, buffers: [Bytes(), views.freeze(), Bytes([0x7A] + long)])
        try array.validate()
        let view = ArrayView(array)
        #expect(view.string(at: 0) == "abc")
        #expect(view.string(at: 1) == "thirteen byte")
        let cut = array.slice(1..<2)
        #expect(cut.buffers[2] == Bytes(long))
        #expect(ArrayView(cut).string(at: 0) == "thirteen byte")
    }

    @Test("a null column has only nulls")
    func nulls() {
        let view = ArrayView(ArrayData(type: .null, count: 2, nullCount: 2, buffers: []))
        #expect(view.isNull(at: 1))
        #expect(view.bytes(at: 1) == nil)
    }
}
