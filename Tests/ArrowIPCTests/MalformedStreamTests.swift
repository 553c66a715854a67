import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import FoundationEssentials
import Testing

/// A stream taken apart into its messages, to be changed and put together again.
///
/// The places are those of a schema without metadata and of its batch, whose layout the known bytes of
/// `EncodedBytesTests` pin down.
struct StreamParts {
    var schema: [UInt8]
    var batch: [UInt8]

    init(_ batch: RecordBatch) throws {
        let alone = try [UInt8](StreamEncoder.encode(batch.schema)).dropLast(8)
        schema = Array(alone)
        self.batch = try Array([UInt8](StreamEncoder.encode(batch)).dropFirst(alone.count).dropLast(8))
    }

    /// One column of a type without nulls.
    init(_ type: DataType, rowCount: Int = 2) throws {
        var random = RandomArrow(seed: 1)
        try self.init(random.batch(Schema([Field("value", type, isNullable: false)]), rowCount: rowCount))
    }

    static let end: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

    var stream: Bytes { Bytes(schema + batch + Self.end) }
}

extension [UInt8] {
    fileprivate mutating func set<Value: FixedWidthInteger>(_ offset: Int, _ value: Value) {
        for index in 0..<MemoryLayout<Value>.size {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * Value(index)))
        }
    }
}

@Suite("Streams that break one rule")
struct MalformedStreamTests {
    @Test("framing")
    func framing() throws {
        let good = try StreamParts(.int8)
        expect(Bytes(), .malformed(.missingSchema))
        expect(Bytes(StreamParts.end), .malformed(.missingSchema))
        expect(Bytes(good.batch), .malformed(.batchBeforeSchema))
        expect(Bytes(good.schema + good.schema), .malformed(.secondSchema))
        expect(Bytes(good.schema.dropLast(1)), .truncated)
        expect(Bytes(good.schema + good.batch.dropLast(1)), .truncated)
        expect(Bytes(good.schema + [0xFF]), .truncated)
        expect(Bytes(good.schema + [0, 0, 0, 0, 0, 0, 0, 0]), .malformed(.continuationMarker))
        expect(Bytes(good.schema + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), .malformed(.metadataNegative))
        // The end may be left unmarked, and nothing after it is read.
        #expect(try StreamDecoder.decode(Bytes(good.schema + good.batch)).batches.count == 1)
        #expect(try StreamDecoder.decode(Bytes(good.schema + StreamParts.end + good.batch)).batches.isEmpty)
        #expect(try StreamDecoder.decode(Bytes(good.schema + good.batch + good.batch)).batches.count == 2)
    }

    @Test("the message table")
    func message() throws {
        let good = try StreamParts(.int8)
        expect(good, .malformed(.missingHeader)) { $0.schema.set(20, UInt16(0)) }
        expect(good, .malformed(.bodyNegative)) { $0.batch.set(32, Int64(-1)) }
        expect(good, .truncated) { $0.batch.set(32, Int64.max) }
        expect(good, .unsupported(.metadataVersion(2))) { $0.schema.set(44, UInt16(2)) }
        expect(good, .unsupported(.messageKind(4))) { $0.schema[46] = 4 }
        expect(good, .malformed(.flatBufferOffset)) { $0.schema.set(8, UInt32.max) }
        expect(good, .malformed(.flatBufferOffset)) { $0.schema.set(28, Int32.min) }
        expect(good, .malformed(.flatBufferOffset)) { $0.schema.set(12, UInt16(3)) }
    }

