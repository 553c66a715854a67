import ByteCore
import HTTP

/// Returns a request to a server of the test, with only the headers given.
func request(
    _ method: String = "GET", port: Int, target: String = "/", headers: [HTTPHeader] = [HTTPHeader("Host", "h")],
    body: [UInt8] = []
) -> HTTPRequest {
    HTTPRequest(
        method: method, isSecure: false, host: "127.0.0.1", port: port, target: target, headers: headers,
        body: Bytes(body))
}

/// Starts a server, gives it and a transport to `body`, and ends both.
func withServer<T>(
    _ respond: @escaping @Sendable (RawServer.Received) -> [RawServer.Step],
    configure: (inout CurlTransport.Configuration) -> Void = { _ in },
    _ body: (RawServer, CurlTransport) async throws -> T
) async throws -> T {
    let server = try RawServer(respond)
    defer { server.stop() }
    var configuration = CurlTransport.Configuration()
    configuration.proxy = .none
    // A test that waits for its turn on a busy machine is not a slow peer.
    configuration.throughputPeriod = .seconds(60)
    configure(&configuration)
    let transport = CurlTransport(configuration: configuration)
    defer { transport.shutdown() }
    return try await body(server, transport)
}

extension RawServer.Step {
    /// A whole response with a body of known length.
    static func response(_ body: String, status: String = "200 OK", headers: String = "") -> RawServer.Step {
        .send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }
}

extension HTTPBody {
    /// Everything that can be read before the error that ends the body, and that error.
    func readUntilFailure() async -> (bytes: Bytes, error: HTTPError?) {
        var bytes = ByteBuilder()
        do throws(HTTPError) {
            while let part = try await next() { bytes.append(contentsOf: part) }
            return (bytes.freeze(), nil)
        } catch {
            return (bytes.freeze(), error)
        }
    }

    /// The rest of the body as text, in however many parts it comes.
    func text() async throws(HTTPError) -> String {
        let (bytes, error) = await readUntilFailure()
        if let error { throw error }
        return String(decoding: Array(bytes), as: UTF8.self)
    }
}

extension CurlTransport {
    /// The body of a response as text.
    func text(of request: HTTPRequest) async throws(HTTPError) -> String {
        try await send(request).body.text()
    }

    /// The error of a request that must fail before its head.
    func failure(of request: HTTPRequest) async -> HTTPError? {
        do throws(HTTPError) {
            _ = try await send(request)
            return nil
        } catch {
            return error
        }
    }
}
