public import ArrowLayout
public import ByteCore

/// Writes one Arrow IPC stream of many batches, part by part: `start`, any number of batches, `end`.
///
/// Spec: Arrow columnar format, "IPC Streaming Format". Nothing is kept, so a stream may be longer than memory.
public struct StreamWriter: Sendable {
    /// The schema of all batches.
    public let schema: Schema
    /// The bytes that a stream begins with.
    public let start: Bytes

    /// Creates a writer of batches of one schema.
    ///
    /// - Throws: what `StreamEncoder.encode(_: Schema)` throws, and `limit(.nestingDepth)` beyond 64 fields inside each
    ///   other, which is where other readers stop, ours among them.
    public init(schema: Schema) throws(IPCError) {
        for field in schema.fields {
            guard !Self.isDeeper(field.type, than: StreamDecoder.Limits().nestingDepth) else {
                throw IPCError(.limit(.nestingDepth), path: [field.name])
            }
        }
        self.schema = schema
        start = try SchemaMessage.write(
            schema, to: ByteBuilder(capacity: 256 * schema.fields.count + 256)
        ).freeze()
    }

    private static func isDeeper(_ type: DataType, than depth: Int) -> Bool {
        depth == 0 || type.children.contains { isDeeper($0.type, than: depth - 1) }
    }

    /// The bytes that a stream ends with.
    public static let end: Bytes = {
        var bytes = ByteBuilder(capacity: MessageFrame.prefixByteCount)
        MessageFrame.end(&bytes)
        return bytes.freeze()
    }()

    /// Returns the messages of one valid batch of the schema: its dictionaries, which replace earlier ones, and itself.
    ///
    /// - Throws: `limit(.metadataByteCount)` for a batch of more buffers than the format can list.
    public func message(of batch: RecordBatch) throws(IPCError) -> Bytes {
        precondition(batch.schema == schema, "StreamWriter: a batch of another schema")
        let body = BatchBody(batch)
        let dictionaries = body.dictionaries.map { ($0.count, BatchBody(dictionary: $0)) }
        var bytes = ByteBuilder(
            capacity: dictionaries.reduce(RecordBatchMessage.byteCount(of: body)) {
                $0 + RecordBatchMessage.byteCount(of: $1.1) + 64
            })
        for (number, dictionary) in dictionaries.enumerated() {
            bytes = try RecordBatchMessage.write(
                dictionary.1, rowCount: dictionary.0, dictionary: number, to: bytes)
        }
        return try RecordBatchMessage.write(body, rowCount: batch.rowCount, to: bytes).freeze()
    }
}