    @Test("the schema")
    func schema() throws {
        let good = try StreamParts(.int8)
        expect(good, .unsupported(.bigEndian)) { $0.schema[68] = 1 }
        expect(good, .malformed(.flatBufferOffset)) { $0.schema.set(72, UInt32.max) }
        expect(good, .malformed(.missingType), path: ["value"]) { $0.schema.set(90, UInt16(0)) }
        expect(good, .unsupported(.type("number 99")), path: ["value"]) { $0.schema[117] = 99 }
        expect(good, .malformed(.utf8)) { parts in
            let name = parts.schema.indices.first { parts.schema[$0...].starts(with: "value".utf8) }
            parts.schema[name ?? 0] = 0xFF
        }
        // An integer of no width, and of one that does not exist.
        let null = try StreamParts(.null)
        expect(null, .malformed(.typeParameter), path: ["value"]) { $0.schema[117] = 2 }
        // A type that needs a child, and one that has one too many.
        expect(null, .malformed(.childCount), path: ["value"]) { $0.schema[117] = 12 }
        let list = try StreamParts(.list(Field("item", .int8)))
        expect(list, .malformed(.childCount), path: ["value"]) { $0.schema[117] = 1 }
        expect(list, .malformed(.childCount), path: ["value"]) { $0.schema[117] = 17 }
    }

    @Test(
        "a number that stands for no unit or width is refused",
        arguments: [
            .float64, .date32, .time32(.second), .time64(.nanosecond), .timestamp(.second, timezone: nil),
            .duration(.second), .interval(.yearMonth), .decimal128(precision: 38, scale: 0),
            .fixedSizeBinary(byteWidth: 1), .int8,
        ] as [DataType])
    func typeParameter(_ type: DataType) throws {
        var parts = try StreamParts(type)
        // The type's table is what the reference at 108 points to; its first field has the widest alignment.
        let table = 108 + Int(parts.schema[108])
        for offset in table + 4..<table + 8 where offset < parts.schema.count { parts.schema[offset] = 0xFF }
        expect(parts.stream, .malformed(.typeParameter), path: ["value"])
    }

    @Test("the record batch")
    func batch() throws {
        let good = try StreamParts(.int8)
        expect(good, .malformed(.rowCount), path: ["value"]) { $0.batch.set(64, Int64(1)) }
        expect(good, .malformedArray(.negativeCount)) { $0.batch.set(64, Int64(-1)) }
        expect(good, .malformedArray(.validityTooShort), path: ["value"]) { $0.batch.set(96, Int64(1)) }
        expect(good, .malformedArray(.valuesTooShort), path: ["value"]) { $0.batch.set(136, Int64(1)) }
        expect(good, .malformed(.bufferOutsideBody), path: ["value"]) { $0.batch.set(128, Int64(7)) }
        expect(good, .malformed(.bufferOutsideBody), path: ["value"]) { $0.batch.set(128, Int64(-1)) }
        expect(good, .malformed(.bufferOutsideBody), path: ["value"]) { $0.batch.set(136, Int64.max) }
        expect(good, .malformed(.buffersOverlap), path: ["value"]) { $0.batch.set(120, Int64(8)) }
        let one = try StreamParts(.null)
        let nulls = ArrayData(type: .null, count: 2, nullCount: 2, buffers: [])
        let two = try StreamParts(
            RecordBatch(
                schema: Schema([Field("a", .null), Field("b", .null)]), rowCount: 2, columns: [nulls, nulls]))
        expect(Bytes(one.schema + two.batch), .malformed(.nodeCount))
        expect(Bytes(two.schema + one.batch), .malformed(.nodeCount), path: nil)
        let text = try StreamParts(.utf8)
        expect(Bytes(good.schema + text.batch), .malformed(.bufferCount))
        expect(Bytes(text.schema + good.batch), .malformed(.bufferCount), path: ["value"])
        let view = try StreamParts(.utf8View)
        expect(Bytes(view.schema + good.batch), .malformed(.variadicBufferCount), path: ["value"])
        expect(Bytes(one.schema + view.batch), .malformed(.bufferCount))
        expect(view, .malformed(.variadicBufferCount), path: ["value"]) { parts in
            parts.batch.set(parts.batch.count - 32 - 8 - Self.viewBodyByteCount(parts), Int64.max)
        }
    }

