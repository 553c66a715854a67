import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import FoundationEssentials
import Testing

/// Streams exchanged with another implementation of Arrow by files: `NAME.arrows` and what it holds, `NAME.json`.
@Suite("Streams of other writers and for other readers")
struct PeerStreamTests {
    /// Files written by pyarrow and committed.
    static let goldenDirectory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/golden-ipc")

    /// The committed streams.
    static let golden: [URL] = files(in: goldenDirectory)

    /// The committed streams, and those in the directory that `IPC_INPUT` names.
    static let streams: [URL] =
        golden + (ProcessInfo.processInfo.environment["IPC_INPUT"].map { files(in: URL(filePath: $0)) } ?? [])

    private static func files(in directory: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { $0.hasSuffix(".arrows") }.sorted().map { directory.appending(path: $0) }
    }

    @Test("the committed streams are there")
    func goldenFilesExist() {
        #expect(Self.golden.count >= 20)
    }

    @Test("a stream of pyarrow has the schema and values that pyarrow says", arguments: streams)
    func readPeer(_ file: URL) throws {
        let json = file.deletingPathExtension().appendingPathExtension("json")
        let expected = try String(contentsOf: json, encoding: .utf8)
        let stream = try StreamDecoder.decode(Bytes(Data(contentsOf: file)))
        #expect(streamJSON(stream.schema, stream.batches) + "\n" == expected)
    }

    @Test("a stream of pyarrow, written again by us, still holds the same", arguments: streams)
    func rewritePeer(_ file: URL) throws {
        let stream = try StreamDecoder.decode(Bytes(Data(contentsOf: file)))
        for batch in stream.batches {
            let again = try StreamDecoder.decode(StreamEncoder.encode(batch))
            #expect(streamJSON(again.schema, again.batches) == streamJSON(batch.schema, [batch]))
        }
    }

    /// Types that pyarrow has no Python class for.
    private static let unknownToPyarrow: [DataType] = [.interval(.yearMonth), .interval(.dayTime)]

    @Test("random streams are written for another reader to check", arguments: 0..<8)
    func writeForPeer(_ group: Int) throws {
        for seed in group * 40..<(group + 1) * 40 {
            var random = RandomArrow(seed: UInt64(seed) + 10_000)
            random.flatTypes.removeAll { Self.unknownToPyarrow.contains($0) }
            // The first streams have one column of each type, so that none is left to chance.
            let types = random.flatTypes + RandomArrow.nestedTypes
            let schema =
                seed < types.count
                ? Schema([Field("value", types[seed]), Field("other", types[seed], metadata: ["k": "ü"])])
                : random.schema(fieldCount: 7, depth: 3)
            let rowCount = seed % 9 == 0 ? 0 : Int.random(in: 0...70, using: &random.generator)
            var batch = random.batch(schema, rowCount: rowCount)
            if seed % 3 == 0, rowCount > 5 { batch = batch.slice(3..<rowCount - 1) }
            let bytes = try StreamEncoder.encode(batch)
            let stream = try StreamDecoder.decode(bytes)
            let json = streamJSON(batch.schema, [batch])
            #expect(streamJSON(stream.schema, stream.batches) == json, "seed \(seed)")
            guard let output = ProcessInfo.processInfo.environment["IPC_OUTPUT"] else { continue }
            let file = URL(filePath: output).appending(path: "ours-\(seed).arrows")
            try Data([UInt8](bytes)).write(to: file)
            try Data(json.utf8).write(to: file.deletingPathExtension().appendingPathExtension("json"))
        }
    }

    @Test("streams with dictionaries, new ones in each batch, are written for another reader to check")
    func dictionariesForPeer() throws {
        func encoded(_ values: ArrayData, _ indices: [UInt8], nulls: UInt8) -> ArrayData {
            let valid = Bytes([nulls])
            return ArrayData(
                type: .dictionary(index: .uint8, value: values.type, isOrdered: values.type == .int32),
                count: indices.count, nullCount: indices.count - nulls.nonzeroBitCount,
                buffers: [valid, Bytes(indices)], children: [values])
        }
        var batches: [RecordBatch] = []
        for seed in 0..<3 as Range<UInt64> {
            var random = RandomArrow(seed: seed)
            let text = encoded(random.array(Field("", .utf8), count: 5), [4, 0, 0, 3], nulls: 0b1101)
            let number = encoded(random.array(Field("", .int32), count: 2), [0, 1, 1, 0], nulls: 0b1011)
            let large = encoded(random.array(Field("", .largeBinary), count: 3), [2, 2, 1], nulls: 0b111)
            let offsets = Bytes([0, 2, 2, 2, 3].flatMap { [UInt8($0), 0, 0, 0] })
            let list = ArrayData(
                type: .list(Field("item", large.type)), count: 4, nullCount: 0, buffers: [Bytes(), offsets],
                children: [large])
            let schema = Schema([Field("text", text.type), Field("list", list.type), Field("number", number.type)])
            batches.append(RecordBatch(schema: schema, rowCount: 4, columns: [text, list, number]))
            try batches[batches.count - 1].columns.forEach { try $0.validate() }
        }
        let writer = try StreamWriter(schema: batches[0].schema)
        #expect(try StreamDecoder.schema(of: writer.start) == writer.schema)
        #expect(throws: IPCError(.unsupported(.dictionary))) { _ = try StreamEncoder.encode(batches[0]) }
        let bytes = try batches.reduce([UInt8](writer.start)) { try $0 + [UInt8](writer.message(of: $1)) }
        guard let output = ProcessInfo.processInfo.environment["IPC_OUTPUT"] else { return }
        let file = URL(filePath: output).appending(path: "ours-dictionaries.arrows")
        try Data(bytes + [UInt8](StreamWriter.end)).write(to: file)
        try Data(streamJSON(writer.schema, batches).utf8)
            .write(to: file.deletingPathExtension().appendingPathExtension("json"))
    }
}
