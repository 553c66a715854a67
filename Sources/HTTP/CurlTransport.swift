/// HTTP/1.1 over libcurl: any number of requests at once on one event thread, connections reused.
///
/// A body that is still being read keeps the transport alive. The event thread ends with the transport.
public final class CurlTransport: HTTPTransport {
    private let configuration: Configuration
    private let events: CurlEventThread?

    /// Creates a transport with connections of its own.
    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        events = CurlEventThread(configuration: configuration)
    }

    deinit { shutdown() }

    /// Sends a request and returns when the head of the response has arrived.
    ///
    /// - Throws: `HTTPError`; its message names host and port, never the target or a header.
    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try request.validate()
        guard let events else { throw HTTPError(.connect, "\(request.peer): cannot start the network thread") }
        let stream = ResponseStream(
            peer: request.peer, windowByteCount: configuration.windowByteCount, commands: events.commands)
        guard events.commands.send(.start(request, stream)) else {
            throw HTTPError(.cancelled, "\(request.peer): the transport is shut down")
        }
        let head = try await stream.head()
        return HTTPResponse(
            status: head.status, headers: head.headers, body: ResponseBody(stream: stream, transport: self))
    }

    /// Ends every request with `cancelled`, closes the connections and returns when the event thread has ended.
    ///
    /// Requests sent afterwards are refused.
    public func shutdown() {
        events?.stop()
    }
}
