import ByteCore
import CloudQueryProtocol
import FoundationEssentials
import RPC
import SwiftProtobuf

// Copies, because swift-protobuf keeps bytes in `Data`. Only small messages pass here: rows go out through `WireFrame`.

extension SwiftProtobuf.Message {
    /// Parses a message.
    ///
    /// - Throws: INVALID_ARGUMENT for bytes that are not one.
    init(_ bytes: Bytes) throws(RPCStatus) {
        do {
            try self.init(serializedBytes: [UInt8](bytes))
        } catch {
            throw RPCStatus(.invalidArgument, "malformed \(Self.protoMessageName)")
        }
    }

    /// The message on the wire; ours have no required fields, so that this cannot fail.
    func bytes() throws(RPCStatus) -> Bytes {
        do {
            let bytes: [UInt8] = try serializedBytes()
            return Bytes(bytes)
        } catch {
            throw RPCStatus(.internal, "\(Self.protoMessageName) cannot be written")
        }
    }
}

extension Bytes {
    /// Copies the bytes of a message's field.
    init(_ data: Data) {
        self = unsafe data.withUnsafeBytes { unsafe Bytes(copying: RawSpan(_unsafeBytes: $0)) }
    }
}

extension Data {
    /// Copies bytes for a message's field.
    init(_ bytes: Bytes) {
        self.init([UInt8](bytes))
    }
}
