import ByteCore
import Testing

@Suite("Byte builder")
struct ByteBuilderTests {
    @Test("everything that can be appended, in memory form")
    func appending() {
        var builder = ByteBuilder()
        builder.append(UInt8(1))
        builder.append(Int32(-2))
        builder.append(repeating: UInt16(0x0403), count: 2)
        builder.append(contentsOf: [5, 6])
        builder.append(contentsOf: Bytes([7]))
        builder.append(contentsOf: Bytes().span)
        builder.append(utf8: "é")
        builder.pad(to: 8)
        builder.replace(at: 1, with: UInt16(0xAABB))
        #expect(
            Array(builder.freeze()) == [1, 0xBB, 0xAA, 0xFF, 0xFF, 3, 4, 3, 4, 5, 6, 7, 0xC3, 0xA9, 0, 0])
    }

    @Test("growing keeps what was written")
    func growing() {
        var builder = ByteBuilder(capacity: 1)
        for value in 0..<10_000 as Range<UInt32> { builder.append(value) }
        let bytes = builder.freeze()
        #expect(bytes.count == 40_000)
        for value in [0, 1, 5_000, 9_999] as [UInt32] {
            #expect(bytes.span.load(at: Int(value) * 4, as: UInt32.self) == value)
        }
    }

    @Test("cutting back and writing again")
    func truncating() {
        var builder = ByteBuilder()
        builder.append(contentsOf: [1, 2, 3, 4])
        builder.truncate(to: 1)
        builder.append(UInt8(9))
        let count = builder.count
        #expect(count == 2)
        builder.pad(to: 2)
        #expect(Array(builder.freeze()) == [1, 9])
    }

    @Test("memory that is filled in part counts in part")
    func partialWrite() {
        var builder = ByteBuilder()
        unsafe builder.append(byteCount: 100) { memory in
            unsafe memory[0] = 7
            return 1
        }
        unsafe builder.append(byteCount: 0) { _ in 0 }
        #expect(Array(builder.freeze()) == [7])
    }
}
