import ByteCore
import Parquet
import TestSupport
import Testing

@Suite("ALP")
struct ALPTests {
    private func decode<Value: ALPValue>(
        _ bytes: [UInt8], _ type: Value.Type, limit: Int = 1 << 20, byteLimit: Int = 1 << 30
    ) throws -> [Value.Encoded] {
        var output = ByteBuilder()
        output.append(UInt64(7))
        let count = try ALP.decode(
            Bytes(bytes).span, as: type, limit: limit, byteLimit: byteLimit, into: &output)
        let all = output.freeze()
        let values = all[8..<all.count].values(Value.Encoded.self)
        #expect(values.count == count)
        return values
    }

    private func bits<Value: ALPValue>(_ values: [Value]) -> [Value.Encoded] {
        values.map { unsafe unsafeBitCast($0, to: Value.Encoded.self) }
    }

    /// The worked example of the format's AlpEncoding text: 1500.0, a NaN, 2500.0 and 333.5.
    private static let example: [UInt8] =
        [0, 0, 10, 4, 0, 0, 0] + [4, 0, 0, 0]
        + [4, 3, 1, 0] + [0x07, 0x0D, 0, 0, 0, 0, 0, 0] + [15]
        + TestEncoders.packed([11665, 11665, 21665, 0], bitWidth: 15)
        + [1, 0] + [1, 2, 3, 0, 0, 0, 0xF0, 0x7F]

    @Test("the worked example of the format's AlpEncoding text")
    func specification() throws {
        let expected = bits([1500.0, 0, 2500.0, 333.5])
        var values = try decode(Self.example, Double.self)
        #expect(values[1] == 0x7FF0_0000_0003_0201)
        values[1] = 0
        #expect(values == expected)
        #expect(try decode(Self.example + [9, 9, 9], Double.self).count == 4)
    }

    @Test("the powers of ten are those nearest to the decimal")
    func powers() {
        for exponent in 0...18 {
            #expect(Double.powersOfTen[exponent] == Double("1e\(exponent)"))
            #expect(Double.negativePowersOfTen[exponent] == Double("1e-\(exponent)"))
        }
        for exponent in 0...10 {
            #expect(Float.powersOfTen[exponent] == Float("1e\(exponent)"))
            #expect(Float.negativePowersOfTen[exponent] == Float("1e-\(exponent)"))
        }
        #expect(Double.powersOfTen.count == 19 && Double.negativePowersOfTen.count == 19)
        #expect(Float.powersOfTen.count == 11 && Float.negativePowersOfTen.count == 11)
    }

