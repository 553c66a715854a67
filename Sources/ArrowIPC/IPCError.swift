public import ArrowLayout

/// Why an Arrow IPC stream could not be read or written, and in which field.
public struct IPCError: Error, Hashable, Sendable {
    /// What is wrong, by what the reader of the error can do about it.
    public enum Kind: Hashable, Sendable {
        /// The bytes end before the stream does.
        case truncated
        /// The bytes break a rule of the IPC format.
        case malformed(Rule)
        /// The values break a rule of the columnar format.
        case malformedArray(ArrayFault.Rule)
        /// The stream uses a feature that is not implemented here.
        case unsupported(Feature)
        /// The stream asks for more than the configured bound.
        case limit(Limit)
    }

    /// The sentence of the IPC specification that the bytes break.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case batchBeforeSchema = "a record batch comes before the schema"
        case bodyNegative = "a message body has a negative length"
        case bufferCount = "a record batch has another number of buffers than its schema asks for"
        case bufferOutsideBody = "a buffer lies outside the message body"
        case buffersOverlap = "the buffers of a record batch are longer than its body"
        case childCount = "a field has another number of children than its type"
        case continuationMarker = "a message does not start with the continuation marker"
        case flatBufferOffset = "an offset in the metadata points outside of it"
        case metadataNegative = "the metadata of a message has a negative length"
        case missingHeader = "a message has no header"
        case missingSchema = "a stream has no schema"
        case missingType = "a field has no type"
        case nodeCount = "a record batch has another number of field nodes than its schema"
        case rowCount = "a column has another length than its record batch"
        case secondSchema = "a stream has a second schema"
        case typeParameter = "a type has a parameter outside of its range"
        case utf8 = "a name or metadata text is not UTF-8"
        case variadicBufferCount = "a record batch has another number of variadic buffer counts than view columns"
    }

    /// The feature of the format that is not implemented here.
    public enum Feature: Hashable, Sendable {
        /// Values stored big-endian.
        case bigEndian
        /// Compressed buffers.
        case compression
        /// Dictionary-encoded fields.
        case dictionary
        /// A kind of message, by its number in the format.
        case messageKind(UInt8)
        /// A metadata version, by its number in the format.
        case metadataVersion(Int16)
        /// A type, by its name in the format.
        case type(String)
    }

    /// The bound that the stream exceeds.
    public enum Limit: String, Hashable, Sendable, CaseIterable {
        case batchCount = "number of record batches"
        case fieldCount = "number of fields"
        case metadataByteCount = "bytes of metadata"
        case nestingDepth = "nesting depth"
        case valueCount = "number of values in an array"
    }

    /// What is wrong.
    public let kind: Kind
    /// The names of the fields that lead to the fault, outermost first; empty where no field is at fault.
    public var path: [String]

    /// Creates an error about a field, or about the stream as a whole.
    public init(_ kind: Kind, path: [String] = []) {
        self.kind = kind
        self.path = path
    }

    /// Bytes that break a rule of the IPC format.
    static func malformed(_ rule: Rule) -> IPCError { IPCError(.malformed(rule)) }

    /// Returns the same error seen from the parent field `name`.
    func inside(_ name: String) -> IPCError { IPCError(kind, path: [name] + path) }
}

extension IPCError: CustomStringConvertible {
    /// The field path and what is wrong, in one line.
    public var description: String {
        let place = path.isEmpty ? "" : "column \"\(path.joined(separator: "."))\": "
        return place + reason
    }

    private var reason: String {
        switch kind {
        case .truncated: "the Arrow stream ends early"
        case .malformed(let rule): "malformed Arrow stream: \(rule.rawValue)"
        case .malformedArray(let rule): "malformed Arrow array: \(rule.rawValue)"
        case .unsupported(let feature): "unsupported in Arrow streams: \(feature)"
        case .limit(let limit): "Arrow stream over the limit: \(limit.rawValue)"
        }
    }
}

extension IPCError.Feature: CustomStringConvertible {
    /// The feature in words.
    public var description: String {
        switch self {
        case .bigEndian: "big-endian values"
        case .compression: "compressed buffers"
        case .dictionary: "dictionary-encoded fields"
        case .messageKind(let kind): "messages of kind \(kind)"
        case .metadataVersion(let version): "metadata version code \(version)"
        case .type(let name): "the type \(name)"
        }
    }
}
