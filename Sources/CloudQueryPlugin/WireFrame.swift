import ByteCore
import RPC

/// Protobuf framing by hand around large byte fields, so that they are sent and received without a copy.
///
/// Spec: Protocol Buffers encoding, "Length-Delimited Records". The parts of a message go out one after another.
enum WireFrame {
    /// Returns a message whose field `outer` is a message whose field 1 is `payload`.
    ///
    /// That is the form of every variant of Sync.Response and Write.Request that holds an Arrow stream.
    static func nested(_ outer: Int, _ payload: Bytes) -> [Bytes] {
        let inner = prefix(field: 1, byteCount: payload.count)
        var head = ByteBuilder(capacity: 24)
        appendPrefix(field: outer, byteCount: inner.count + payload.count, to: &head)
        head.append(contentsOf: inner)
        return [head.freeze(), payload]
    }

    /// Returns a message whose repeated field 1 is `payloads`.
    static func repeated(_ payloads: [Bytes]) -> [Bytes] {
        payloads.flatMap { [prefix(field: 1, byteCount: $0.count), $0] }
    }

    /// Returns the bytes in field 1 of a message, as a window of it; none where the field is not there.
    ///
    /// That is the form of Read.Response. The last field of a number counts, and others are passed over.
    ///
    /// - Throws: INVALID_ARGUMENT for bytes that are not a message.
    static func payload(of message: Bytes) throws(RPCStatus) -> Bytes {
        let malformed = RPCStatus(.invalidArgument, "malformed message")
        var payload = Bytes()
        var cursor = ByteCursor(message.span)
        do {
            while !cursor.isAtEnd {
                let key = try cursor.readVarint()
                switch key & 7 {
                case 0: _ = try cursor.readVarint()
                case 1: try cursor.skip(8)
                case 2:
                    let count = Int(clamping: try cursor.readVarint())
                    let start = cursor.offset
                    try cursor.skip(count)
                    if key >> 3 == 1 { payload = message[start..<start + count] }
                case 5: try cursor.skip(4)
                default: throw malformed
                }
            }
        } catch {
            throw malformed
        }
        return payload
    }

    private static func prefix(field: Int, byteCount: Int) -> Bytes {
        var head = ByteBuilder(capacity: 12)
        appendPrefix(field: field, byteCount: byteCount, to: &head)
        return head.freeze()
    }

    private static func appendPrefix(field: Int, byteCount: Int, to builder: inout ByteBuilder) {
        builder.append(UInt8(field << 3 | 2))
        var rest = UInt64(byteCount)
        while rest >= 0x80 {
            builder.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        builder.append(UInt8(rest))
    }
}
