/// Settings other than credentials, from environment variables and the profile.
public struct AWSSettings: Hashable, Sendable {
    /// The region: `AWS_REGION`, `AWS_DEFAULT_REGION`, then the profile's `region`.
    public let region: String?
    /// Address of an S3 server other than AWS: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, the `s3` part of the profile's
    /// `services` section, then the profile's `endpoint_url`.
    public var s3Endpoint: String? { endpoints[.s3] }
    /// Addresses of services that are configured, found as the S3 server's is.
    let endpoints: [AWSService: String]
    /// Whether hosts that have an IPv6 address as well are asked for.
    public let usesDualstack: Bool
    /// Whether hosts with FIPS 140 cryptography are asked for.
    public let usesFIPS: Bool
    /// Whether the profile asks for the bucket in the path.
    public let usesPathStyle: Bool
    /// Whether the profile asks for hosts of transfer acceleration.
    public let usesAccelerate: Bool
    /// Path of the certificates to trust in place of the system's: `AWS_CA_BUNDLE`, then the profile's `ca_bundle`.
    public let caBundlePath: String?
    /// How often a request is sent at most: `AWS_MAX_ATTEMPTS`, then the profile's `max_attempts`.
    public let maximumAttemptCount: Int?
    /// Lines of the files that have no effect, for the log.
    public let warnings: [CredentialError]

    /// Reads the settings of a profile; `profile` is the one asked for by name, if any.
    ///
    /// - Throws: `invalid` with file and line for a file that cannot be parsed, a name that leads nowhere, or a setting
    ///   that cannot be. `retry_mode` is only checked: every mode's retries are slowed down as the server asks.
    public init(environment: AWSEnvironment, profile name: String? = nil) throws(CredentialError) {
        let config = try SharedConfig(environment: environment)
        let named = name ?? environment.profileName
        let profile = config.profiles[named ?? "default"]
        if named != nil && profile == nil {
            // The plan words this error.
            _ = try ProfilePlan(environment: environment, config: config).plan(named ?? "", isNamed: true)
        }
        func flag(_ variable: String, _ keys: String?...) -> Bool {
            if let value = environment[variable] { return value.lowercased() == "true" }
            return keys.contains { $0?.lowercased() == "true" }
        }
        func checked<Value>(
            _ variable: String, _ key: String, _ expected: String, _ parse: (String) -> Value?
        ) throws(CredentialError) -> Value? {
            guard let text = environment[variable] ?? profile?[key] else { return nil }
            if let value = parse(text) { return value }
            let isVariable = environment[variable] != nil
            throw CredentialError(
                .invalid, "\(isVariable ? variable : key) must be \(expected), not \"\(text.quotable())\"",
                at: isVariable ? nil : profile?.location(of: key))
        }
        region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile?["region"]
        endpoints = try Self.endpoints(environment, config, profile)
        usesDualstack = flag(
            "AWS_USE_DUALSTACK_ENDPOINT", profile?["use_dualstack_endpoint"],
            profile?.nested("s3", "use_dualstack_endpoint"))
        usesFIPS = flag("AWS_USE_FIPS_ENDPOINT", profile?["use_fips_endpoint"])
        usesPathStyle = profile?.nested("s3", "addressing_style")?.lowercased() == "path"
        usesAccelerate = profile?.nested("s3", "use_accelerate_endpoint")?.lowercased() == "true"
        caBundlePath = (environment["AWS_CA_BUNDLE"] ?? profile?["ca_bundle"]).map(environment.expandingPath)
        maximumAttemptCount = try checked("AWS_MAX_ATTEMPTS", "max_attempts", "a whole number from 1 to 1000") { text in
            Int(text).flatMap { (1...1_000).contains($0) ? $0 : nil }
        }
        _ = try checked("AWS_RETRY_MODE", "retry_mode", "legacy, standard or adaptive") { text in
            ["legacy", "standard", "adaptive"].contains(text.lowercased()) ? text : nil
        }
        let containers = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
        let twice = CredentialError(.invalid, "\(containers[0]) is set and counts, so \(containers[1]) does not")
        warnings = config.warnings + (containers.allSatisfy { environment[$0] != nil } ? [twice] : [])
    }

    private static func endpoints(
        _ environment: AWSEnvironment, _ config: SharedConfig, _ profile: SharedConfig.Profile?
    ) throws(CredentialError) -> [AWSService: String] {
        let services = profile?["services"]
        if let services, let profile, config.services[services] == nil {
            throw CredentialError(
                .invalid, "profile \"\(profile.name)\": services names [services \(services)], which does not exist",
                at: profile.values["services"]?.location)
        }
        let ignores = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] ?? profile?["ignore_configured_endpoint_urls"]
        if ignores?.lowercased() == "true" { return [:] }
        var endpoints: [AWSService: String] = [:]
        for service in AWSService.allCases {
            let section = services.flatMap { config.services[$0]?.values[service.sectionKey] }
            let nested = section?.nested["endpoint_url"]?.text ?? ""
            endpoints[service] =
                environment["AWS_ENDPOINT_URL_\(service.variableSuffix)"] ?? environment["AWS_ENDPOINT_URL"]
                ?? (nested.isEmpty ? profile?["endpoint_url"] : nested)
        }
        return endpoints
    }
}
