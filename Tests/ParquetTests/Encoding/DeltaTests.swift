import ByteCore
import Parquet
import TestSupport
import Testing

@Suite("Delta encodings")
struct DeltaTests {
    private func decode<Value: FixedWidthInteger & SignedInteger & NativeValue>(
        _ bytes: [UInt8], _ type: Value.Type, limit: Int = 1 << 20, byteLimit: Int = .max
    ) throws -> (values: [Value], byteCount: Int) {
        var output = ByteBuilder()
        let extent = try DeltaBinaryPacked.decode(
            Bytes(bytes).span, as: type, limit: limit, byteLimit: byteLimit, into: &output)
        let values = output.freeze().values(type)
        #expect(values.count == extent.valueCount)
        return (values, extent.byteCount)
    }

    @Test("the two examples of the format's Encodings text, whose blocks of eight no writer makes")
    func specification() throws {
        #expect(try decode([8, 1, 5, 2, 2, 0], Int32.self).values == [1, 2, 3, 4, 5])
        let packed: [UInt8] = [0b1100_0000, 0b0011_1111]
        #expect(try decode([8, 1, 8, 14, 3, 2] + packed, Int64.self).values == [7, 5, 3, 1, 2, 3, 4, 5])
    }

    @Test("random integers come back from blocks of any shape", arguments: UInt64(0)..<60)
    func property(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (blockCount, miniblocks) = [(128, 4), (128, 1), (256, 8), (1024, 2), (8, 1)][Int(seed % 5)]
        let span = Int.random(in: 0...64, using: &generator)
        let mask = span == 0 ? 0 : UInt64.max >> UInt64(64 - span)
        let count = [0, 1, 2, 32, 33, 128, 129, 130, 1000, 5000][Int.random(in: 0..<10, using: &generator)]
        let wide = (0..<count).map { _ in Int64(bitPattern: generator.next() & mask) }
        let bytes = TestEncoders.delta(
            wide, bits: 64, blockCount: blockCount, miniblocks: miniblocks, dropsUnusedMiniblocks: seed % 2 == 0)
        let decoded = try decode(bytes + [9, 9], Int64.self)
        #expect(decoded.values == wide && decoded.byteCount == bytes.count, "seed \(seed)")
        let narrow = wide.map { Int32(truncatingIfNeeded: $0) }
        let narrowBytes = TestEncoders.delta(
            narrow.map { Int64($0) }, bits: 32, blockCount: blockCount, miniblocks: miniblocks)
        #expect(try decode(narrowBytes, Int32.self).values == narrow, "seed \(seed)")
    }

    @Test("differences wrap around")
    func extremes() throws {
        let wide: [Int64] = [.min, .max, .min, 0, .max, -1, .min]
        #expect(try decode(TestEncoders.delta(wide, bits: 64), Int64.self).values == wide)
        let narrow: [Int32] = [.min, .max, .min, 0, .max, -1, .min]
        #expect(try decode(TestEncoders.delta(narrow.map { Int64($0) }, bits: 32), Int32.self).values == narrow)
    }

