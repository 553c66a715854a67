public import ArrowLayout
public import ByteCore

/// Writes complete Arrow IPC streams: schema, at most one record batch, end of stream.
///
/// Spec: Arrow columnar format, "IPC Streaming Format"; metadata version 5, buffers padded to 8 bytes.
public enum StreamEncoder {
    /// Returns a stream of a schema and no batches.
    public static func encode(_ schema: Schema) throws(IPCError) -> Bytes {
        fatalError()
    }

    /// Returns a stream of a batch's schema and that batch.
    public static func encode(_ batch: RecordBatch) throws(IPCError) -> Bytes {
        try BatchStreamEncoder(schema: batch.schema).encode(batch)
    }
}

/// Writes streams of one batch each that share a schema, whose message is built once.
public struct BatchStreamEncoder: Sendable {
    /// The schema of all batches.
    public let schema: Schema

    /// Creates an encoder of batches of one schema.
    public init(schema: Schema) throws(IPCError) {
        self.schema = schema
    }

    /// Returns the number of bytes that `encode` returns for a batch, without encoding it.
    public func encodedByteCount(of batch: RecordBatch) -> Int {
        fatalError()
    }

    /// Returns a stream of the schema and one batch of it.
    public func encode(_ batch: RecordBatch) throws(IPCError) -> Bytes {
        fatalError()
    }
}
