public import ArrowLayout
public import ByteCore

/// Writes complete Arrow IPC streams: schema, at most one record batch, end of stream.
///
/// Spec: Arrow columnar format, "IPC Streaming Format"; metadata version 5, buffers padded to 8 bytes.
public enum StreamEncoder {
    /// Returns a stream of a schema and no batches.
    ///
    /// - Throws: `malformed(.typeParameter)` for a type that the format cannot say, `limit` beyond 2 GiB of metadata.
    public static func encode(_ schema: Schema) throws(IPCError) -> Bytes {
        var bytes = try SchemaMessage.write(schema, to: ByteBuilder(capacity: 256 * schema.fields.count + 256))
        MessageFrame.end(&bytes)
        return bytes.freeze()
    }

    /// Returns a stream of a batch's schema and that batch.
    public static func encode(_ batch: RecordBatch) throws(IPCError) -> Bytes {
        try BatchStreamEncoder(schema: batch.schema).encode(batch)
    }

    /// Returns the number of bytes that `encode` returns for a batch, without encoding its values.
    public static func encodedByteCount(of batch: RecordBatch) throws(IPCError) -> Int {
        try BatchStreamEncoder(schema: batch.schema).encodedByteCount(of: batch)
    }
}

/// Writes streams of one batch each that share a schema, whose message is built once.
public struct BatchStreamEncoder: Sendable {
    /// The schema of all batches.
    public let schema: Schema
    private let schemaMessage: Bytes

    /// Creates an encoder of batches of one schema.
    ///
    /// - Throws: what `StreamEncoder.encode(_: Schema)` throws, and `unsupported` for dictionaries, which only
    ///   `StreamWriter` writes.
    public init(schema: Schema) throws(IPCError) {
        guard !schema.fields.contains(where: { Self.hasDictionary($0.type) }) else {
            throw IPCError(.unsupported(.dictionary))
        }
        self.schema = schema
        schemaMessage = try SchemaMessage.write(
            schema, to: ByteBuilder(capacity: 256 * schema.fields.count + 256)
        ).freeze()
    }

    private static func hasDictionary(_ type: DataType) -> Bool {
        if case .dictionary = type { return true }
        return type.children.contains { hasDictionary($0.type) }
    }

    /// Returns the number of bytes that `encode` returns for a batch, without encoding it.
    public func encodedByteCount(of batch: RecordBatch) -> Int {
        byteCount(of: BatchBody(batch))
    }

    /// Returns a stream of the schema and one valid batch of it, in one allocation.
    ///
    /// - Throws: `limit(.metadataByteCount)` for a batch of more buffers than the format can list.
    public func encode(_ batch: RecordBatch) throws(IPCError) -> Bytes {
        precondition(batch.schema == schema, "BatchStreamEncoder: a batch of another schema")
        let body = BatchBody(batch)
        var bytes = ByteBuilder(capacity: byteCount(of: body))
        bytes.append(contentsOf: schemaMessage)
        bytes = try RecordBatchMessage.write(body, rowCount: batch.rowCount, to: bytes)
        MessageFrame.end(&bytes)
        return bytes.freeze()
    }

    private func byteCount(of body: BatchBody) -> Int {
        schemaMessage.count + RecordBatchMessage.byteCount(of: body) + MessageFrame.prefixByteCount
    }
}
