public import ByteCore

/// A connection to a gRPC server, without TLS, made when first needed.
public final class RPCClient: Sendable {
    /// Creates a client of a server named `unix:///path`, `unix:path`, `host:port`, `dns:///host:port` or `[v6]:port`.
    public init(
        target: String, maximumMessageByteCount: Int = 100 << 20, connectTimeout: Duration = .seconds(20)
    ) {}

    /// Sends one message and returns the one answer.
    public func call(_ method: String, _ request: Bytes) async throws(RPCStatus) -> Bytes {
        throw RPCStatus(.unimplemented)
    }

    /// Sends one message; the answers are read from the stream returned.
    public func serverStream(_ method: String, _ request: Bytes) async throws(RPCStatus) -> RPCMessageStream {
        throw RPCStatus(.unimplemented)
    }

    /// Sends all messages, each the concatenation of its parts, then returns the one answer.
    public func clientStream(_ method: String, _ messages: [[Bytes]]) async throws(RPCStatus) -> Bytes {
        throw RPCStatus(.unimplemented)
    }

    /// Closes the connection; calls under way end with CANCELLED.
    public func close() {}
}

/// Messages of a server, read one after another.
public final class RPCMessageStream: Sendable {
    /// Returns the next message; nil after the last when the call ended with status OK.
    public func next() async throws(RPCStatus) -> Bytes? { throw RPCStatus(.unimplemented) }
}
