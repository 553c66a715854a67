/// How a call ended: a gRPC status code and a message.
///
/// Spec: gRPC over HTTP/2, `grpc-status` and `grpc-message`.
public struct RPCStatus: Error, Hashable, Sendable {
    /// The status code.
    public var code: Code
    /// Text for people; any Unicode.
    public var message: String

    /// Creates a status.
    public init(_ code: Code, _ message: String = "") {
        self.code = code
        self.message = message
    }
}

extension RPCStatus {
    /// A gRPC status code; numbers outside the seventeen of the specification are kept as they came.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: Int32

        /// Creates a code from its number.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// Success.
        public static let ok = Self(rawValue: 0)
        /// The caller, or a lost connection, ended the call.
        public static let cancelled = Self(rawValue: 1)
        /// A failure of no other kind.
        public static let unknown = Self(rawValue: 2)
        /// The request is wrong, whatever the state of the system.
        public static let invalidArgument = Self(rawValue: 3)
        /// The deadline passed first.
        public static let deadlineExceeded = Self(rawValue: 4)
        /// Something asked for is not there.
        public static let notFound = Self(rawValue: 5)
        /// Something to be created is there already.
        public static let alreadyExists = Self(rawValue: 6)
        /// The caller may not do this.
        public static let permissionDenied = Self(rawValue: 7)
        /// A limit, such as that of the message size, was reached.
        public static let resourceExhausted = Self(rawValue: 8)
        /// The system is not in the state the call needs.
        public static let failedPrecondition = Self(rawValue: 9)
        /// A conflict with another call.
        public static let aborted = Self(rawValue: 10)
        /// Past the end of what is valid.
        public static let outOfRange = Self(rawValue: 11)
        /// The method does not exist here.
        public static let unimplemented = Self(rawValue: 12)
        /// A broken invariant.
        public static let `internal` = Self(rawValue: 13)
        /// The peer cannot be reached.
        public static let unavailable = Self(rawValue: 14)
        /// Data was lost.
        public static let dataLoss = Self(rawValue: 15)
        /// The caller is not known.
        public static let unauthenticated = Self(rawValue: 16)
    }
}

extension RPCStatus.Code: CustomStringConvertible {
    private static let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]

    /// The name in the specification, such as `NOT_FOUND`.
    public var description: String {
        let index = Int(rawValue)
        return Self.names.indices.contains(index) ? Self.names[index] : "CODE_\(rawValue)"
    }
}

extension RPCStatus: CustomStringConvertible {
    /// The code's name and the message.
    public var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }
}

extension RPCStatus {
    /// Units: bytes of `grpc-message` after percent-encoding. Peers built on the C core refuse 8 KiB of metadata.
    private static let longestEncodedMessage = 6 << 10

    /// The message as sent: cut, with an ellipsis, where the encoded form would be too long for peers.
    var sentMessage: String {
        var rest = Self.longestEncodedMessage
        for index in message.unicodeScalars.indices {
            let scalar = message.unicodeScalars[index]
            let isPlain = (0x20...0x7e).contains(scalar.value) && scalar != "%"
            rest -= isPlain ? 1 : 3 * UTF8.width(scalar)
            if rest < 0 { return message[..<index] + "…" }
        }
        return message
    }
}
