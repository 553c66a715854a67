import ByteCore

/// The body of a response as the caller reads it. Dropping it before its end drops the connection.
final class ResponseBody: HTTPBody {
    private let stream: ResponseStream
    /// Keeps the event thread running while the body is read.
    private let transport: CurlTransport

    init(stream: ResponseStream, transport: CurlTransport) {
        self.stream = stream
        self.transport = transport
    }

    deinit { stream.cancel() }

    func next() async throws(HTTPError) -> Bytes? { try await stream.next() }

    func collect(limit: Int) async -> (bytes: Bytes, failure: HTTPError?) { await stream.collect(limit: limit) }

    func cancel() { stream.cancel() }
}
