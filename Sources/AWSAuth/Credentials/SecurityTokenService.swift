internal import HTTP
internal import XML

/// Gives credentials for roles.
///
/// Spec: AWS STS API 2011-06-15, AssumeRole and AssumeRoleWithWebIdentity.
struct SecurityTokenService: Sendable {
    let exchange: ServiceExchange
    let address: ServiceAddress
    /// The region that requests are signed for.
    let region: String

    /// Returns credentials for a role that the owner of other credentials may take on.
    func assumeRole(
        _ role: AssumedRole, with source: Credentials
    ) async throws(CredentialError) -> Credentials {
        let form = form("AssumeRole", role)
        let signer = SigV4Signer(region: region, service: "sts", rules: .standard)
        return try await credentials(of: role, hiding: source.secrets) { lead in
            var request = request(form)
            signer.sign(&request, with: source, at: exchange.clock.now().advanced(by: -lead))
            return request
        }
    }

    /// Returns credentials for a role that the holder of a token of somebody else may take on; nothing is signed.
    func assumeRole(
        _ role: AssumedRole, webIdentityToken token: String
    ) async throws(CredentialError) -> Credentials {
        let form = form("AssumeRoleWithWebIdentity", role) + [("WebIdentityToken", token)]
        return try await credentials(of: role, hiding: [token]) { _ in request(form) }
    }

    private func form(_ action: String, _ role: AssumedRole) -> [(String, String)] {
        var form = [
            ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role.arn),
            ("RoleSessionName", role.sessionName ?? exchange.clock.sessionName()),
        ]
        if let duration = role.durationSeconds { form.append(("DurationSeconds", "\(duration)")) }
        if let id = role.externalID { form.append(("ExternalId", id)) }
        return form
    }

    private func request(_ form: [(String, String)]) -> HTTPRequest {
        var body = [UInt8]()
        for (name, value) in form {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            body += name.utf8
            body.append(UInt8(ascii: "="))
            PercentEncoding.append(value.utf8, keeping: .unreserved, to: &body)
        }
        return address.request(
            "POST", "/",
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")], body: body)
    }

    /// Returns what comes of a request, which is made for a clock that is ahead of the service's by some seconds: none
    /// at first, then those that the service's answer tells, where it refuses.
    private func credentials(
        of role: AssumedRole, hiding secrets: [String], _ request: @Sendable (_ lead: Int64) -> HTTPRequest
    ) async throws(CredentialError) -> Credentials {
        var lead: Int64 = 0
        var answer: ServiceExchange.Answer
        do throws(HTTPError) {
            answer = try await exchange.send(isTemporary: Self.isTemporary) { request(0) }
            if !answer.isSuccess, let date = answer.date {
                let found = exchange.clock.now().seconds - date.seconds
                if abs(found) > Self.clockTolerance {
                    lead = found
                    answer = try await exchange.send(isTemporary: Self.isTemporary) { request(found) }
                }
            }
        } catch {
            throw CredentialError(.unavailable, "STS did not answer for role \(role.arn): \(error.message)")
        }
        guard answer.isSuccess else {
            throw CredentialError(
                answer.isTemporary ? .unavailable : .refused,
                "STS gave no credentials for role \(role.arn): \(Self.reason(answer, hiding: secrets))")
        }
        guard let credentials = Self.credentials(in: answer.body, lead: lead) else {
            throw CredentialError(
                .unavailable, "STS at \(address.host) answered for role \(role.arn) with what is not its XML")
        }
        return credentials
    }

    /// A service refuses signatures that are further from its clock than 15 minutes. Units: seconds.
    private static let clockTolerance: Int64 = 300

    /// The provider of a token may not have answered STS, a token may be too new for its copy of the keys, and others may
    /// ask for too much at once.
    private static func isTemporary(_ answer: ServiceExchange.Answer) -> Bool {
        ["IDPCommunicationError", "InvalidIdentityToken", "Throttling", "ThrottlingException", "RequestThrottled"]
            .contains(error(answer.body)?["Code"]?.string)
    }

    private static func error(_ body: [UInt8]) -> XMLElement? {
        guard let root = try? XMLElement(parsing: body) else { return nil }
        return root.name == "ErrorResponse" ? root["Error"] : root.name == "Error" ? root : nil
    }

    private static func reason(_ answer: ServiceExchange.Answer, hiding secrets: [String]) -> String {
        let error = error(answer.body)
        let texts = [error?["Code"]?.string, error?["Message"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
        return texts.isEmpty
            ? "status \(answer.status)" : texts.joined(separator: ": ").quotable(hiding: secrets + answer.proofs)
    }

    /// Returns the credentials of an answer, their end by the clock here.
    private static func credentials(in body: [UInt8], lead: Int64) -> Credentials? {
        guard let root = try? XMLElement(parsing: body),
            let found = root.children.first(where: { $0.name.hasSuffix("Result") })?["Credentials"],
            let id = found["AccessKeyId"]?.string, !id.isEmpty,
            let secret = found["SecretAccessKey"]?.string, !secret.isEmpty,
            let token = found["SessionToken"]?.string, !token.isEmpty,
            let expiration = found["Expiration"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        return Credentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration.advanced(by: lead))
    }
}
