import ByteCore
import Testing

@testable import Parquet

@Suite("Codecs")
struct CodecTests {
    /// What every vector stands for.
    private static let text: [UInt8] = Array(
        String(repeating: "the quick brown fox jumps over the lazy dog, ", count: 6).utf8.prefix(250))

    /// Compressed by pyarrow 26 (and Python's gzip and zlib for the last gzip rows); name, codec, bytes.
    private static let vectors: [(String, Codec, String)] = [
        (
            "snappy", .snappy,
            "fa01b074686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672c20010efe2d00fe2d00fe2d00152d"
        ),
        (
            "gzip", .gzip,
            "1f8b08000000000002032bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae72456552aa4e4a7eb8079c34631008299b14afa000000"
        ),
        (
            "gzip of two members", .gzip,
            "1f8b08000000000002ff2bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae72456552aa4e4a7eb8079642806005b4ddf2b640000001f8b08000000000002ff4b2aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228c94855c849acaa5448c94fd701f30a4b3393b31592e8a5180096ad719496000000"
        ),
        (
            "zlib under the name of gzip", .gzip,
            "789c2bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae72456552aa4e4a7eb8079c34631008f925adc"
        ),
        (
            "brotli", .brotli,
            "1bf9000044f3a4696d76eb421c224fe5f8731489064cebcacc24784638e56908bcc8abf6016e51903914fb1f3ca34100"
        ),
        (
            "zstd", .zstd,
            "28b52ffd20fabd0100c40274686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672c020046a80830da5906"
        ),
        (
            "zstd of two frames around a skippable one", .zstd,
            "28b52ffd2064b50100c40274686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672c020080ea008630cb502a4d180300000061626328b52ffd20969d0100840262726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672c717569636b20020006aa5414c27c02"
        ),
        (
            "lz4 raw", .lz4Raw,
            "f01074686520717569636b2062726f776e20666f78206a756d7073206f766572201f00916c617a7920646f672c0e000f2d00b1506a756d7073"
        ),
        (
            "lz4 in one of Hadoop's frames for each block", .lz4,
            "0000006400000039f01074686520717569636b2062726f776e20666f78206a756d7073206f766572201f00916c617a7920646f672c0e000f2d001b507569636b200000009600000036f11362726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672c0e006f717569636b202d0051506a756d7073"
        ),
        (
            "lz4 with two blocks in one of Hadoop's frames", .lz4,
            "000000fa00000039f01074686520717569636b2062726f776e20666f78206a756d7073206f766572201f00916c617a7920646f672c0e000f2d001b507569636b2000000036f11362726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672c0e006f717569636b202d0051506a756d7073"
        ),
        (
            "lz4 as a frame of its own", .lz4,
            "04224d1860408239000000f01074686520717569636b2062726f776e20666f78206a756d7073206f766572201f00916c617a7920646f672c0e000f2d00b1506a756d707300000000"
        ),
        (
            "lz4 without a frame", .lz4,
            "f01074686520717569636b2062726f776e20666f78206a756d7073206f766572201f00916c617a7920646f672c0e000f2d00b1506a756d7073"
        ),
    ]

    private func decompress(
        _ codec: Codec, _ bytes: [UInt8], to byteCount: Int, limits: Limits = .default
    ) throws -> [UInt8] {
        var scratch = PageScratch()
        return Array(try codec.decompress(Bytes(bytes), to: byteCount, limits: limits, scratch: &scratch))
    }

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    @Test("known bytes", arguments: vectors.indices)
    func known(index: Int) throws {
        let (name, codec, hex) = Self.vectors[index]
        #expect(try decompress(codec, bytes(hex), to: 250) == Self.text, "\(name)")
    }

    @Test("a header that claims another size than the bytes have", arguments: vectors.indices)
    func otherSize(index: Int) {
        let (name, codec, hex) = Self.vectors[index]
        for byteCount in [1, 100, 249, 251, 300, 1_000] {
            #expect(throws: DecodeFault.self, "\(name) to \(byteCount)") {
                try decompress(codec, bytes(hex), to: byteCount)
            }
        }
    }

    @Test(
        "every prefix and changed bytes give a value or a fault, and a prefix never the whole",
        arguments: vectors.indices)
    func broken(index: Int) {
        let (name, codec, hex) = Self.vectors[index]
        let original = bytes(hex)
        for count in original.indices {
            let result = try? decompress(codec, Array(original[..<count]), to: 250)
            #expect(
                result != Self.text || codec == .lz4, "\(name) of \(count) bytes")
        }
        for offset in original.indices {
            for bit in 0..<8 {
                var changed = original
                changed[offset] ^= 1 << UInt8(bit)
                for byteCount in [250, 400] { _ = try? decompress(codec, changed, to: byteCount) }
            }
        }
    }

    @Test("claims that a codec cannot keep are refused before memory is taken")
    func ratio() {
        for codec in [Codec.snappy, .gzip, .zstd, .lz4, .lz4Raw] {
            #expect(throws: DecodeFault.malformed(.codecRatio)) {
                try decompress(codec, [1, 2, 3], to: Int(Int32.max))
            }
        }
        // Brotli has no such bound: its memory grows with what comes out.
        #expect(throws: DecodeFault.malformed(.codecOutputSize)) {
            try decompress(.brotli, bytes(Self.vectors[4].2), to: 1 << 27)
        }
        var limits = Limits()
        limits.compressionRatio = 1
        #expect(throws: DecodeFault(.limit(.compressionRatio))) {
            try decompress(.brotli, bytes(Self.vectors[4].2), to: 250, limits: limits)
        }
    }

    @Test("output larger than the header says stops there")
    func bomb() {
        #expect(throws: DecodeFault.malformed(.codecOutputSize)) {
            try decompress(.gzip, bytes(Self.vectors[1].2), to: 249)
        }
        #expect(throws: DecodeFault.malformed(.codecOutputSize)) {
            try decompress(.zstd, bytes(Self.vectors[5].2), to: 249)
        }
        #expect(throws: DecodeFault.malformed(.codecOutputSize)) {
            try decompress(.brotli, bytes(Self.vectors[4].2), to: 249)
        }
        #expect(throws: DecodeFault.malformed(.codecOutputSize)) {
            try decompress(.snappy, bytes(Self.vectors[0].2), to: 249)
        }
    }

    @Test("a page of no bytes never reaches the codec")
    func empty() throws {
        for codec in [Codec.snappy, .gzip, .zstd, .lz4, .lz4Raw, .brotli] {
            #expect(try decompress(codec, [], to: 0).isEmpty)
            #expect(try decompress(codec, [0], to: 0).isEmpty)
            #expect(throws: DecodeFault(.truncated)) { try decompress(codec, [], to: 1) }
        }
        #expect(throws: DecodeFault.malformed(.codecOutputSize)) { try decompress(.uncompressed, [1], to: 2) }
    }

    @Test("codecs that this reader does not have keep their number", arguments: [3, 8, 77, -1] as [Int32])
    func unsupported(code: Int32) {
        #expect(throws: DecodeFault(.unsupported(.codec(code)))) { try Codec(CompressionCodec(rawValue: code)) }
    }

    @Test("decoder states are shared by pages on several threads")
    func concurrency() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                let (_, codec, hex) = Self.vectors[index % Self.vectors.count]
                group.addTask { try decompress(codec, bytes(hex), to: 250) == Self.text }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
