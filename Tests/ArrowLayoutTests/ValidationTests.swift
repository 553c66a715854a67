import ArrowLayout
import ArrowTesting
import ByteCore
import Testing

@Suite("Checking arrays that come from outside")
struct ValidationTests {
    /// An array that breaks one rule, and the rule.
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: ArrayFault.Rule
        let array: ArrayData
        var testDescription: String { rule.rawValue }

        init(
            _ rule: ArrayFault.Rule, _ type: DataType, count: Int, nullCount: Int = 0, _ buffers: [String],
            children: [ArrayData] = []
        ) {
            self.rule = rule
            array = ArrayData(
                type: type, count: count, nullCount: nullCount, buffers: buffers.map { Bytes(hex: $0) },
                children: children)
        }
    }

    private static let item = Field("item", .uint8)
    private static let child = ArrayData(type: .uint8, count: 2, nullCount: 0, buffers: [Bytes(), Bytes([1, 2])])
    private static let dictionary = DataType.dictionary(index: .int8, value: .uint8, isOrdered: false)
    private static let longView = "0d000000 61616161 00000000"
    private static let longData = "61616161616161616161616161"

    static let cases: [Case] = [
        Case(.negativeCount, .int8, count: -1, ["", ""]),
        Case(.bufferCount, .int8, count: 0, [""]),
        Case(.bufferCount, .int8, count: 0, ["", "", ""]),
        Case(.bufferCount, .int8, count: 0, []),
        Case(.bufferCount, .null, count: 1, nullCount: 1, [""]),
        Case(.bufferCount, .utf8View, count: 0, [""]),
        Case(.nullCount, .null, count: 2, nullCount: 1, []),
        Case(.nullCount, .int8, count: 2, nullCount: 1, ["03", "0000"]),
        Case(.nullCount, .int8, count: 2, nullCount: -1, ["03", "0000"]),
        Case(.nullCount, .int8, count: 2, nullCount: 0, ["01", "0000"]),
        Case(.validityTooShort, .int8, count: 9, nullCount: 1, ["ff", "000000000000000000"]),
        Case(.validityTooShort, .int8, count: 1, nullCount: 1, ["", "00"]),
        Case(.valuesTooShort, .bool, count: 9, ["", "00"]),
        Case(.valuesTooShort, .int32, count: 2, ["", "00000000000000"]),
        Case(.valuesTooShort, .int64, count: .max, ["", ""]),
        Case(.valuesTooShort, .fixedSizeBinary(byteWidth: -1), count: 1, ["", ""]),
        Case(.offsetsTooShort, .utf8, count: 1, ["", "00000000", ""]),
        Case(.offsetsTooShort, .utf8, count: 0, ["", "000000", ""]),
        Case(.offsetsTooShort, .largeBinary, count: .max, ["", "0000000000000000", ""]),
        Case(.offsetsDecrease, .utf8, count: 2, ["", "000000000200000001000000", "6161"]),
        Case(.offsetsDecrease, .binary, count: 1, ["", "ffffffff00000000", "6161"]),
        Case(.offsetBeyondValues, .utf8, count: 1, ["", "0000000003000000", "6161"]),
        Case(.offsetBeyondValues, .largeUtf8, count: 1, ["", "0000000000000000ffffffffffffff7f", "6161"]),
        Case(.offsetBeyondValues, .list(item), count: 1, ["", "0000000003000000"], children: [child]),
        Case(.offsetsTooShort, .listView(item), count: 1, ["", "000000", "00000000"], children: [child]),
        Case(.sizesTooShort, .largeListView(item), count: 1, ["", "0000000000000000", "00"], children: [child]),
        Case(.sizesTooShort, .listView(item), count: 1, ["", "00000000", ""], children: [child]),
        Case(.listOutside, .listView(item), count: 1, ["", "03000000", "00000000"], children: [child]),
        Case(.listOutside, .listView(item), count: 1, ["", "01000000", "02000000"], children: [child]),
        Case(.listOutside, .listView(item), count: 1, ["", "ffffffff", "01000000"], children: [child]),
        Case(.listOutside, .listView(item), count: 1, ["", "01000000", "ffffffff"], children: [child]),
        Case(
            .listOutside, .largeListView(item), count: 1, ["", "ffffffffffffff7f", "ffffffffffffff7f"],
            children: [child]),
        // That of a null must be inside, too.
        Case(.listOutside, .listView(item), count: 1, nullCount: 1, ["00", "01000000", "02000000"], children: [child]),
        Case(.bufferCount, .listView(item), count: 1, ["", "00000000"], children: [child]),
        Case(.indexOutside, dictionary, count: 2, ["", "0002"], children: [child]),
        Case(.indexOutside, dictionary, count: 1, ["", "ff"], children: [child]),
        Case(.utf8, .utf8, count: 1, ["", "0000000001000000", "ff"]),
        Case(.utf8, .utf8, count: 2, ["", "000000000100000002000000", "c3a9"]),
        Case(.utf8, .utf8View, count: 1, ["", "01000000ff0000000000000000000000"]),
        Case(.utf8, .utf8View, count: 1, ["", longView + "00000000", "616161616161616161616161ff"]),
        Case(.utf8, .utf8View, count: 1, ["", longView + "00000000", "616161616161616161616161c3a9"]),
        Case(.viewsTooShort, .binaryView, count: 1, ["", "0000000000000000000000"]),
        Case(.viewOutside, .binaryView, count: 1, ["", "ffffffff000000000000000000000000"]),
        Case(.viewOutside, .binaryView, count: 1, ["", longView + "01000000", longData]),
        Case(.viewOutside, .binaryView, count: 1, ["", longView + "ffffffff", longData]),
        Case(.viewOutside, .binaryView, count: 1, ["", "0d000000 61616161 01000000 00000000", longData]),
        Case(.viewOutside, .binaryView, count: 1, ["", "0d000000 61616161 ffffffff 00000000", longData]),
        Case(.viewPrefix, .binaryView, count: 1, ["", "0d000000 62616161 00000000 00000000", longData]),
        Case(.childCount, .list(item), count: 0, ["", ""]),
        Case(.childCount, .int8, count: 0, ["", ""], children: [child]),
        Case(.childTooShort, .structure([item]), count: 3, [""], children: [child]),
        Case(.childTooShort, .fixedSizeList(item, count: 2), count: 2, [""], children: [child]),
        Case(.childTooShort, .fixedSizeList(item, count: 4), count: .max / 2, [""], children: [child]),
        Case(.childTooShort, .fixedSizeList(item, count: -1), count: 1, [""], children: [child]),
        Case(.childType, .structure([Field("a", .int8)]), count: 1, [""], children: [child]),
    ]

    @Test("an array that breaks a rule is refused by that rule", arguments: cases)
    func broken(_ example: Case) {
        do throws(ArrayFault) {
            try example.array.validate()
            Issue.record("passed")
        } catch {
            #expect(error.rule == example.rule)
        }
    }

    @Test("every rule of the validator has a case")
    func allRules() {
        // Only builders meet values that are too long for their offsets.
        let expected = Set(ArrayFault.Rule.allCases).subtracting([.offsetOverflow, .wideningOverflow])
        #expect(Set(Self.cases.map(\.rule)) == expected)
    }

    @Test("indices of nulls may be anything, those of values must be inside their dictionary")
    func nullIndices() throws {
        let array = ArrayData(
            type: Self.dictionary, count: 2, nullCount: 1, buffers: [Bytes([1]), Bytes([1, 9])], children: [Self.child])
        try array.validate()
        let view = ArrayView(array)
        #expect((0..<2).map { view.dictionaryIndex(at: $0) } == [1, nil])
        #expect(ArrayView(array.slice(1..<2)).isNull(at: 0) && array.slice(0..<1).children[0].count == 2)
    }

    @Test("a fault in a child names the way to it")
    func path() {
        let text = Field("name", .utf8)
        let bad = ArrayData(
            type: .utf8, count: 1, nullCount: 0, buffers: [Bytes(), Bytes(hex: "0000000001000000"), Bytes([0xFF])])
        let row = Field("row", .structure([text]))
        let array = ArrayData(
            type: .structure([row]), count: 1, nullCount: 0, buffers: [Bytes()],
            children: [ArrayData(type: row.type, count: 1, nullCount: 0, buffers: [Bytes()], children: [bad])])
        do throws(ArrayFault) {
            try array.validate()
            Issue.record("passed")
        } catch {
            #expect(error == ArrayFault(.utf8, path: ["row", "name"]))
        }
    }

    @Test("what has no meaning is not checked: bytes of nulls, unused bits, offsets of no values")
    func allowed() throws {
        try Self.array(.utf8, count: 2, nullCount: 1, ["fe", "000000000100000002000000", "ff61"]).validate()
        try Self.array(.utf8, count: 0, nullCount: 0, ["", "", ""]).validate()
        try Self.array(
            .binaryView, count: 1, nullCount: 1, ["00", "ffffffffffffffffffffffffffffffff"]
        ).validate()
        try Self.array(.int8, count: 1, nullCount: 0, ["ff", "00000000"]).validate()
    }

    private static func array(_ type: DataType, count: Int, nullCount: Int, _ buffers: [String]) -> ArrayData {
        ArrayData(type: type, count: count, nullCount: nullCount, buffers: buffers.map { Bytes(hex: $0) })
    }
}
