import ArrowLayout
import ByteCore

/// The tables of the union `MessageHeader` in Message.fbs, by their number in it.
enum MessageKind: UInt8 {
    case schema = 1
    case dictionaryBatch
    case recordBatch
}

/// The framing of a message: continuation marker, length of the metadata, metadata, padding to 8 bytes.
///
/// Spec: Arrow columnar format, "Encapsulated message format".
struct MessageFrame {
    /// What each message and the end of a stream start with.
    static let continuationMarker = UInt32.max
    /// Bytes before the metadata.
    static let prefixByteCount = 8
    /// Metadata version 5, by its number in Schema.fbs.
    static let metadataVersion: Int16 = 4

    private let lengthOffset: Int

    /// Starts a message at the end of `bytes`, which lies at a multiple of 8.
    init(openedIn bytes: inout ByteBuilder) {
        bytes.append(Self.continuationMarker)
        lengthOffset = bytes.count
        bytes.append(Int32(0))
    }

    /// Pads the metadata and fills in its length.
    func close(in bytes: inout ByteBuilder) throws(IPCError) {
        bytes.pad(to: 8)
        guard let length = Int32(exactly: bytes.count - lengthOffset - 4) else {
            throw IPCError(.limit(.metadataByteCount))
        }
        bytes.replace(at: lengthOffset, with: length)
    }

    /// Appends the end-of-stream marker.
    static func end(_ bytes: inout ByteBuilder) {
        bytes.append(continuationMarker)
        bytes.append(Int32(0))
    }
}

/// The table Message of Message.fbs.
struct Message {
    let kind: MessageKind
    let header: FlatBufferTable
    let bodyByteCount: Int

    /// Reads the metadata of a message.
    init(_ metadata: Bytes) throws(IPCError) {
        let table = try FlatBufferTable(rootOf: metadata)
        let version = try table.number(0, default: Int16(0))
        // Version 4 differs from 5 only in unions, which are not read.
        guard version == MessageFrame.metadataVersion || version == 3 else {
            throw IPCError(.unsupported(.metadataVersion(version)))
        }
        let kind = try table.number(1, default: UInt8(0))
        guard kind != 0, let header = try table.table(2) else { throw .malformed(.missingHeader) }
        guard let kind = MessageKind(rawValue: kind) else { throw IPCError(.unsupported(.messageKind(kind))) }
        self.kind = kind
        self.header = header
        let length = try table.number(3, default: Int64(0))
        guard let bodyByteCount = Int(exactly: length), bodyByteCount >= 0 else { throw .malformed(.bodyNegative) }
        self.bodyByteCount = bodyByteCount
    }
}

extension FlatBufferBuilder {
    private static let messageShape = TableShape(2, 1, 4, 8)

    /// Writes the root table of a message and returns the place of the reference to its header.
    mutating func messageTable(_ kind: MessageKind, bodyByteCount: Int) -> Int {
        let root = root()
        let table = table(Self.messageShape, referencedFrom: root)
        set(table, 0, MessageFrame.metadataVersion)
        set(table, 1, kind.rawValue)
        set(table, 3, Int64(bodyByteCount))
        return table.field(2)
    }
}
