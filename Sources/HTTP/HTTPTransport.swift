public import ByteCore

/// One header line.
public struct HTTPHeader: Hashable, Sendable {
    /// The name, in the case in which it is sent.
    public let name: String
    /// The value, as sent.
    public let value: String

    /// Creates a header line.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request whose every byte on the wire is decided by the caller: nothing is normalised or encoded again.
public struct HTTPRequest: Sendable {
    /// The method, in upper case.
    public var method: String
    /// Whether the connection is TLS.
    public var isSecure: Bool
    /// Host to connect to: a name or an address, IPv6 without brackets.
    public var host: String
    /// Port to connect to.
    public var port: Int
    /// Path and query exactly as sent, starting with `/`; ASCII.
    public var target: String
    /// Header lines, `Host` among them.
    public var headers: [HTTPHeader]
    /// The body; empty means none.
    public var body: Bytes
    /// Longest time from the request to the first byte of the response; nil leaves it to the transport.
    public var firstByteTimeout: Duration?
    /// Whether the request goes out on a connection of its own, to an address looked up anew.
    public var usesFreshConnection = false

    /// Creates a request.
    public init(
        method: String = "GET", isSecure: Bool, host: String, port: Int, target: String, headers: [HTTPHeader],
        body: Bytes = Bytes()
    ) {
        self.method = method
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.target = target
        self.headers = headers
        self.body = body
    }
}

/// The head of a response, and its body as it arrives.
public struct HTTPResponse: Sendable {
    /// The status code.
    public let status: Int
    /// Header lines in the order received.
    public let headers: [HTTPHeader]
    /// The body, not yet read.
    public let body: any HTTPBody

    /// Creates a response.
    public init(status: Int, headers: [HTTPHeader], body: any HTTPBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Returns the value of the first header of a name; names compare without case.
    public subscript(header name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// A response body, read once and by one reader. While nobody reads, the transport stops receiving.
public protocol HTTPBody: Sendable {
    /// Returns the bytes that arrived since the last call, at least one; nil at the end of the body.
    ///
    /// - Throws: `HTTPError` when the connection fails or the body is shorter than its `Content-Length`.
    func next() async throws(HTTPError) -> Bytes?

    /// Returns the rest of the body as one window; on a failure, what arrived before it and the failure.
    ///
    /// The failure is `invalidResponse` where the body is longer than `limit` bytes.
    func collect(limit: Int) async -> (bytes: Bytes, failure: HTTPError?)

    /// Gives up the rest of the body; the connection is dropped unless the body was read to its end.
    func cancel()
}

extension HTTPBody {
    /// Returns the rest of the body as one window, joined from its parts.
    public func collect(limit: Int) async -> (bytes: Bytes, failure: HTTPError?) {
        var whole = ByteBuilder()
        do throws(HTTPError) {
            while let part = try await next() {
                guard part.count <= limit - whole.count else {
                    cancel()
                    throw HTTPError.tooLong(limit: limit)
                }
                whole.append(contentsOf: part)
            }
            return (whole.freeze(), nil)
        } catch {
            return (whole.freeze(), error)
        }
    }
}

extension HTTPError {
    static func tooLong(limit: Int) -> HTTPError {
        HTTPError(.invalidResponse, "the body is longer than \(limit) bytes", responseStarted: true)
    }
}

/// Sends requests: the seam between what is said and how it travels.
public protocol HTTPTransport: Sendable {
    /// Sends a request and returns when the head of the response has arrived. Redirects are not followed.
    ///
    /// Cancelling the task cancels the request.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}

/// Why no whole response came.
public struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What failed, by what the caller can do next.
    public enum Kind: Hashable, Sendable {
        /// The request has a part that HTTP cannot carry; nothing was sent.
        case invalidRequest
        /// The name could not be resolved.
        case resolve
        /// No connection could be made.
        case connect
        /// TLS failed: certificate or handshake.
        case tls
        /// The peer closed or reset the connection, or the body ended early.
        case connectionLost
        /// A time limit passed: connecting, first byte, or bytes too slow.
        case timedOut
        /// The response is not HTTP that can be understood.
        case invalidResponse
        /// The caller cancelled.
        case cancelled
    }

    /// What failed.
    public let kind: Kind
    /// One line for people; it names the host, never a query or header.
    public let message: String
    /// Whether any byte of a response had arrived.
    public let responseStarted: Bool

    /// Creates an error.
    public init(_ kind: Kind, _ message: String, responseStarted: Bool = false) {
        self.kind = kind
        self.message = message
        self.responseStarted = responseStarted
    }

    /// The message.
    public var description: String { message }
}
