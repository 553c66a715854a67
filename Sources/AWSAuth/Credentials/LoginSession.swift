internal import Crypto
internal import JSON

/// Credentials that `aws login` keeps.
///
/// Not done: renewing them, which the AWS CLI does whenever it is used with the profile.
struct LoginSession: Hashable, Sendable {
    let name: String
    /// The profile's name, for the sentence that says how to sign in.
    let profile: String

    /// Returns the credentials of the session's file.
    func credentials(_ environment: AWSEnvironment, at now: Timestamp) throws(CredentialError) -> Credentials {
        let path = path(environment)
        guard case .bytes(let bytes) = environment.readFile(path) else {
            throw signInNeeded("there is no session of aws login in \(path)")
        }
        guard let token = JSONValue(parsing: bytes)?["accessToken"], let id = token["accessKeyId"]?.text,
            let secret = token["secretAccessKey"]?.text, let session = token["sessionToken"]?.text,
            let end = token["expiresAt"]?.text.flatMap({ Timestamp(rfc3339: $0) })
        else {
            throw signInNeeded("\(path) does not hold a session of aws login")
        }
        guard end > now else { throw signInNeeded("the session of aws login has ended") }
        return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: session, expiration: end)
    }

    private func path(_ environment: AWSEnvironment) -> String {
        let folder = environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "~/.aws/login/cache"
        return environment.expandingPath(folder) + "/" + SHA256.hash(Array(name.utf8)).hex + ".json"
    }

    private func signInNeeded(_ reason: String) -> CredentialError {
        CredentialError(.refused, "\(reason); sign in with: aws login --profile \(profile)")
    }
}
