import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import Testing

@Suite("Streams that we write, read back")
struct StreamRoundTripTests {
    @Test(
        "every type arrives with its parameters and values",
        arguments: RandomArrow.allFlatTypes + RandomArrow.nestedTypes
    )
    func everyType(_ type: DataType) throws {
        var random = RandomArrow(seed: 7)
        let schema = Schema([Field("value", type), Field("required", type, isNullable: type == .null)])
        for rowCount in [0, 1, 8, 65] {
            let batch = random.batch(schema, rowCount: rowCount)
            try expectRoundTrip(batch)
        }
    }

    @Test("random schemas and batches arrive whole", arguments: 0..<150)
    func randomBatches(_ seed: Int) throws {
        var random = RandomArrow(seed: UInt64(seed))
        let schema = random.schema(fieldCount: 8, depth: 3)
        let batch = random.batch(schema, rowCount: Int.random(in: 0...40, using: &random.generator))
        try expectRoundTrip(batch, "seed \(seed)")
    }

    @Test("a schema alone is a stream without batches")
    func schemaOnly() throws {
        var random = RandomArrow(seed: 3)
        let schema = random.schema(fieldCount: 12, depth: 2)
        let stream = try StreamDecoder.decode(StreamEncoder.encode(schema))
        #expect(stream.schema == schema)
        #expect(stream.batches.isEmpty)
    }

    @Test("an encoder is used for many batches of its schema")
    func manyBatches() throws {
        let schema = Schema([Field("a", .int64), Field("b", .utf8)], metadata: ["k": "v"])
        let encoder = try BatchStreamEncoder(schema: schema)
        var random = RandomArrow(seed: 11)
        for rowCount in 0..<20 {
            let batch = random.batch(schema, rowCount: rowCount)
            let bytes = try encoder.encode(batch)
            #expect(try bytes == StreamEncoder.encode(batch))
            #expect(try StreamDecoder.decode(bytes).batches.first?.json == batch.json)
        }
    }

    private func expectRoundTrip(_ batch: RecordBatch, _ comment: Comment? = nil) throws {
        let bytes = try StreamEncoder.encode(batch)
        #expect(try bytes.count == StreamEncoder.encodedByteCount(of: batch), comment)
        #expect(bytes.count % 8 == 0, comment)
        let stream = try StreamDecoder.decode(bytes)
        #expect(stream.schema == batch.schema, comment)
        #expect(stream.batches.count == 1, comment)
        let decoded = try #require(stream.batches.first)
        #expect(decoded.rowCount == batch.rowCount, comment)
        #expect(decoded.json == batch.json, comment)
        #expect(decoded.columns.map(\.nullCount) == batch.columns.map(\.nullCount), comment)
        // What was read is written again as the same bytes.
        #expect(try StreamEncoder.encode(decoded) == bytes, comment)
    }
}
