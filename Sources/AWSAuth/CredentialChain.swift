/// Credentials from the first place that has any, in the order of the Go SDK: environment variables, then the profile
/// of the shared config files. A profile asked for by name is the only place.
///
/// *Not configured here* tries the next place; *configured but broken* stops.
public struct CredentialChain: CredentialSource {
    private let environment: AWSEnvironment
    private let profile: String?

    /// Creates a chain; `profile` is the one asked for by name, if any.
    public init(environment: AWSEnvironment, profile: String? = nil) {
        self.environment = environment
        self.profile = profile
    }

    /// Returns the credentials that are configured now: variables and files are read at each call.
    ///
    /// - Throws: `notConfigured` where no place has any, `invalid` and `unsupported` with the place at fault.
    public func credentials() async throws(CredentialError) -> Credentials {
        if profile == nil {
            if let found = try EnvironmentProvider(environment: environment).credentials() { return found }
            try checkWebIdentity()
        }
        let named = profile ?? environment.profileName
        let config = try SharedConfig(environment: environment)
        let provider = ProfileProvider(config: config, name: named ?? "default", isNamed: named != nil)
        if let found = try provider.credentials() { return found }
        for variable in ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
        where environment[variable] != nil {
            throw unsupported(variable)
        }
        throw CredentialError(
            .notConfigured,
            "no AWS credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor keys of profile "
                + "\"\(provider.name)\" in \(config.configPath ?? "the config file") or "
                + "\(config.credentialsPath ?? "the credentials file") are set")
    }

    private func checkWebIdentity() throws(CredentialError) {
        guard environment["AWS_WEB_IDENTITY_TOKEN_FILE"] != nil else { return }
        guard environment["AWS_ROLE_ARN"] != nil else {
            throw CredentialError(.invalid, "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not")
        }
        throw unsupported("AWS_WEB_IDENTITY_TOKEN_FILE")
    }

    private func unsupported(_ variable: String) -> CredentialError {
        CredentialError(
            .unsupported(variable),
            "\(variable) is set and not supported; use AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile")
    }
}
