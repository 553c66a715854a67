internal import Crypto
internal import HTTP
internal import JSON

/// What `aws login` keeps: credentials good for a quarter of an hour, and what renews them.
///
/// Other programs read and write the same file, so members this program does not know stay as they are.
struct LoginToken: Sendable, Redacted {
    private let document: JSONValue
    let credentials: Credentials
    /// The region in which somebody signed in, where the file says it.
    var region: String? { document["signInRegion"]?.text }

    /// Credentials are renewed when they have less than this left. Units: seconds.
    private static let margin: Int64 = 5 * 60

    /// Parses the file; nil for bytes that are not such credentials.
    init?(parsing bytes: [UInt8]) {
        guard let document = JSONValue(parsing: bytes) else { return nil }
        self.init(document)
    }

    private init?(_ document: JSONValue) {
        guard let token = document["accessToken"], let id = token["accessKeyId"]?.text,
            let secret = token["secretAccessKey"]?.text, let session = token["sessionToken"]?.text,
            let end = token["expiresAt"]?.text.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        self.document = document
        credentials = Credentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: session, expiration: end)
    }

    /// Whether the credentials should be renewed.
    func isEnding(at now: Timestamp) -> Bool { rest(at: now) < Self.margin }

    /// Whether the credentials are of no use any more.
    func isOver(at now: Timestamp) -> Bool { rest(at: now) <= 0 }

    private func rest(at now: Timestamp) -> Int64 { (credentials.expiration?.seconds ?? .max) - now.seconds }

    /// Returns renewed credentials.
    ///
    /// Spec: AWS Sign-In API, CreateOAuth2Token.
    ///
    /// - Throws: `unavailable`; `refused` where somebody has to sign in, or lacks a permission.
    func renewed(
        _ exchange: ServiceExchange, of session: LoginSession, at address: ServiceAddress
    ) async throws(CredentialError) -> LoginToken {
        guard let refreshToken = document["refreshToken"]?.text, let clientID = document["clientId"]?.text,
            let pem = document["dpopKey"]?.text, let key = P256SigningKey(pem: pem)
        else { throw session.signInNeeded("the file of the session of aws login does not hold what renews it") }
        let target = "/v1/token"
        let body = JSONValue.object([
            "clientId": .string(clientID), "grantType": .string("refresh_token"), "refreshToken": .string(refreshToken),
        ]).bytes
        let now = exchange.clock.now()
        let answer: ServiceExchange.Answer
        do throws(HTTPError) {
            answer = try await exchange.send {
                let proof = ProofOfPossession(method: "POST", url: address.url(target), time: exchange.clock.now())
                return address.request(
                    "POST", target,
                    headers: [HTTPHeader("Content-Type", "application/json")]
                        + (proof.header(signedBy: key).map { [$0] } ?? []), body: body)
            }
        } catch {
            throw CredentialError(.unavailable, "the sign-in service did not answer: \(error.message)")
        }
        guard answer.isSuccess else {
            throw Self.failure(answer, of: session, hiding: [refreshToken] + credentials.secrets)
        }
        guard let renewed = renewed(by: answer.body, at: now) else {
            throw CredentialError(
                .unavailable, "the sign-in service at \(address.host) answered with what is not its JSON")
        }
        return renewed
    }

    private func renewed(by answer: [UInt8], at now: Timestamp) -> LoginToken? {
        guard let answer = JSONValue(parsing: answer), let fresh = answer["accessToken"],
            let duration = answer["expiresIn"]?.integer, (1...31_536_000).contains(duration),
            let next = answer["refreshToken"], next.text != nil
        else { return nil }
        var token = document["accessToken"]
        for name in ["accessKeyId", "secretAccessKey", "sessionToken"] { token?[name] = fresh[name] }
        token?["expiresAt"] = .string(Timestamp(seconds: now.seconds + duration).description)
        var document = document
        document["accessToken"] = token
        document["refreshToken"] = next
        return LoginToken(document)
    }

    private static func failure(
        _ answer: ServiceExchange.Answer, of session: LoginSession, hiding secrets: [String]
    ) -> CredentialError {
        let error = JSONValue(parsing: answer.body)
        let code = error?["error"]?.text
        let texts = [code, error?["message"]?.text].compactMap { $0 }
        let reason =
            texts.isEmpty
            ? "status \(answer.status)" : texts.joined(separator: ": ").quotable(hiding: secrets + answer.proofs)
        let message = "the session of aws login could not be renewed: \(reason)"
        if answer.isTemporary { return CredentialError(.unavailable, message) }
        guard code == "INSUFFICIENT_PERMISSIONS" else { return session.signInNeeded(message) }
        return CredentialError(.refused, message + "; it takes the permission signin:CreateOAuth2Token")
    }

    /// The bytes of the file.
    var fileBytes: [UInt8] { document.bytes }
}
