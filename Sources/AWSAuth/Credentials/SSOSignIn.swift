internal import ByteCore
internal import Crypto
internal import HTTP
internal import JSON

/// A role of somebody who signed in with `aws sso login`.
///
/// Spec: AWS SDKs reference guide, "IAM Identity Center credential provider".
struct SSOSignIn: Hashable, Sendable {
    let accountID: String
    let roleName: String
    let startURL: String
    /// The region of the start page.
    let region: String
    /// The `sso-session` section's name; nil where the profile holds all itself, and tokens are not renewed.
    let sessionName: String?
    /// The profile's name, for the sentence that says how to sign in.
    let profile: String

    /// Path of the file in which the sign-in keeps its token.
    func tokenPath(_ environment: AWSEnvironment) -> String {
        let name = Hex.string(RunningDigest.hash(Bytes((sessionName ?? startURL).utf8), .sha1))
        return environment.expandingPath("~/.aws/sso/cache/\(name).json")
    }

    /// Returns an error that asks somebody to sign in.
    func signInNeeded(_ reason: String) -> CredentialError {
        CredentialError(.refused, "\(reason); sign in with: aws sso login --profile \(profile)")
    }

    /// Returns credentials of the role for the holder of a token.
    func credentials(
        _ token: String, _ exchange: ServiceExchange, at address: ServiceAddress
    ) async throws(CredentialError) -> Credentials {
        func encoded(_ text: String) -> String {
            String(decoding: PercentEncoding.encode(text.utf8, keeping: .unreserved), as: UTF8.self)
        }
        let target =
            "/federation/credentials?role_name=\(encoded(roleName))&account_id=\(encoded(accountID))"
        let answer: ServiceExchange.Answer
        do throws(HTTPError) {
            answer = try await exchange.send {
                address.request("GET", target, headers: [HTTPHeader("x-amz-sso_bearer_token", token)])
            }
        } catch {
            throw CredentialError(.unavailable, "the SSO service did not answer: \(error.message)")
        }
        if answer.status == 401 { throw signInNeeded("the SSO service does not accept the token") }
        guard answer.isSuccess else {
            throw CredentialError(
                answer.isTemporary ? .unavailable : .refused,
                "the SSO service gave no credentials for role \(roleName) of account \(accountID): "
                    + answer.reason(hiding: [token]))
        }
        guard let found = JSONValue(parsing: answer.body)?["roleCredentials"], let id = found["accessKeyId"]?.text,
            let secret = found["secretAccessKey"]?.text, let token = found["sessionToken"]?.text,
            // Units: milliseconds since 1970.
            let end = found["expiration"]?.integer
        else {
            throw CredentialError(.unavailable, "the SSO service at \(address.host) answered with what is not its JSON")
        }
        return Credentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token,
            expiration: Timestamp(seconds: end / 1_000))
    }
}
