import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import Testing

@Suite("The bytes of a stream")
struct EncodedBytesTests {
    /// Two rows of a required integer and a text of which one is null, with metadata on both levels.
    private func batch() throws -> RecordBatch {
        let schema = Schema(
            [Field("id", .int64, isNullable: false, metadata: ["k": "v"]), Field("name", .utf8)],
            metadata: ["table": "t"])
        var ids = PrimitiveBuilder<Int64>()
        ids.append(contentsOf: [1, -1])
        var names = VariableBuilder<Int32>()
        try names.append(utf8: "ab")
        names.appendNull()
        return RecordBatch(schema: schema, rowCount: 2, columns: [ids.freeze(.int64), names.freeze(.utf8)])
    }

    // Read by pyarrow 26.0.1 as the batch above, when it was first written.
    @Test("a small batch is written as these bytes")
    func knownBytes() throws {
        let expected = Bytes(
            hex: """
                ffffffff 30010000 14000000 0c001300 10001200 0c000400 00000000 10000000
                00000000 00000000 14000000 04000100 0a000e00 0c000400 08000000 0c000000
                0c000000 c8000000 00000000 02000000 1c000000 8c000000 12001600 04001400
                15000800 00000c00 10000000 14000000 14000000 20000000 28000000 28000000
                00020000 02000000 69640000 08000900 04000800 08000000 40000000 01000000
                00000000 01000000 0c000000 08000c00 04000800 08000000 08000000 0c000000
                01000000 6b000000 01000000 76001200 12000400 10001100 08000000 0c000000
                12000000 10000000 1c000000 1c000000 01050000 04000000 6e616d65 00000400
                04000000 06000000 00000000 01000000 04000000 68000000 08000000 10000000
                05000000 7461626c 65000000 01000000 74000000 00000000 ffffffff c8000000
                14000000 0c001300 10001200 0c000400 00000000 10000000 30000000 00000000
                14000000 04000300 0a001400 04000c00 10000000 0c000000 02000000 00000000
                0c000000 30000000 00000000 02000000 02000000 00000000 00000000 00000000
                02000000 00000000 01000000 00000000 00000000 05000000 00000000 00000000
                00000000 00000000 00000000 00000000 10000000 00000000 10000000 00000000
                01000000 00000000 18000000 00000000 0c000000 00000000 28000000 00000000
                02000000 00000000 01000000 00000000 ffffffff ffffffff 01000000 00000000
                00000000 02000000 02000000 00000000 61620000 00000000 ffffffff 00000000
                """)
        let bytes = try StreamEncoder.encode(batch())
        #expect(bytes.hex == expected.hex)
    }

    @Test("every buffer starts at a multiple of 8 and the size is known beforehand", arguments: 0..<40)
    func sizes(_ seed: Int) throws {
        var random = RandomArrow(seed: UInt64(seed))
        let schema = random.schema(fieldCount: 9, depth: 3)
        let encoder = try BatchStreamEncoder(schema: schema)
        for rowCount in [0, 1, 7, 30] {
            let batch = random.batch(schema, rowCount: rowCount)
            let bytes = try encoder.encode(batch)
            #expect(bytes.count == encoder.encodedByteCount(of: batch), "seed \(seed)")
            #expect(try bytes.count == StreamEncoder.encodedByteCount(of: batch), "seed \(seed)")
            #expect(bytes.count % 8 == 0, "seed \(seed)")
        }
    }

    @Test("what lies in buffers after the values of an array is not sent")
    func exactLengths() throws {
        let schema = Schema([Field("a", .int8), Field("b", .utf8)])
        let long = Bytes([UInt8](repeating: 0, count: 4096))
        let columns = [
            ArrayData(type: .int8, count: 2, nullCount: 0, buffers: [long, long]),
            ArrayData(type: .utf8, count: 2, nullCount: 2, buffers: [long, long, Bytes()]),
        ]
        let stream = try StreamDecoder.decode(
            StreamEncoder.encode(RecordBatch(schema: schema, rowCount: 2, columns: columns)))
        #expect(stream.batches[0].columns.map { $0.buffers.map(\.count) } == [[0, 2], [1, 12, 0]])
    }

    @Test("an array of no values is written with its one offset, which its buffer may leave out")
    func zeroOffset() throws {
        let schema = Schema([Field("b", .utf8), Field("c", .largeBinary)])
        let columns = schema.fields.map { field in
            ArrayData(type: field.type, count: 0, nullCount: 0, buffers: [Bytes(), Bytes(), Bytes()])
        }
        let stream = try StreamDecoder.decode(
            StreamEncoder.encode(RecordBatch(schema: schema, rowCount: 0, columns: columns)))
        #expect(stream.batches[0].columns.map { $0.buffers[1].hex } == ["00000000", "0000000000000000"])
    }

    @Test("metadata keeps its order and repeated keys")
    func metadataOrder() throws {
        let metadata = Metadata([("z", "1"), ("a", "2"), ("z", "3"), ("", "")])
        let schema = Schema([Field("f", .null, metadata: metadata)], metadata: metadata)
        let decoded = try StreamDecoder.decode(StreamEncoder.encode(schema)).schema
        #expect(decoded == schema)
        #expect(decoded.fields[0].metadata["z"] == "1")
    }

    @Test("a size that the format cannot say is an error that names the field")
    func typeParameter() throws {
        let inner = Field("inner", .fixedSizeBinary(byteWidth: 1 << 31))
        do throws(IPCError) {
            _ = try StreamEncoder.encode(Schema([Field("outer", .structure([inner]))]))
            Issue.record("encoded")
        } catch {
            #expect(error == IPCError(.malformed(.typeParameter), path: ["outer", "inner"]))
        }
    }
}
