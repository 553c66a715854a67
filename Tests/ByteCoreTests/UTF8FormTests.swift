import ByteCore
import TestSupport
import Testing

@Suite("UTF-8")
struct UTF8FormTests {
    @Test("every scalar is valid, and ASCII is told apart")
    func scalars() {
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 1) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let form = UTF8Form(of: Bytes(Array(String(Character(scalar)).utf8)).span)
            if form != (value < 0x80 ? .ascii : .multibyte) { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    @Test(
        "what RFC 3629 forbids is invalid",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE1, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xF0, 0x90, 0x80], [0xE2, 0x82, 0x41],
        ] as [[UInt8]])
    func forbidden(bytes: [UInt8]) {
        for prefix in [0, 1, 30, 31, 32, 33, 70] {
            let text = [UInt8](repeating: 0x61, count: prefix) + bytes + [UInt8](repeating: 0x62, count: 40)
            #expect(UTF8Form(of: Bytes(text).span) == .invalid)
            #expect(UTF8Form(of: Bytes([UInt8](repeating: 0x61, count: prefix) + bytes).span) == .invalid)
        }
    }

    @Test("random bytes are judged as the standard library judges them", arguments: UInt64(0)..<20)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let scalars: [UInt8] = Array("aä€😀".utf8)
            var bytes = (0..<Int.random(in: 0..<120, using: &generator)).map { _ in
                scalars[Int.random(in: 0..<scalars.count, using: &generator)]
            }
            if Bool.random(using: &generator) {
                bytes = (0..<Int.random(in: 0..<50, using: &generator)).flatMap { _ in
                    Array(["a", "ä", "€", "😀"][Int.random(in: 0..<4, using: &generator)].utf8)
                }
            }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(Bytes(bytes).span.isUTF8 == isValid, "seed \(seed): \(bytes)")
        }
    }
}