    /// The bytes after the variadic count, but for two views of 32 bytes.
    private static func viewBodyByteCount(_ parts: StreamParts) -> Int {
        let bodyByteCount = (0..<8).reduce(0) { $0 | Int(parts.batch[32 + $1]) << (8 * $1) }
        return bodyByteCount - 32
    }

    @Test("features that are not implemented are named", arguments: refusals)
    func unsupported(_ name: String, _ feature: IPCError.Feature) throws {
        let file = PeerStreamTests.goldenDirectory.appending(path: "unsupported/\(name).arrows")
        expect(try Bytes(Data(contentsOf: file)), .unsupported(feature), path: nil)
    }

    private static let refusals: [(String, IPCError.Feature)] = [
        ("compression-lz4", .compression), ("compression-zstd", .compression), ("dictionary", .dictionary),
        ("dictionary-child", .dictionary), ("union-sparse", .type("union")), ("union-dense", .type("union")),
        ("run-end", .type("runEndEncoded")),
    ]

    @Test("limits")
    func limits() throws {
        let parts = try StreamParts(.list(Field("item", .int8)))
        expect(parts.stream, .limit(.nestingDepth), path: ["value"]) { $0.nestingDepth = 1 }
        expect(parts.stream, .limit(.fieldCount), path: ["value"]) { $0.fieldCount = 1 }
        expect(parts.stream, .limit(.metadataByteCount)) { $0.metadataByteCount = 8 }
        expect(parts.stream, .limit(.batchCount)) { $0.batchCount = 0 }
        expect(parts.stream, .limit(.valueCount)) { $0.valueCount = 1 }

        var type = DataType.int8
        for _ in 0..<64 { type = .list(Field("item", type)) }
        let deep = try StreamEncoder.encode(Schema([Field("deep", type)]))
        expect(deep, .limit(.nestingDepth), path: nil)
        let metadata = Metadata((0..<50).map { ("key \($0)", "value") })
        let described = try StreamEncoder.encode(Schema([Field("a", .null)], metadata: metadata))
        expect(described, .limit(.fieldCount)) { $0.fieldCount = 50 }
    }

    @Test("one long text that several fields refer to is counted each time")
    func sharedText() throws {
        // The name of the second field is the last text of the message; the first name is made to refer to it too.
        let long = String(repeating: "x", count: 500)
        let schema = Schema([Field("y", .null), Field(long, .null)])
        var bytes = try [UInt8](StreamEncoder.encode(schema))
        let text = try #require(bytes.indices.first { bytes[$0...].starts(with: long.utf8) }) - 4
        let reference = 108
        #expect(bytes[(reference + Int(bytes[reference]) + 4)...].starts(with: "y".utf8))
        bytes.set(reference, UInt32(text - reference))
        #expect(try StreamDecoder.decode(Bytes(bytes)).schema.fields.map(\.name) == [long, long])
        expect(Bytes(bytes), .limit(.metadataByteCount)) { $0.metadataByteCount = bytes.count }
    }

    private func expect(
        _ bytes: Bytes, _ kind: IPCError.Kind, path: [String]? = [], location: SourceLocation = #_sourceLocation,
        limits change: (inout StreamDecoder.Limits) -> Void = { _ in }
    ) {
        var limits = StreamDecoder.Limits()
        change(&limits)
        do throws(IPCError) {
            _ = try StreamDecoder.decode(bytes, limits: limits)
            Issue.record("decoded", sourceLocation: location)
        } catch {
            #expect(error.kind == kind, sourceLocation: location)
            if let path { #expect(error.path == path, sourceLocation: location) }
        }
    }

    private func expect(
        _ good: StreamParts, _ kind: IPCError.Kind, path: [String] = [],
        location: SourceLocation = #_sourceLocation, change: (inout StreamParts) -> Void
    ) {
        var parts = good
        change(&parts)
        expect(parts.stream, kind, path: path, location: location)
    }
}
