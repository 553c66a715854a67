import ArrowLayout
import ArrowTesting
import ByteCore
import Testing

@Suite("Cutting arrays by rows")
struct SliceTests {
    @Test(
        "the rows of a cut are those of the whole, for every type",
        arguments: RandomArrow.allFlatTypes + RandomArrow.nestedTypes)
    func everyType(_ type: DataType) throws {
        var random = RandomArrow(seed: 99)
        let array = random.array(Field("value", type), count: 90)
        try array.validate()
        for rows in [0..<0, 0..<90, 0..<1, 3..<3, 5..<14, 8..<90, 63..<90, 90..<90] {
            try expectCut(array, rows)
        }
    }

    @Test("cuts of cuts of random nested arrays", arguments: 0..<120)
    func random(_ seed: Int) throws {
        var random = RandomArrow(seed: UInt64(seed))
        let array = random.array(random.field(depth: 3), count: Int.random(in: 0...60, using: &random.generator))
        try array.validate()
        let start = Int.random(in: 0...array.count, using: &random.generator)
        let end = Int.random(in: start...array.count, using: &random.generator)
        let cut = try expectCut(array, start..<end, "seed \(seed)")
        try expectCut(cut, cut.count / 3..<cut.count, "seed \(seed)")
    }

    @Test("a cut of text starts its offsets at zero and has the text of its rows only")
    func rebasing() throws {
        var builder = VariableBuilder<Int32>()
        for text in ["one", "two", "three"] { try builder.append(utf8: text) }
        let cut = builder.freeze(.utf8).slice(1..<3)
        #expect(cut.buffers.map(\.hex) == ["", "000000000300000008000000", Bytes(Array("twothree".utf8)).hex])
    }

    @Test("a cut without nulls has no validity buffer")
    func validity() {
        var builder = PrimitiveBuilder<UInt8>()
        for value in [1, nil, 3, 4] as [UInt8?] { builder.append(value) }
        let array = builder.freeze(.uint8)
        #expect(array.slice(2..<4).buffers[0].isEmpty)
        #expect(array.slice(1..<4).nullCount == 1)
    }

    @Test("batches are cut column by column")
    func batch() {
        var random = RandomArrow(seed: 4)
        let schema = Schema([Field("a", .int32), Field("b", .list(Field("item", .utf8)))])
        let batch = random.batch(schema, rowCount: 20)
        let cut = batch.slice(4..<9)
        #expect(cut.rowCount == 5)
        #expect(cut.schema == schema)
        #expect(ArrayView(cut.columns[1]).json(at: 0) == ArrayView(batch.columns[1]).json(at: 4))
    }

    @discardableResult
    private func expectCut(_ array: ArrayData, _ rows: Range<Int>, _ comment: Comment? = nil) throws -> ArrayData {
        let cut = array.slice(rows)
        try cut.validate()
        #expect(cut.count == rows.count, comment)
        #expect(cut.type == array.type, comment)
        let (whole, view) = (ArrayView(array), ArrayView(cut))
        #expect(rows.map { whole.json(at: $0) } == (0..<cut.count).map { view.json(at: $0) }, comment)
        #expect(cut.nullCount == (0..<cut.count).count { view.isNull(at: $0) }, comment)
        return cut
    }
}
