import ByteCore
import Crypto
import Testing

struct ChecksumTests {
    private typealias Polynomial = CyclicRedundancyCheck.Polynomial

    private func hex(_ polynomial: Polynomial, _ bytes: [UInt8]) -> String {
        var check = CyclicRedundancyCheck(polynomial)
        check.update(Bytes(bytes).span)
        let bytes = check.bytes
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The check values of the catalogue of parametrised CRC algorithms; the 32 zeros and ones of RFC 3720, B.4; the
    /// values of zeros by the NVM Express specification, 5.2.1.3.4.
    @Test("known values")
    func vectors() {
        let digits = Array("123456789".utf8)
        #expect(hex(.crc32, digits) == "cbf43926" && hex(.crc32C, digits) == "e3069283")
        #expect(hex(.crc64NVME, digits) == "ae8b14860a799888")
        #expect(hex(.crc32C, [UInt8](repeating: 0, count: 32)) == "8a9136aa")
        #expect(hex(.crc32C, [UInt8](repeating: 0xFF, count: 32)) == "62a8ab43")
        #expect(hex(.crc32C, Array(0..<32)) == "46dd794e")
        #expect(hex(.crc64NVME, [UInt8](repeating: 0, count: 4_096)) == "6482d367eb22b64e")
        #expect(hex(.crc64NVME, [UInt8](repeating: 0xFF, count: 4_096)) == "c0ddba7302eca3ac")
        for polynomial in Polynomial.allCases {
            #expect(hex(polynomial, []) == String(repeating: "0", count: 2 * polynomial.byteCount))
        }
    }

    @Test("pieces give the value of the whole, wherever they are cut", arguments: [0, 1, 7, 8, 9, 100, 255])
    func pieces(cut: Int) {
        let content = Bytes((0..<256).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) })
        for polynomial in Polynomial.allCases {
            var whole = CyclicRedundancyCheck(polynomial)
            whole.update(content.span)
            var parts = CyclicRedundancyCheck(polynomial)
            parts.update(content[0..<cut].span)
            parts.update(content[cut..<256].span)
            #expect(whole.value == parts.value)
        }
    }
}
