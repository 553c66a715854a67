public import HTTP

/// Credentials from the first place that has any, in the order of the Go SDK: environment variables, a token file that
/// variables name, the profile of the shared config files, the container, the machine. A profile asked for by name comes
/// before the variables.
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
    let instanceMemory = InstanceMemory()
    let tokenFiles = TokenFiles()
    let refusedKey = RefusedKey()

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

    /// Forgets these credentials, where they were kept for the time in which a machine's cannot be renewed; has those of
    /// a file renewed.
    public func invalidate(_ credentials: Credentials) async {
        instanceMemory.forget(credentials)
        refusedKey.note(credentials)
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
        if let container = try ContainerCredentials(environment: environment) { return .container(container) }
        let instance = try InstanceMetadata(
            environment: environment, profile: config.profiles[name ?? "default"])
        if let instance { return .instance(instance) }
        throw notConfigured("AWS_EC2_METADATA_DISABLED keeps the instance metadata service from being asked")
    }

    /// Returns an error that lists the places without credentials, for the reason given the last of them.
    func notConfigured(_ reason: String) -> CredentialError {
        let variables =
            configuration.profile == nil
            ? "AWS_ACCESS_KEY_ID and AWS_WEB_IDENTITY_TOKEN_FILE are not set, " : ""
        let profile = configuration.profile ?? environment.profileName ?? "default"
        return CredentialError(
            .notConfigured,
            "no AWS credentials: \(variables)profile \"\(profile)\" has none in "
                + SharedConfig.paths(environment).compactMap { $0 }.joined(separator: " and ")
                + ", no container offers any, and \(reason)")
    }
}
