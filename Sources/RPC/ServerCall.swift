public import ByteCore

/// One call under way on the server.
public final class ServerCall: Sendable {
    /// Full name of the method, `/package.Service/Method`.
    public let method: String

    init(method: String) { self.method = method }

    /// Whether the client, a lost connection or a shutdown has ended the call.
    public var isCancelled: Bool { false }

    /// Returns the next request message; nil once the client has sent its last.
    public func receive() async throws(RPCStatus) -> Bytes? { throw RPCStatus(.unimplemented) }

    /// Sends one response message, the concatenation of the parts, without copying them.
    ///
    /// Returns when the transport has taken the message: that is the back-pressure.
    public func send(_ message: [Bytes]) async throws(RPCStatus) { throw RPCStatus(.unimplemented) }
}
