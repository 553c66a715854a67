import ByteCore
import Testing

@Suite("UTF-8 in raw bytes")
struct UTF8ValidationTests {
    @Test(
        "text is UTF-8",
        arguments: ["", "plain", "é", "日本語", "\u{1F600}", "\0", "\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}"])
    func valid(_ text: String) {
        #expect(isUTF8(text.utf8))
        // Long enough to pass the first words of a check that takes several bytes at once.
        #expect(isUTF8((String(repeating: "a", count: 67) + text).utf8))
    }

    @Test(
        "stray, missing, overlong, surrogate and too large code units are not",
        arguments: [
            [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x61, 0xFE],
        ] as [[UInt8]])
    func invalid(_ units: [UInt8]) {
        #expect(!isUTF8(units))
        #expect(!isUTF8([UInt8](repeating: 0x61, count: 67) + units))
        #expect(!isUTF8(units + [UInt8](repeating: 0x61, count: 67)))
    }

    private func isUTF8(_ units: some Sequence<UInt8>) -> Bool {
        let bytes = Bytes(units)
        return bytes.span.isUTF8
    }
}
