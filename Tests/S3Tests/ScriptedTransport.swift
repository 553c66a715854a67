import ByteCore
import HTTP
import Synchronization

/// A transport that answers with what a test wrote down, in order, and keeps what it was asked.
final class ScriptedTransport: HTTPTransport {
    /// What comes of one request.
    enum Reply: Sendable {
        case answer(status: Int, headers: [String: String] = [:], body: [[UInt8]] = [], thenFails: HTTPError? = nil)
        case failure(HTTPError)

        static func xml(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Reply {
            .answer(status: status, headers: headers, body: [Array(text.utf8)])
        }

        static func error(
            _ code: String, status: Int, message: String = "", extra: String = "", headers: [String: String] = [:]
        ) -> Reply {
            .xml(
                "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>\(message)</Message>\(extra)"
                    + "<RequestId>R1</RequestId></Error>", status: status, headers: headers)
        }
    }

    private struct State {
        var replies: [Reply]
        var requests: [HTTPRequest] = []
        var cancelledCount = 0
    }

    private let state: Mutex<State>

    init(_ replies: [Reply]) {
        state = Mutex(State(replies: replies))
    }

    /// The requests so far.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    /// Number of replies not asked for.
    var remainingCount: Int { state.withLock { $0.replies.count } }
    /// Number of bodies that were given up.
    var cancelledCount: Int { state.withLock { $0.cancelledCount } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let reply: Reply? = state.withLock { state in
            state.requests.append(request)
            return state.replies.isEmpty ? nil : state.replies.removeFirst()
        }
        switch reply {
        case nil: throw HTTPError(.cancelled, "the script is over")
        case .failure(let error): throw error
        case .answer(let status, let headers, let body, let failure):
            return HTTPResponse(
                status: status, headers: headers.map { HTTPHeader($0.key, $0.value) },
                body: ScriptedBody(body, failure) { [self] in state.withLock { $0.cancelledCount += 1 } })
        }
    }
}

/// Pieces of a body, and the failure that ends it.
private final class ScriptedBody: HTTPBody {
    private let pieces: Mutex<[[UInt8]]>
    private let failure: HTTPError?
    private let onCancel: @Sendable () -> Void

    init(_ pieces: [[UInt8]], _ failure: HTTPError?, onCancel: @escaping @Sendable () -> Void) {
        self.pieces = Mutex(pieces)
        self.failure = failure
        self.onCancel = onCancel
    }

    func next() async throws(HTTPError) -> Bytes? {
        let piece: [UInt8]? = pieces.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let piece { return Bytes(piece) }
        if let failure { throw failure }
        return nil
    }

    func cancel() { onCancel() }
}

extension HTTPRequest {
    /// The value of a header.
    subscript(header name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}
