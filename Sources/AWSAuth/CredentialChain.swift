public import HTTP

/// Credentials from the first place that has any, in the order of the Go SDK: environment variables, a token file that
/// variables name, then the profile of the shared config files. A profile asked for by name comes before the variables.
///
/// *Not configured here* tries the next place; *configured but broken* stops.
public struct CredentialChain: CredentialSource {
    /// What the user of this program asks for, which counts more than the environment.
    public struct Configuration: Hashable, Sendable {
        /// The profile asked for by name, if any.
        public var profile: String?
        /// A role to take on with the credentials found.
        public var role: AssumedRole?
        /// The region whose STS is asked; nil for that of the environment or profile.
        public var region: String?
        /// Whether hosts with FIPS 140 cryptography are asked; nil means the environment or profile says it.
        public var usesFIPS: Bool?
        /// Whether hosts that have an IPv6 address as well are asked; nil means the environment or profile says it.
        public var usesDualstack: Bool?

        /// Creates a configuration that asks for nothing.
        public init() {}
    }

    let environment: AWSEnvironment
    let transport: any HTTPTransport
    let configuration: Configuration
    let clock: CredentialClock

    /// Creates a chain; nothing is read or sent yet.
    public init(
        environment: AWSEnvironment, transport: any HTTPTransport, configuration: Configuration = Configuration()
    ) {
        self.init(environment: environment, transport: transport, configuration: configuration, clock: .system)
    }

    init(
        environment: AWSEnvironment, transport: any HTTPTransport, configuration: Configuration,
        clock: CredentialClock
    ) {
        self.environment = environment
        self.transport = transport
        self.configuration = configuration
        self.clock = clock
    }

    /// Returns the credentials that are configured now: variables and files are read at each call.
    ///
    /// - Throws: `notConfigured` where no place has any, and any other kind with the place at fault.
    public func credentials() async throws(CredentialError) -> Credentials {
        try await credentials(plan())
    }

    /// Returns what the configuration comes to. Nothing is sent.
    func plan() throws(CredentialError) -> CredentialPlan {
        let found = try foundPlan()
        guard let role = configuration.role else { return found }
        return .role(role, from: found, at: nil)
    }

    private func foundPlan() throws(CredentialError) -> CredentialPlan {
        if configuration.profile == nil {
            if let keys = try environment.keys() { return .keys(keys) }
            if let plan = try environment.webIdentity() { return plan }
        }
        let name = configuration.profile ?? environment.profileName
        let config = try SharedConfig(environment: environment)
        let profile = ProfilePlan(environment: environment, config: config)
        if let plan = try profile.plan(name ?? "default", isNamed: name != nil) { return plan }
        for variable in ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
        where environment[variable] != nil {
            throw CredentialError(
                .unsupported(variable),
                "\(variable) is set and not supported; use AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile")
        }
        throw CredentialError(
            .notConfigured,
            "no AWS credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor keys of profile "
                + "\"\(name ?? "default")\" in \(config.configPath ?? "the config file") or "
                + "\(config.credentialsPath ?? "the credentials file") are set")
    }
}