    @Test(
        "broken blocks name the rule",
        arguments: [
            ([0, 1, 5, 2, 2, 0], .malformed(.deltaBlockShape)),
            ([128, 1, 0, 5, 2, 2, 0], .malformed(.deltaBlockShape)),
            ([128, 1, 3, 5, 2, 2, 0], .malformed(.deltaBlockShape)),
            ([12, 1, 5, 2, 2, 0], .malformed(.deltaBlockShape)),
            ([8, 1, 5, 2, 2, 33], .malformed(.bitWidth)),
            ([8, 1, 5, 2, 2, 200], .malformed(.bitWidth)),
            ([8, 1, 5, 2, 2, 8, 1, 1], .truncated),
            ([8, 1, 5, 2], .truncated),
            ([8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 2], .malformed(.deltaCount)),
            ([8, 1, 101, 2, 2, 0], .malformed(.deltaCount)),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1, 5, 2, 2, 0], .malformed(.deltaBlockShape)),
            ([0x80, 0x80, 0x80, 0x80, 0x04, 0x80, 0x80, 0x80, 0x04, 5, 2, 2, 0], .truncated),
        ] as [([UInt8], DecodeFault.Kind)])
    func broken(bytes: [UInt8], expected: DecodeFault.Kind) {
        #expect(brokenRule { _ = try decode(bytes, Int32.self, limit: 100) } == expected)
    }

    @Test("the delta-length example of the format's Encodings text")
    func deltaLength() throws {
        let words = ["Hello", "World", "Foobar", "ABCDEF"].map { Array($0.utf8) }
        let body = TestEncoders.delta([5, 5, 6, 6], bits: 32) + Array("HelloWorldFoobarABCDEF".utf8)
        #expect(try DeltaLengthByteArray.decode(Bytes(body), limit: 4, byteLimit: .max).arrays == words)
    }

    @Test("the delta-strings example of the format's Encodings text")
    func deltaStrings() throws {
        let words = ["axis", "axle", "babble", "babyhood"].map { Array($0.utf8) }
        let body =
            TestEncoders.delta([0, 2, 0, 3], bits: 32) + TestEncoders.delta([4, 2, 6, 5], bits: 32)
            + Array("axislebabbleyhood".utf8)
        #expect(try DeltaByteArray.decode(Bytes(body), limit: 4, byteLimit: 100).arrays == words)
        #expect(
            brokenRule { _ = try DeltaByteArray.decode(Bytes(body), limit: 4, byteLimit: 21) } == .limit(.pageSize))
    }

    @Test("random byte arrays with shared prefixes come back", arguments: UInt64(0)..<30)
    func byteArrays(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var values: [[UInt8]] = []
        for _ in 0..<Int.random(in: 0...600, using: &generator) {
            let kept = Int.random(in: 0...(values.last?.count ?? 0), using: &generator)
            let added = Int.random(in: 0...(seed % 2 == 0 ? 12 : 90), using: &generator)
            values.append(
                (values.last ?? []).prefix(kept)
                    + (0..<added).map { _ in UInt8.random(in: 0...3, using: &generator) })
        }
        let lengths = try DeltaLengthByteArray.decode(
            Bytes(TestEncoders.deltaLength(values)), limit: 600, byteLimit: .max)
        #expect(lengths.arrays == values, "seed \(seed)")
        let strings = try DeltaByteArray.decode(
            Bytes(TestEncoders.deltaByteArray(values)), limit: 600, byteLimit: 1 << 20)
        #expect(strings.arrays == values, "seed \(seed)")
    }

    @Test("the first of a page may share a prefix with the value before where one is given")
    func prefixOfThePageBefore() throws {
        let body =
            TestEncoders.delta([4, 4, 0], bits: 32)
            + TestEncoders.deltaLength(
                ["hood", "sit", "axis"].map { Array($0.utf8) })
        let before = Bytes("babble".utf8)
        let broken = brokenRule { _ = try DeltaByteArray.decode(Bytes(body), limit: 3, byteLimit: 99) }
        #expect(broken == .malformed(.prefixLength))
        let shifted = ["babbhood", "babbsit", "axis"].map { Array($0.utf8) }
        let runs = try DeltaByteArray.decode(Bytes(body), limit: 3, byteLimit: 99, before: before)
        #expect(runs.arrays == shifted)
        let tooFar = TestEncoders.delta([7], bits: 32) + TestEncoders.deltaLength([[1]])
        #expect(
            brokenRule { _ = try DeltaByteArray.decode(Bytes(tooFar), limit: 1, byteLimit: 99, before: before) }
                == .malformed(.prefixLength))
    }

    @Test("a chunk of an early parquet-mr goes on from page to page", arguments: [true, false])
    func acrossPages(isEarly: Bool) throws {
        let pages =
            HandMade.dataPage(TestEncoders.deltaByteArray([Array("axis".utf8)]), values: 1, encoding: 7)
            + HandMade.dataPage(
                TestEncoders.delta([2], bits: 32) + TestEncoders.deltaLength([Array("le".utf8)]), values: 1,
                encoding: 7)
        let schema = [
            HandMade.element("schema", repetition: nil, children: 1), HandMade.element("a", type: 6),
        ]
        let chunk = HandMade.chunk(type: 6, values: 2, bytes: Int64(pages.count))
        let footer = HandMade.footer(schema: schema, rows: 2, rowGroups: [HandMade.rowGroup([chunk], rows: 2)]) {
            $0.string(6, "parquet-mr version 1.\(isEarly ? 7 : 8).0 (build 0)")
        }
        let metadata = try FileMetadata(footer: Bytes(footer))
        let leaf = try SchemaTree(metadata.schema).leaves[0]
        var reader = ColumnChunkReader(chunk: Bytes(pages), leaf: leaf, metadata: metadata.rowGroups[0].columns[0])
        _ = try #require(try reader.nextPage())
        guard isEarly else {
            #expect(brokenRule { _ = try reader.nextPage() } == .malformed(.prefixLength))
            return
        }
        var page = try #require(try reader.nextPage())
        var offsets = ByteBuilder()
        var data = ByteBuilder()
        offsets.append(Int32(0))
        try page.values.take(1, dictionary: nil, byteLimit: .max, offsets: &offsets, data: &data)
        #expect([UInt8](data.freeze()) == Array("axle".utf8))
    }

    @Test("a negative length, a sum beyond the bytes and a prefix beyond the value before are refused")
    func hostileLengths() {
        func rule(_ lengths: [Int64], _ bytes: [UInt8]) -> DecodeFault.Kind? {
            brokenRule {
                _ = try DeltaLengthByteArray.decode(
                    Bytes(TestEncoders.delta(lengths, bits: 32) + bytes), limit: lengths.count, byteLimit: .max)
            }
        }
        #expect(rule([1, -1], [7]) == .malformed(.byteArrayLength))
        #expect(rule([1, 2], [7, 8]) == .truncated)
        #expect(rule([Int64(Int32.max), 1], [7]) == .malformed(.byteArrayLength))
        let body = TestEncoders.delta([0, 3], bits: 32) + TestEncoders.deltaLength([[1, 2], [3]])
        #expect(
            brokenRule { _ = try DeltaByteArray.decode(Bytes(body), limit: 2, byteLimit: 99) }
                == .malformed(.prefixLength))
        let short = TestEncoders.delta([0, 1], bits: 32) + TestEncoders.deltaLength([[1, 2]])
        #expect(
            brokenRule { _ = try DeltaByteArray.decode(Bytes(short), limit: 2, byteLimit: 99) }
                == .malformed(.deltaCount))
        let uneven = TestEncoders.deltaByteArray([[1, 2], [3]])
        #expect(
            brokenRule {
                _ = try DeltaByteArray.decodeFixedWidth(Bytes(uneven), byteWidth: 2, limit: 2, byteLimit: 99)
            } == .malformed(.fixedLength))
    }

    @Test("a block without bits stands for no more values than the limit has room for")
    func bomb() throws {
        // One miniblock of 2,147,483,640 values, each one more than the one before.
        let bytes: [UInt8] = [0xF8, 0xFF, 0xFF, 0xFF, 0x07, 1, 0xF8, 0xFF, 0xFF, 0xFF, 0x07, 0, 2, 0]
        let limit = Int(Int32.max)
        let faults = [
            brokenRule { _ = try decode(bytes, Int32.self, limit: limit, byteLimit: 1 << 20) },
            brokenRule { _ = try decode(bytes, Int64.self, limit: limit, byteLimit: 1 << 20) },
            brokenRule { _ = try DeltaLengthByteArray.decode(Bytes(bytes), limit: limit, byteLimit: 1 << 20) },
            brokenRule { _ = try DeltaByteArray.decode(Bytes(bytes), limit: limit, byteLimit: 1 << 20) },
        ]
        for fault in faults { #expect(fault == .limit(.pageSize)) }
        let few = [0x80, 0x01, 1, 0x80, 0x01, 0, 2, 0] as [UInt8]
        #expect(try decode(few, Int32.self, byteLimit: 512).values == Array(0..<128))
    }

    @Test("random bytes end in values or a fault")
    func hostile() {
        for seed in UInt64(0)..<3000 {
            var generator = SeededGenerator(seed: seed)
            let shape: [UInt8] = seed % 2 == 0 ? [0x80, 0x01, 4] : []
            let bytes =
                shape
                + (0..<Int.random(in: 0..<80, using: &generator)).map { _ in
                    UInt8.random(in: 0...(seed % 3 == 0 ? 255 : 40), using: &generator)
                }
            _ = try? decode(bytes, Int32.self, limit: 1000)
            _ = try? decode(bytes, Int64.self, limit: 1000)
            _ = try? DeltaByteArray.decode(Bytes(bytes), limit: 1000, byteLimit: 1 << 16)
        }
    }
}
