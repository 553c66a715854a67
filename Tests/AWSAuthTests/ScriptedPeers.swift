import ByteCore
import HTTP
import Synchronization

@testable import AWSAuth

/// A transport whose peers are a function of the test; it keeps what it was asked.
final class ScriptedPeers: HTTPTransport {
    /// What comes of one request.
    enum Reply: Sendable {
        case answer(Int, String)
        /// An answer that tells the peer's time.
        case dated(Int, String, date: String)
        case failure(HTTPError.Kind)
        /// Never answers; ends when it is cancelled.
        case silence
        /// Sends a piece of a body again and again.
        case endless
    }

    private let requestsSoFar = Mutex<[HTTPRequest]>([])
    private let reply: @Sendable (HTTPRequest) async -> Reply

    init(_ reply: @escaping @Sendable (HTTPRequest) async -> Reply) { self.reply = reply }

    /// Peers that answer in order, whatever they are asked; after the last answer no connection stands.
    convenience init(_ replies: [Reply]) {
        let rest = Mutex(replies[...])
        self.init { _ in rest.withLock { $0.popFirst() } ?? .failure(.connect) }
    }

    /// No peer at all.
    convenience init() { self.init([]) }

    /// The requests so far.
    var requests: [HTTPRequest] { requestsSoFar.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        requestsSoFar.withLock { $0.append(request) }
        switch await reply(request) {
        case .answer(let status, let body):
            return HTTPResponse(status: status, headers: [], body: Body(pieces: [Array(body.utf8)], repeats: false))
        case .dated(let status, let body, let date):
            return HTTPResponse(
                status: status, headers: [HTTPHeader("Date", date)],
                body: Body(pieces: [Array(body.utf8)], repeats: false))
        case .failure(let kind): throw HTTPError(kind, "\(request.host): \(kind)")
        case .silence:
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
            throw HTTPError(.cancelled, "cancelled")
        case .endless:
            return HTTPResponse(
                status: 200, headers: [], body: Body(pieces: [[UInt8](repeating: 32, count: 4_096)], repeats: true))
        }
    }

    private final class Body: HTTPBody {
        private let pieces: Mutex<[[UInt8]]>
        private let repeats: Bool

        init(pieces: [[UInt8]], repeats: Bool) {
            self.pieces = Mutex(pieces)
            self.repeats = repeats
        }

        func next() async throws(HTTPError) -> Bytes? {
            pieces.withLock { pieces in
                guard let piece = pieces.first else { return nil }
                if !repeats { pieces.removeFirst() }
                return Bytes(piece)
            }
        }

        func cancel() {}
    }
}

extension HTTPRequest {
    /// The whole body as text.
    var text: String { String(decoding: Array(body), as: UTF8.self) }
    /// The values of the form in the body.
    var form: [String: String] {
        var form: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            form[String(parts[0])] =
                String(decoding: PercentEncoding.decodeForm(Array((parts.last ?? "").utf8)), as: UTF8.self)
        }
        return form
    }

    /// The value of the first header of a name.
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

/// Answers of STS.
enum STSAnswer {
    /// Credentials whose key is named after the role.
    static func credentials(
        for request: HTTPRequest, expiration: String = "2026-03-14T16:09:26Z"
    ) -> ScriptedPeers.Reply {
        let action = request.form["Action"] ?? ""
        return .answer(
            200,
            """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result>\
            <AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials><AccessKeyId>\(request.form["RoleArn"] ?? "")\
            </AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>\
            <Expiration>\(expiration)</Expiration></Credentials></\(action)Result></\(action)Response>
            """)
    }

    static func error(_ code: String, _ message: String = "", status: Int = 400) -> ScriptedPeers.Reply {
        .answer(
            status,
            "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>"
                + "<RequestId>r</RequestId></ErrorResponse>")
    }
}

extension CredentialClock {
    /// The time of the signing vectors; sleeping takes no time.
    static let test = CredentialClock(now: { Timestamp(seconds: 1_773_500_966) }, sleep: { _ in }, random: { 0.5 })
}

extension CredentialChain {
    /// A chain that speaks to scripted peers.
    static func test(
        _ environment: AWSEnvironment, _ peers: ScriptedPeers = ScriptedPeers(), profile: String? = nil,
        role: AssumedRole? = nil, region: String? = nil
    ) -> CredentialChain {
        var configuration = Configuration()
        configuration.profile = profile
        configuration.role = role
        configuration.region = region
        return CredentialChain(environment: environment, transport: peers, configuration: configuration, clock: .test)
    }

    /// The credentials, or why there are none.
    func result() async -> Result<Credentials, CredentialError> {
        do throws(CredentialError) {
            return .success(try await credentials())
        } catch {
            return .failure(error)
        }
    }
}
