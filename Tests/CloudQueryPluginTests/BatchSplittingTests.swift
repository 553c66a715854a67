import ArrowIPC
import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Testing

@Suite("Splitting of batches")
struct BatchSplittingTests {
    private let table = Table(name: "texts", columns: [Field("t", .utf8)])

    /// Rows of as many bytes as given.
    private func batch(_ byteCounts: [Int]) throws -> RecordBatch {
        var builder = VariableBuilder<Int32>()
        for count in byteCounts { try builder.append(utf8: String(repeating: "x", count: count)) }
        return RecordBatch(schema: table.schema, rowCount: byteCounts.count, columns: [builder.freeze(.utf8)])
    }

    private func pieces(_ byteCounts: [Int], _ splitting: BatchSplitting) throws -> [Range<Int>] {
        try splitting.pieces(of: batch(byteCounts), encodedBy: BatchStreamEncoder(schema: table.schema))
    }

    @Test("a batch within the bounds stays whole, also an empty one")
    func whole() throws {
        #expect(try pieces([1, 2, 3], BatchSplitting()) == [0..<3])
        #expect(try pieces([], BatchSplitting()) == [0..<0])
        #expect(try pieces([1, 2, 3], BatchSplitting(maximumRowCount: 3)) == [0..<3])
    }

    @Test("rows are bounded")
    func rows() throws {
        let byRows = BatchSplitting(maximumRowCount: 2)
        #expect(try pieces([1, 1, 1, 1, 1], byRows).allSatisfy { $0.count <= 2 })
        #expect(try pieces([1, 1, 1, 1, 1], BatchSplitting(maximumRowCount: 1)).count == 5)
    }

    @Test("every message meets the bounds and all rows come once in order, whatever their sizes")
    func property() throws {
        let encoder = try BatchStreamEncoder(schema: table.schema)
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        for _ in 0..<100 {
            let byteCounts = (0..<random(40)).map { _ in random(20) == 0 ? 30_000 : random(2_000) }
            let splitting = BatchSplitting(
                maximumRowCount: 1 + random(20), preferredByteCount: 8_000, maximumByteCount: 50_000)
            let batch = try batch(byteCounts)
            let pieces = try splitting.pieces(of: batch, encodedBy: encoder)
            #expect(pieces.flatMap(Array.init) == Array(0..<byteCounts.count), "seed \(seed)")
            for rows in pieces {
                let byteCount = try encoder.encode(batch.slice(rows)).count
                #expect(rows.count <= splitting.maximumRowCount, "seed \(seed)")
                #expect(byteCount <= (rows.count > 1 ? 8_000 : 50_000), "seed \(seed)")
            }
        }
    }

    @Test("a row over the bound by itself is an error that names table, row and sizes")
    func oversized() throws {
        let splitting = BatchSplitting(preferredByteCount: 5_000, maximumByteCount: 10_000)
        #expect(try pieces([10, 8_000, 10], splitting).contains(1..<2))
        #expect {
            _ = try pieces([10, 10, 20_000, 10], splitting)
        } throws: { error in
            guard let error = error as? OversizedRow else { return false }
            return error.tableName == "texts" && error.rowIndex == 2 && error.byteCount > 20_000
                && error.maximumByteCount == 10_000
                && "\(error)".hasPrefix("table texts: row 2 needs a message of ")
        }
    }
}
