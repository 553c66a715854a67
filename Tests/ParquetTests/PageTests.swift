import ByteCore
import TestSupport
import Testing

@testable import Parquet

@Suite("Pages")
struct PageTests {
    private func leaf(definition: Int = 0, repetition: Int = 0) -> LeafColumn {
        LeafColumn(
            index: 0, path: ["a"], physicalType: .int32, repetition: .required, maxDefinitionLevel: definition,
            maxRepetitionLevel: repetition)
    }

    private func walker(
        _ pages: [UInt8], values: Int64 = 5, bytes: Int? = nil, limits: Limits = .default, leaf: LeafColumn? = nil
    ) throws -> PageWalker {
        let metadata = try ColumnChunkMetadata.made(
            HandMade.chunk(values: values, bytes: Int64(bytes ?? pages.count)))
        return PageWalker(chunk: Bytes(pages), leaf: leaf ?? self.leaf(), metadata: metadata, limits: limits)
    }

    private func pages(_ walker: PageWalker) throws -> [RawPage] {
        var walker = walker
        var result: [RawPage] = []
        while let page = try walker.next() { result.append(page) }
        return result
    }

    private func body(
        _ page: [UInt8], leaf: LeafColumn? = nil, codec: CompressionCodec = .uncompressed
    ) throws -> PageBody {
        let leaf = leaf ?? self.leaf()
        let page = try #require(try pages(walker(page, leaf: leaf)).first)
        var scratch = PageScratch()
        return try PageBody(page, leaf: leaf, codec: codec, scratch: &scratch)
    }

    @Test("dictionary, data, empty, index and unknown pages; bytes after the last value are left alone")
    func walk() throws {
        let values = HandMade.fiveValues
        let bytes =
            HandMade.dictionaryPage(values, values: 5) + HandMade.dataPage([], values: 0)
            + HandMade.dataPage(Array(values[..<8]), values: 2) + HandMade.page(1, [1, 2, 3])
            + HandMade.page(77, [4]) + HandMade.dataPageV2(Array(values[8...]), values: 3)
        let found = try pages(walker(bytes + [0xFF, 0xFF]))
        #expect(found.map(\.index) == [0, 2, 5])
        #expect(found.map(\.body.count) == [20, 8, 12])
        #expect(found.map(\.header.dataValueCount) == [nil, 2, 3])
        let dictionary = try #require(try DictionaryPage(found[0], codec: .uncompressed))
        #expect(dictionary.valueCount == 5)
        #expect(dictionary.encoding == .plainDictionary)
        #expect(Array(dictionary.values) == values)
        #expect(try DictionaryPage(found[1], codec: .uncompressed) == nil)
    }

