/// Credentials of one profile of the shared config files.
struct ProfileProvider {
    let config: SharedConfig
    /// The profile's name.
    let name: String
    /// Whether somebody asked for the profile by name; the one called `default` need not exist.
    let isNamed: Bool

    /// Returns the profile's keys; nil where the profile says nothing about credentials.
    ///
    /// The order inside a profile is that of the Go SDK.
    ///
    /// - Throws: `invalid` for a profile that is missing or contradicts itself, `unsupported` for another source.
    func credentials() throws(CredentialError) -> Credentials? {
        guard let profile = config.profiles[name] else {
            guard isNamed else { return nil }
            let files = [config.configPath, config.credentialsPath].compactMap { $0 }.joined(separator: " and ")
            throw CredentialError(.invalid, "profile \"\(name)\" is not in \(files)")
        }
        var visited = [name]
        if let role = profile.values["role_arn"], !role.text.isEmpty {
            try checkRole(profile, at: role.location, &visited)
            throw unsupported(
                profile["web_identity_token_file"] == nil ? "role_arn" : "web_identity_token_file", profile)
        }
        if let keys = try staticKeys(profile) { return keys }
        if profile["web_identity_token_file"] != nil {
            throw invalid("web_identity_token_file is set and role_arn is not", profile, "web_identity_token_file")
        }
        for key in Self.otherSources where profile[key] != nil { throw unsupported(key, profile) }
        return nil
    }

    /// Keys that name a source of credentials other than keys.
    private static let otherSources = [
        "credential_source", "sso_session", "sso_start_url", "sso_account_id", "login_session", "credential_process",
    ]

    private func staticKeys(_ profile: SharedConfig.Profile) throws(CredentialError) -> Credentials? {
        switch (profile["aws_access_key_id"], profile["aws_secret_access_key"]) {
        case (let id?, let secret?):
            return Credentials(
                accessKeyID: id, secretAccessKey: secret,
                sessionToken: profile["aws_session_token"] ?? profile["aws_security_token"])
        case (nil, nil): return nil
        case (nil, _?):
            throw invalid("aws_secret_access_key is set and aws_access_key_id is not", profile, "aws_secret_access_key")
        case (_?, nil):
            throw invalid("aws_access_key_id is set and aws_secret_access_key is not", profile, "aws_access_key_id")
        }
    }

    /// Checks that a role has one source, which exists, and that roles do not lead in a circle.
    private func checkRole(
        _ profile: SharedConfig.Profile, at location: CredentialError.Location, _ visited: inout [String]
    ) throws(CredentialError) {
        if profile["mfa_serial"] != nil {
            throw invalid("mfa_serial needs a person to type a code, and here is none", profile, "mfa_serial")
        }
        switch (profile["source_profile"], profile["credential_source"]) {
        case (_?, _?):
            throw invalid("a role has either source_profile or credential_source, not both", profile, "source_profile")
        case (nil, let source?):
            guard ["Environment", "Ec2InstanceMetadata", "EcsContainer"].contains(source) else {
                throw invalid(
                    "credential_source must be Environment, Ec2InstanceMetadata or EcsContainer, not \"\(source)\"",
                    profile, "credential_source")
            }
        case (let next?, nil):
            try checkSource(next, of: profile, &visited)
        case (nil, nil):
            let others = ["web_identity_token_file"] + Self.otherSources
            guard others.contains(where: { profile[$0] != nil }) else {
                throw CredentialError(.invalid, "role_arn needs source_profile or credential_source", at: location)
            }
        }
    }

    private func checkSource(
        _ name: String, of profile: SharedConfig.Profile, _ visited: inout [String]
    ) throws(CredentialError) {
        guard let source = config.profiles[name] else {
            throw invalid("source_profile names profile \"\(name)\", which does not exist", profile, "source_profile")
        }
        // A profile may be its own source where it has keys.
        if name == profile.name, try staticKeys(source) != nil { return }
        guard !visited.contains(name) else {
            let circle = (visited + [name]).joined(separator: ", ")
            throw invalid("source_profile leads in a circle: \(circle)", profile, "source_profile")
        }
        visited.append(name)
        if let role = source.values["role_arn"], !role.text.isEmpty {
            try checkRole(source, at: role.location, &visited)
        } else {
            let others = Self.otherSources.contains { source[$0] != nil }
            guard try staticKeys(source) != nil || others else {
                throw invalid("source_profile names profile \"\(name)\", which has no keys", profile, "source_profile")
            }
        }
    }

    private func invalid(_ message: String, _ profile: SharedConfig.Profile, _ key: String) -> CredentialError {
        CredentialError(
            .invalid, "profile \"\(profile.name)\": \(message)", at: profile.values[key]?.location ?? profile.location)
    }

    private func unsupported(_ key: String, _ profile: SharedConfig.Profile) -> CredentialError {
        CredentialError(
            .unsupported(key),
            "profile \"\(profile.name)\": \(key) is not supported; use a profile with aws_access_key_id and "
                + "aws_secret_access_key, or the environment variables of those names",
            at: profile.values[key]?.location ?? profile.location)
    }
}
