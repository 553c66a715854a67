/// What answers the calls of a server.
public protocol RPCService: Sendable {
    /// Answers one call of any method.
    ///
    /// Returning ends the call with status OK, throwing an `RPCStatus` with that status, any other error with UNKNOWN
    /// and its description. The task is cancelled as soon as the client goes away.
    func handle(_ call: ServerCall) async throws
}

/// Where a server listens.
public enum ListenAddress: Sendable, Hashable {
    /// TCP; port 0 takes any free one.
    case tcp(host: String, port: Int)
    /// A unix domain socket.
    case unix(path: String)
}

/// A gRPC server without TLS.
public final class RPCServer: Sendable {
    /// Port bound to; nil on a unix socket.
    public var port: Int? { nil }

    /// Binds and listens.
    public init(
        listening address: ListenAddress, service: any RPCService, maximumMessageByteCount: Int = 200 << 20
    ) throws(RPCStatus) {
        throw RPCStatus(.unimplemented)
    }

    /// Stops listening, lets calls under way end within `grace`, then cancels them.
    public func shutdown(grace: Duration) async {}

    /// Returns when the server has been shut down.
    public func waitUntilShutdown() async {}
}
