import ByteCore
import Parquet
import TestSupport
import Testing

@Suite("Byte stream split")
struct ByteStreamSplitTests {
    @Test("the example of the format's Encodings text")
    func specification() throws {
        let body: [UInt8] = [0xAA, 0x00, 0xA3, 0xBB, 0x11, 0xB4, 0xCC, 0x22, 0xC5, 0xDD, 0x33, 0xD6]
        var output = ByteBuilder()
        #expect(try ByteStreamSplit.decode(Bytes(body).span, byteWidth: 4, into: &output) == 3)
        let expected: [UInt8] = [0xAA, 0xBB, 0xCC, 0xDD, 0x00, 0x11, 0x22, 0x33, 0xA3, 0xB4, 0xC5, 0xD6]
        #expect([UInt8](output.freeze()) == expected)
    }

    @Test("random values of every width come back", arguments: 1...20)
    func property(byteWidth: Int) throws {
        var generator = SeededGenerator(seed: UInt64(byteWidth))
        for count in [0, 1, 2, 15, 16, 17, 31, 64, 1000] {
            let values = (0..<count).map { _ in
                (0..<byteWidth).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            var output = ByteBuilder()
            let body = Bytes(TestEncoders.streamSplit(values))
            #expect(try ByteStreamSplit.decode(body.span, byteWidth: byteWidth, into: &output) == count)
            #expect([UInt8](output.freeze()) == Array(values.joined()), "\(count) values")
        }
    }

    @Test("streams of different lengths are refused")
    func uneven() {
        var output = ByteBuilder()
        #expect(
            brokenRule { _ = try ByteStreamSplit.decode(Bytes([1, 2, 3, 4, 5]).span, byteWidth: 4, into: &output) }
                == .malformed(.streamLength))
        #expect(
            brokenRule { _ = try ByteStreamSplit.decode(Bytes([1]).span, byteWidth: 0, into: &output) }
                == .malformed(.streamLength))
    }
}
