internal import HTTP
internal import JSON

/// What `aws sso login` keeps: a token, and what renews it.
///
/// Other programs read and write the same file, so members this program does not know stay as they are.
struct SSOToken: Sendable, Redacted {
    private let document: JSONValue
    let accessToken: String
    let end: Timestamp

    /// Tokens are renewed when they have less than this left. Units: seconds.
    private static let margin: Int64 = 15 * 60

    /// Parses the file; nil for bytes that are not a token.
    init?(parsing bytes: [UInt8]) {
        guard let document = JSONValue(parsing: bytes) else { return nil }
        self.init(document)
    }

    private init?(_ document: JSONValue) {
        guard let accessToken = document["accessToken"]?.text,
            let end = document["expiresAt"]?.text.flatMap({ Self.time($0) })
        else { return nil }
        (self.document, self.accessToken, self.end) = (document, accessToken, end)
    }

    /// Older versions of the AWS CLI wrote `UTC` in place of `Z`.
    private static func time(_ text: String) -> Timestamp? {
        Timestamp(rfc3339: text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text)
    }

    /// Whether the token should be renewed.
    func isEnding(at now: Timestamp) -> Bool { end.seconds - now.seconds < Self.margin }

    /// Whether the token is of no use any more.
    func isOver(at now: Timestamp) -> Bool { end <= now }

    /// Returns a renewed token; nil where the file does not hold what that needs, or no longer.
    ///
    /// Spec: IAM Identity Center OIDC API, CreateToken.
    ///
    /// - Throws: `unavailable` and `refused`.
    func renewed(_ exchange: ServiceExchange, at address: ServiceAddress) async throws(CredentialError) -> SSOToken? {
        let now = exchange.clock.now()
        guard let refreshToken = document["refreshToken"]?.text, let clientID = document["clientId"]?.text,
            let clientSecret = document["clientSecret"]?.text,
            let registrationEnd = document["registrationExpiresAt"]?.text.flatMap({ Self.time($0) }),
            registrationEnd > now
        else { return nil }
        let body = JSONValue.object([
            "grantType": .string("refresh_token"), "clientId": .string(clientID),
            "clientSecret": .string(clientSecret), "refreshToken": .string(refreshToken),
        ]).bytes
        let answer: ServiceExchange.Answer
        do throws(HTTPError) {
            answer = try await exchange.send {
                address.request("POST", "/token", headers: [HTTPHeader("Content-Type", "application/json")], body: body)
            }
        } catch {
            throw CredentialError(.unavailable, "the SSO token could not be renewed: \(error.message)")
        }
        let secrets = [refreshToken, clientSecret, accessToken]
        guard answer.isSuccess else {
            throw CredentialError(
                answer.isTemporary ? .unavailable : .refused,
                "the SSO token could not be renewed: \(Self.reason(answer, hiding: secrets))")
        }
        let renewal = JSONValue(parsing: answer.body)
        guard let token = renewal?["accessToken"], token.text != nil, let duration = renewal?["expiresIn"]?.integer,
            (1...31_536_000).contains(duration)
        else {
            throw CredentialError(
                .unavailable, "the SSO token could not be renewed: the answer of \(address.host) is not its JSON")
        }
        var document = document
        document["accessToken"] = token
        document["expiresAt"] = .string(Timestamp(seconds: now.seconds + duration).description)
        if let next = renewal?["refreshToken"], next.text != nil { document["refreshToken"] = next }
        return SSOToken(document)
    }

    private static func reason(_ answer: ServiceExchange.Answer, hiding secrets: [String]) -> String {
        let error = JSONValue(parsing: answer.body)
        let texts = [error?["error"]?.text, error?["error_description"]?.text].compactMap { $0 }
        return texts.isEmpty ? "status \(answer.status)" : texts.joined(separator: ": ").quotable(hiding: secrets)
    }

    /// The bytes of the file.
    var fileBytes: [UInt8] { document.bytes }
}