    private func roundTrip<Value: ALPValue>(_ type: Value.Type, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let special: [Value] = [
            .nan, .signalingNaN, .infinity, -.infinity, -0.0, 0, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
        ]
        let exponent = Int.random(in: 0..<Value.powersOfTen.count, using: &generator)
        let factor = Int.random(in: 0...exponent, using: &generator)
        let span = Int.random(in: 0..<Value.Encoded.bitWidth, using: &generator)
        let count = [0, 1, 7, 8, 9, 127, 128, 129, 1023, 1024, 1025, 3000].randomElement(using: &generator) ?? 0
        let values: [Value] = (0..<count).map { _ in
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: special[Int.random(in: 0..<special.count, using: &generator)]
            case 1:
                unsafe unsafeBitCast(Value.Encoded.random(in: .min ... .max, using: &generator), to: Value.self)
            default:
                Value(Value.Encoded.random(in: .min ... .max, using: &generator) >> Value.Encoded(span))
                    * Value.powersOfTen[factor] * Value.negativePowersOfTen[exponent]
            }
        }
        let bytes = TestEncoders.alp(
            values, exponent: exponent, factor: factor, sizeBits: Int.random(in: 3...11, using: &generator))
        let decoded = try decode(bytes, type)
        let expected = bits(values)
        #expect(decoded == expected, "seed \(seed)")
        // Every body that ends early is a fault, except that of no bytes at all.
        for length in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 150)) {
            let kind = brokenRule { _ = try decode(Array(bytes.prefix(length)), type) }
            #expect(kind == .truncated, "seed \(seed), length \(length)")
        }
        for _ in 0..<200 {
            var flipped = bytes
            // Mostly in the header, the offsets and the first vector's header.
            let reach = Bool.random(using: &generator) ? min(40, bytes.count) : bytes.count
            flipped[Int.random(in: 0..<reach, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            if let values = try? decode(flipped, type, limit: 4000) { #expect(values.count <= 4000) }
        }
    }

    @Test("random doubles come back bit for bit, and broken bodies end in values or a fault", arguments: UInt64(0)..<80)
    func doubles(seed: UInt64) throws { try roundTrip(Double.self, seed: seed) }

    @Test("random floats come back bit for bit, and broken bodies end in values or a fault", arguments: UInt64(0)..<80)
    func floats(seed: UInt64) throws { try roundTrip(Float.self, seed: seed) }

    @Test("integers wrap around the frame of reference at every bit width", arguments: 0...64)
    func widths(bitWidth: Int) throws {
        var generator = SeededGenerator(seed: UInt64(bitWidth))
        let mask = bitWidth == 0 ? 0 : UInt64.max >> UInt64(64 - bitWidth)
        let deltas = (0..<300).map { _ in generator.next() & mask }
        let frame = Int64.min + 5
        let body =
            [0, 0, 9] + TestEncoders.littleEndian(Int32(300)) + [4, 0, 0, 0] + [2, 1, 0, 0]
            + TestEncoders.littleEndian(frame) + [UInt8(bitWidth)] + TestEncoders.packed(deltas, bitWidth: bitWidth)
        let expected = deltas.map { (Double(frame &+ Int64(bitPattern: $0)) * 10 * 0.01).bitPattern }
        #expect(try decode(body, Double.self).map { UInt64(bitPattern: $0) } == expected)
    }

    @Test(
        "broken bodies name the rule",
        arguments: [
            (0, 1, .unsupported(.alpVariant(1, 0))),
            (1, 2, .unsupported(.alpVariant(0, 2))),
            (2, 2, .malformed(.alpVectorSize)),
            (2, 16, .malformed(.alpVectorSize)),
            (2, 60, .malformed(.alpVectorSize)),
            (6, 0x80, .malformed(.alpCount)),
            (4, 4, .malformed(.alpCount)),
            (3, 5, .truncated),
            (7, 0, .malformed(.alpOffset)),
            (7, 5, .malformed(.alpOffset)),
            (10, 0xFF, .malformed(.alpOffset)),
            (11, 19, .malformed(.alpPowers)),
            (11, 2, .malformed(.alpPowers)),
            (12, 5, .malformed(.alpPowers)),
            (13, 5, .malformed(.alpException)),
            (13, 2, .truncated),
            (23, 65, .malformed(.bitWidth)),
            (23, 64, .truncated),
            (32, 4, .malformed(.alpException)),
            (33, 1, .malformed(.alpException)),
        ] as [(Int, UInt8, DecodeFault.Kind)])
    func broken(offset: Int, byte: UInt8, expected: DecodeFault.Kind) {
        var bytes = Self.example
        bytes[offset] = byte
        #expect(brokenRule { _ = try decode(bytes, Double.self, limit: 1000) } == expected)
    }

    @Test("few bytes that stand for many values stop at the limit of bytes")
    func expansion() throws {
        let body: [UInt8] =
            [0, 0, 15] + TestEncoders.littleEndian(Int32(32768)) + [4, 0, 0, 0] + [0, 0, 0, 0, 3, 0, 0, 0, 0]
        let all = try decode(body, Float.self, byteLimit: 32768 * 4)
        let expected = Float(3).bitPattern
        #expect(all.count == 32768 && all.allSatisfy { UInt32(bitPattern: $0) == expected })
        #expect(brokenRule { _ = try decode(body, Float.self, byteLimit: 32768 * 4 - 1) } == .limit(.pageSize))
        #expect(try decode([], Float.self).isEmpty)
        #expect(try decode([0, 0, 10, 0, 0, 0, 0], Float.self).isEmpty)
    }

    @Test("a column of numbers reads an ALP page, and one of integers refuses it")
    func column() throws {
        func page(_ type: Int) throws -> DecodedPage? {
            let pages = HandMade.dataPage(Self.example, values: 4, encoding: 10)
            let schema = [
                HandMade.element("schema", repetition: nil, children: 1), HandMade.element("a", type: type),
            ]
            let chunk = HandMade.chunk(type: type, values: 4, bytes: Int64(pages.count))
            let footer = HandMade.footer(schema: schema, rows: 4, rowGroups: [HandMade.rowGroup([chunk], rows: 4)])
            let metadata = try FileMetadata(footer: Bytes(footer))
            let leaf = try SchemaTree(metadata.schema).leaves[0]
            var reader = ColumnChunkReader(
                chunk: Bytes(pages), leaf: leaf, metadata: metadata.rowGroups[0].columns[0])
            return try reader.nextPage()
        }
        var read = try #require(try page(5))
        var output = ByteBuilder()
        try read.values.take(4, dictionary: nil, into: &output)
        #expect(output.freeze().values(Double.self)[3] == 333.5)
        #expect(brokenRule { _ = try page(2) } == .unsupported(.encodingOfType(10, 2)))
    }
}
