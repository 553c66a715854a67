/// Settings other than credentials, from environment variables and the profile.
public struct AWSSettings: Hashable, Sendable {
    /// The region: `AWS_REGION`, `AWS_DEFAULT_REGION`, then the profile's `region`.
    public let region: String?
    /// Address of an S3 server other than AWS: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, the `s3` part of the profile's
    /// `services` section, then the profile's `endpoint_url`.
    public let s3Endpoint: String?
    /// Whether hosts that have an IPv6 address as well are asked for.
    public let usesDualstack: Bool
    /// Whether hosts with FIPS 140 cryptography are asked for.
    public let usesFIPS: Bool
    /// Whether the profile asks for the bucket in the path.
    public let usesPathStyle: Bool
    /// Lines of the files that have no effect, for the log.
    public let warnings: [CredentialError]

    /// Reads the settings of a profile; `profile` is the one asked for by name, if any.
    ///
    /// - Throws: `invalid` with file and line for a file that cannot be parsed, or a name that leads nowhere.
    public init(environment: AWSEnvironment, profile name: String? = nil) throws(CredentialError) {
        let config = try SharedConfig(environment: environment)
        let named = name ?? environment.profileName
        let profile = config.profiles[named ?? "default"]
        if named != nil && profile == nil {
            // The provider words this error.
            _ = try ProfileProvider(config: config, name: named ?? "", isNamed: true).credentials()
        }
        func flag(_ variable: String, _ keys: String?...) -> Bool {
            if let value = environment[variable] { return value.lowercased() == "true" }
            return keys.contains { $0?.lowercased() == "true" }
        }
        region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile?["region"]
        s3Endpoint = try Self.endpoint(environment, config, profile)
        usesDualstack = flag(
            "AWS_USE_DUALSTACK_ENDPOINT", profile?["use_dualstack_endpoint"],
            profile?.nested("s3", "use_dualstack_endpoint"))
        usesFIPS = flag("AWS_USE_FIPS_ENDPOINT", profile?["use_fips_endpoint"])
        usesPathStyle = profile?.nested("s3", "addressing_style")?.lowercased() == "path"
        warnings = config.warnings
    }

    private static func endpoint(
        _ environment: AWSEnvironment, _ config: SharedConfig, _ profile: SharedConfig.Profile?
    ) throws(CredentialError) -> String? {
        let services = profile?["services"]
        if let services, let profile, config.services[services] == nil {
            throw CredentialError(
                .invalid, "profile \"\(profile.name)\": services names [services \(services)], which does not exist",
                at: profile.values["services"]?.location)
        }
        guard !environment.isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
            profile?["ignore_configured_endpoint_urls"]?.lowercased() != "true"
        else { return nil }
        if let endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"] { return endpoint }
        let nested = services.flatMap { config.services[$0]?.values["s3"]?.nested["endpoint_url"]?.text }
        if let nested, !nested.isEmpty { return nested }
        return profile?["endpoint_url"]
    }
}
