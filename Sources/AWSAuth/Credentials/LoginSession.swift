internal import Crypto
internal import Synchronization

/// The session of somebody who signed in with `aws login`.
///
/// Spec: AWS SDKs reference guide, "Login credentials provider".
struct LoginSession: Hashable, Sendable {
    let name: String
    /// The profile's name, for the sentence that says how to sign in.
    let profile: String
    /// The profile's region, if it has one.
    let region: String?

    /// Path of the file in which the session keeps its credentials.
    func tokenPath(_ environment: AWSEnvironment) -> String {
        let folder = environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "~/.aws/login/cache"
        return environment.expandingPath(folder) + "/" + SHA256.hash(Array(name.utf8)).hex + ".json"
    }

    /// Returns an error that asks somebody to sign in.
    func signInNeeded(_ reason: String) -> CredentialError {
        CredentialError(.refused, "\(reason); sign in with: aws login --profile \(profile)")
    }
}

/// The key that a service refused last: a file that still holds it has to be renewed, whatever end it names.
final class RefusedKey: Sendable {
    private let id = Mutex<String?>(nil)

    /// Takes note of credentials that a service refused.
    func note(_ credentials: Credentials) { id.withLock { $0 = credentials.accessKeyID } }

    /// Returns whether a service refused these credentials last.
    func isOf(_ credentials: Credentials) -> Bool { id.withLock { $0 == credentials.accessKeyID } }
}

extension CredentialChain {
    /// Returns the credentials of a session, renewed where that is due and possible.
    func credentials(_ session: LoginSession) async throws(CredentialError) -> Credentials {
        let path = session.tokenPath(environment)
        let token = try token(of: session, in: path)
        let isRefused = refusedKey.isOf(token.credentials)
        guard isRefused || token.isEnding(at: clock.now()) else { return token.credentials }
        do throws(CredentialError) {
            let renewed = try await token.renewed(exchange, of: session, at: signInAddress(session, token))
            tokenFiles.replace(path, with: renewed.fileBytes, environment)
            return renewed.credentials
        } catch {
            // What renews is good for one time: another program may have been faster.
            let present = try self.token(of: session, in: path)
            if present.credentials != token.credentials, !present.isOver(at: clock.now()) { return present.credentials }
            // While the old credentials are good, that they could not be renewed does not matter.
            if !isRefused, !token.isOver(at: clock.now()) { return token.credentials }
            throw error
        }
    }

    private func token(of session: LoginSession, in path: String) throws(CredentialError) -> LoginToken {
        guard let bytes = tokenFiles.read(path, environment) else {
            throw session.signInNeeded("there is no session of aws login in \(path)")
        }
        guard let token = LoginToken(parsing: bytes) else {
            throw session.signInNeeded("\(path) does not hold a session of aws login")
        }
        return token
    }

    /// Somebody signs in to a region, and only there the session is known.
    private func signInAddress(_ session: LoginSession, _ token: LoginToken) throws(CredentialError) -> ServiceAddress {
        let settings = try AWSSettings(environment: environment, profile: configuration.profile)
        guard let region = token.region ?? session.region ?? settings.region ?? configuration.region else {
            throw CredentialError(
                .invalid, "profile \"\(session.profile)\": login_session is set and region is not")
        }
        return try address(of: .signIn, region: region, settings)
    }
}
