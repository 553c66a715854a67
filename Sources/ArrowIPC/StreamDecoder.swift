public import ArrowLayout
public import ByteCore

/// A schema and the record batches that follow it.
public struct DecodedStream: Sendable {
    /// The schema of the stream.
    public let schema: Schema
    /// The batches, whose buffers are windows of the decoded bytes.
    public let batches: [RecordBatch]
}

/// Reads Arrow IPC streams; every length and offset is checked, so that no bytes can trap it.
///
/// Spec: Arrow columnar format, "IPC Streaming Format".
/// Not done: dictionaries, compressed bodies, unions, run-end encoding, list views.
public enum StreamDecoder {
    /// Bounds on what a stream may ask for.
    public struct Limits: Hashable, Sendable {
        /// Deepest nesting of fields.
        public var nestingDepth = 64
        /// Most fields in a schema, children among them.
        public var fieldCount = 100_000
        /// Most bytes of metadata in a message.
        public var metadataByteCount = 64 << 20
        /// Most record batches in a stream.
        public var batchCount = 1 << 20
        /// Most values in an array.
        public var valueCount = Int(Int32.max)

        /// Creates the default bounds.
        public init() {}
    }

    /// Returns the schema and all batches of a stream.
    public static func decode(_ bytes: Bytes, limits: Limits = Limits()) throws(IPCError) -> DecodedStream {
        fatalError()
    }
}
