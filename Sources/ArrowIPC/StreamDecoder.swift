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
/// Not done: dictionaries, compressed bodies, unions, run-end encoding.
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
        var offset = 0
        var schema: Schema?
        var batches: [RecordBatch] = []
        while let message = try nextMessage(in: bytes, at: &offset, limits: limits) {
            guard message.bodyByteCount <= bytes.count - offset else { throw IPCError(.truncated) }
            let body = bytes[offset..<offset + message.bodyByteCount]
            offset += message.bodyByteCount
            switch (message.kind, schema) {
            case (.schema, nil):
                schema = try SchemaMessage.read(message.header, limits: limits)
            case (.schema, _):
                throw .malformed(.secondSchema)
            case (.recordBatch, let schema?):
                guard batches.count < limits.batchCount else { throw IPCError(.limit(.batchCount)) }
                batches.append(
                    try RecordBatchMessage.read(message.header, schema: schema, body: body, limits: limits))
            case (.recordBatch, nil):
                throw .malformed(.batchBeforeSchema)
            case (.dictionaryBatch, _):
                throw IPCError(.unsupported(.dictionary))
            }
        }
        guard let schema else { throw .malformed(.missingSchema) }
        return DecodedStream(schema: schema, batches: batches)
    }

    /// Returns the schema that a stream begins with, also of types that batches are not read of.
    ///
    /// Run-end encoded fields have the type of their values, and unions and unknown types null.
    public static func schema(of bytes: Bytes, limits: Limits = Limits()) throws(IPCError) -> Schema {
        var offset = 0
        guard let message = try nextMessage(in: bytes, at: &offset, limits: limits), message.kind == .schema else {
            throw .malformed(.missingSchema)
        }
        return try SchemaMessage.read(message.header, limits: limits, asHint: true)
    }

    /// Returns the message at `offset` and moves to its body; nil at the end of the stream, which may be unmarked.
    private static func nextMessage(
        in bytes: Bytes, at offset: inout Int, limits: Limits
    ) throws(IPCError) -> Message? {
        let left = bytes.count - offset
        guard left > 0 else { return nil }
        guard left >= MessageFrame.prefixByteCount else { throw IPCError(.truncated) }
        guard bytes.span.load(at: offset, as: UInt32.self) == MessageFrame.continuationMarker else {
            throw .malformed(.continuationMarker)
        }
        let length = Int(bytes.span.load(at: offset + 4, as: Int32.self))
        guard length != 0 else { return nil }
        guard length > 0 else { throw .malformed(.metadataNegative) }
        guard length <= limits.metadataByteCount else { throw IPCError(.limit(.metadataByteCount)) }
        guard length <= left - MessageFrame.prefixByteCount else { throw IPCError(.truncated) }
        let start = offset + MessageFrame.prefixByteCount
        offset = start + length
        return try Message(bytes[start..<offset])
    }
}