    @Test("a page may end after the declared bytes but not start there")
    func declaredBytes() throws {
        let page = HandMade.dataPage(Array(HandMade.fiveValues[..<8]), values: 2)
        #expect(try pages(walker(page + page, values: 4, bytes: page.count + 1)).count == 2)
        #expect(throws: DecodeFault.malformed(.chunkValueCount)) {
            try pages(walker(page + page, values: 4, bytes: page.count))
        }
    }

    @Test("fewer values than declared, and more: then the rows of the footer hold")
    func valueCounts() throws {
        let page = HandMade.dataPage(HandMade.fiveValues, values: 5)
        #expect(throws: DecodeFault.malformed(.chunkValueCount)) { try pages(walker(page, values: 6)) }
        #expect(try pages(walker(page, values: 4)).map(\.header.dataValueCount) == [4])
        #expect(throws: DecodeFault.malformed(.chunkValueCount)) {
            try pages(walker(page, values: 4, leaf: leaf(definition: 1, repetition: 1)))
        }
        #expect(try pages(walker(page, values: 0)).isEmpty)
    }

    @Test("a second dictionary, and one after the data")
    func dictionaries() {
        let dictionary = HandMade.dictionaryPage([1, 0, 0, 0], values: 1)
        let page = HandMade.dataPage([1, 0, 0, 0], values: 1)
        for bytes in [dictionary + dictionary, page + dictionary + page] {
            #expect(throws: DecodeFault.malformed(.dictionaryNotFirst)) { try pages(walker(bytes)) }
        }
    }

    @Test("checksums, signed or not, are compared unless told otherwise")
    func checksums() throws {
        // From zlib.crc32; the upper bit is set, so that the two forms differ.
        let body = [UInt8](repeating: 2, count: 20)
        let checksum: Int64 = 0xC700_D131
        let signed = Int64(Int32(truncatingIfNeeded: checksum))
        for stored in [checksum, signed] {
            #expect(try pages(walker(HandMade.dataPage(body, values: 5, checksum: stored))).count == 1)
        }
        let wrong = HandMade.dataPage(body, values: 5, checksum: checksum ^ 1)
        #expect(throws: DecodeFault(.checksum)) { try pages(walker(wrong)) }
        var limits = Limits()
        limits.verifiesChecksums = false
        #expect(try pages(walker(wrong, limits: limits)).count == 1)
    }

    @Test("sizes and counts that must not be")
    func sizes() throws {
        let values = HandMade.fiveValues
        let faults: [([UInt8], DecodeFault.Kind)] = [
            (HandMade.dataPage(values, values: -1), .malformed(.negativeSize)),
            (HandMade.dataPage(values, values: 5, uncompressed: -1), .malformed(.negativeSize)),
            (HandMade.dataPage(values, values: 5, compressed: -20), .malformed(.negativeSize)),
            (HandMade.dataPage(values, values: 5, compressed: 21), .truncated),
            (HandMade.dataPage(values, values: 5, compressed: Int(Int32.max)), .truncated),
            (HandMade.dataPageV2(values, values: 5, nulls: 6), .malformed(.pageNullCount)),
            (HandMade.dataPageV2(values, values: 5, nulls: -1), .malformed(.negativeSize)),
            (HandMade.dataPageV2(values, values: 5, definition: -1), .malformed(.negativeSize)),
            (HandMade.page(0, values), .malformed(.missingField)),
            ([0] + values, .malformed(.missingField)),
        ]
        for (bytes, kind) in faults {
            #expect {
                try pages(walker(bytes))
            } throws: { error in
                (error as? DecodeFault)?.kind == kind
            }
        }
        var limits = Limits()
        limits.pageByteCount = 19
        #expect(throws: DecodeFault(.limit(.pageSize))) {
            try pages(walker(HandMade.dataPage(values, values: 5), limits: limits))
        }
    }

    @Test("levels of version 1 stand behind their length")
    func levelsV1() throws {
        let levels: [UInt8] = [2, 0, 0, 0, 10, 1, 3, 0, 0, 0, 7, 8, 9]
        let both = try body(
            HandMade.dataPage(levels + [42], values: 5), leaf: leaf(definition: 2, repetition: 1))
        #expect(Array(both.repetitionLevels) == [10, 1])
        #expect(Array(both.definitionLevels) == [7, 8, 9])
        #expect(Array(both.values) == [42])
        #expect(both.nullCount == nil)
        let none = try body(HandMade.dataPage(HandMade.fiveValues, values: 5, levels: 4))
        #expect(none.definitionLevels.isEmpty && none.repetitionLevels.isEmpty)
        #expect(none.values.count == 20)
        #expect(none.valueCount == 5)
    }

    @Test("levels of version 1 that leave the page, or are encoded otherwise")
    func badLevelsV1() {
        let optional = leaf(definition: 1)
        let faults: [([UInt8], Int, DecodeFault)] = [
            ([1, 0, 0], 3, DecodeFault(.truncated, at: 3)),
            ([2, 0, 0, 0, 1], 3, .malformed(.levelBytes)),
            ([0xFF, 0xFF, 0xFF, 0xFF, 1], 3, .malformed(.levelBytes)),
            ([], 4, .malformed(.levelBytes)),
            ([2, 0, 0, 0, 1, 1], 5, DecodeFault(.unsupported(.encoding(5)))),
        ]
        for (bytes, encoding, fault) in faults {
            #expect(throws: fault) {
                try body(HandMade.dataPage(bytes, values: 5, levels: encoding), leaf: optional)
            }
        }
    }

    /// One bit-packed run of levels in the hybrid: a group count with the lowest bit set, then `bitWidth` bytes each.
    private func run(_ levels: [Int], bitWidth: Int) -> [UInt8] {
        let groupCount = (levels.count + 7) / 8
        var bytes = [UInt8](repeating: 0, count: groupCount * bitWidth)
        for (index, level) in levels.enumerated() {
            for bit in 0..<bitWidth where level >> bit & 1 == 1 {
                bytes[(index * bitWidth + bit) / 8] |= 1 << UInt8((index * bitWidth + bit) % 8)
            }
        }
        return [UInt8(groupCount << 1 | 1)] + bytes
    }

    /// Levels one after the other, the highest bit of each byte first.
    private func highestBitFirst(_ levels: [Int], bitWidth: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (levels.count * bitWidth + 7) / 8)
        for (index, level) in levels.enumerated() {
            for bit in 0..<bitWidth where level >> (bitWidth - 1 - bit) & 1 == 1 {
                bytes[(index * bitWidth + bit) / 8] |= 0x80 >> UInt8((index * bitWidth + bit) % 8)
            }
        }
        return bytes
    }

    @Test("the deprecated bit-packed levels become one run of the hybrid", arguments: 1...8)
    func bitPackedLevels(bitWidth: Int) throws {
        var generator = SeededGenerator(seed: UInt64(bitWidth))
        for count in [1, 5, 7, 8, 9, 16, 100] {
            let levels = (0..<count).map { _ in Int.random(in: 0..<1 << bitWidth, using: &generator) }
            let packed = highestBitFirst(levels, bitWidth: bitWidth)
            let page = HandMade.dataPage(packed + [42], values: count, levels: 4)
            let column = leaf(definition: 1 << bitWidth - 1)
            let raw = try #require(try pages(walker(page, values: Int64(count), leaf: column)).first)
            var scratch = PageScratch()
            let body = try PageBody(raw, leaf: column, codec: .uncompressed, scratch: &scratch)
            #expect(Array(body.definitionLevels) == run(levels, bitWidth: bitWidth), "\(count) levels")
            #expect(Array(body.values) == [42])
        }
    }

    @Test("the example of the format's Encodings text, and Impala's other order of bits")
    func bitPackedOrder() throws {
        let packed: [UInt8] = [0b0000_0101, 0b0011_1001, 0b0111_0111]
        let column = leaf(definition: 7)
        let page = HandMade.dataPage(packed, values: 8, levels: 4)
        var raw = try #require(try pages(walker(page, values: 8, leaf: column)).first)
        var scratch = PageScratch()
        let body = try PageBody(raw, leaf: column, codec: .uncompressed, scratch: &scratch)
        #expect(Array(body.definitionLevels) == [3, 0b1000_1000, 0b1100_0110, 0b1111_1010])
        raw = RawPage(header: raw.header, body: raw.body, index: 0, quirks: .levelsLowestBitFirst)
        let impala = try PageBody(raw, leaf: column, codec: .uncompressed, scratch: &scratch)
        #expect(Array(impala.definitionLevels) == [3] + packed)
    }

    @Test("levels of version 2 are never compressed")
    func levelsV2() throws {
        let page = HandMade.dataPageV2(
            [10, 1, 7, 8, 9, 42], values: 5, nulls: 2, rows: 3, definition: 3, repetition: 2)
        let both = try body(page, leaf: leaf(definition: 2, repetition: 1))
        #expect(Array(both.repetitionLevels) == [10, 1])
        #expect(Array(both.definitionLevels) == [7, 8, 9])
        #expect(Array(both.values) == [42])
        #expect(both.valueCount == 5)
        #expect(both.nullCount == 2)
        #expect(both.rowCount == 3)
        // Levels that the schema does not need are passed over.
        let plain = try body(page)
        #expect(plain.repetitionLevels.isEmpty && plain.definitionLevels.isEmpty)
        #expect(Array(plain.values) == [42])
    }

    @Test("levels of version 2 that leave the page")
    func badLevelsV2() {
        for (definition, repetition, uncompressed) in [
            (7, 0, 6), (4, 3, 6), (Int(Int32.max), Int(Int32.max), 6), (3, 0, 2),
        ] {
            let page = HandMade.dataPageV2(
                [1, 2, 3, 4, 5, 6], values: 5, definition: definition, repetition: repetition,
                uncompressed: uncompressed)
            #expect(throws: DecodeFault.malformed(.levelBytes)) { try body(page, leaf: leaf(definition: 1)) }
        }
    }

    @Test("version 2 values are compressed unless the header says no and the sizes agree")
    func isCompressed() throws {
        // Snappy of fiveValues: a length, then one literal of twenty bytes.
        let snappy = [20, 19 << 2] + HandMade.fiveValues
        for flag in [nil, true, false] {
            let page = HandMade.dataPageV2(snappy, values: 5, isCompressed: flag, uncompressed: 20)
            #expect(Array(try body(page, codec: .snappy).values) == HandMade.fiveValues)
        }
        let stored = HandMade.dataPageV2(HandMade.fiveValues, values: 5, isCompressed: false)
        #expect(Array(try body(stored, codec: .snappy).values) == HandMade.fiveValues)
        // Nothing but nulls: no bytes at all under a codec.
        let nulls = HandMade.dataPageV2([10, 0], values: 5, nulls: 5, definition: 2)
        #expect(try body(nulls, leaf: leaf(definition: 1), codec: .snappy).values.isEmpty)
    }

    @Test("memory of pages is used again only when nobody looks at it")
    func scratch() throws {
        let snappy = Bytes([20, 19 << 2] + HandMade.fiveValues)
        var scratch = PageScratch()
        func decompress() throws -> Bytes {
            try Codec.snappy.decompress(snappy, to: 20, limits: .default, scratch: &scratch)
        }
        func address(_ bytes: Bytes) -> UInt { unsafe UInt(bitPattern: bytes.pointer.baseAddress) }
        let first = try decompress()
        let window = first[4..<8]
        let firstAddress = address(first)
        let second = try decompress()
        #expect(address(second) != firstAddress)
        #expect(Array(window) == [2, 0, 0, 0])
        var third: Bytes? = try decompress()
        let thirdAddress = try address(#require(third))
        third = nil
        #expect(try address(decompress()) == thirdAddress)
        #expect(Array(first) == HandMade.fiveValues && Array(second) == HandMade.fiveValues)
    }
}
