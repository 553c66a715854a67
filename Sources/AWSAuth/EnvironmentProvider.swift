/// Credentials of the environment variables.
struct EnvironmentProvider {
    let environment: AWSEnvironment

    /// Returns the keys; nil where no access key is set.
    ///
    /// - Throws: `invalid` for an access key without its secret.
    func credentials() throws(CredentialError) -> Credentials? {
        guard let id = environment["AWS_ACCESS_KEY_ID"] ?? environment["AWS_ACCESS_KEY"] else { return nil }
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] ?? environment["AWS_SECRET_KEY"] else {
            throw CredentialError(.invalid, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
        }
        return Credentials(
            accessKeyID: id, secretAccessKey: secret,
            sessionToken: environment["AWS_SESSION_TOKEN"] ?? environment["AWS_SECURITY_TOKEN"])
    }
}
