/// Reads the plan for credentials out of a profile of the shared config files.
///
/// The order inside a profile is that of the Go SDK.
struct ProfilePlan {
    let environment: AWSEnvironment
    let config: SharedConfig

    /// Returns the plan of a profile; nil where the profile says nothing about credentials.
    ///
    /// - `isNamed` says whether somebody asked for the profile; the one called `default` need not exist.
    ///
    /// - Throws: `invalid` for a profile that is missing or contradicts itself.
    func plan(_ name: String, isNamed: Bool) throws(CredentialError) -> CredentialPlan? {
        guard let profile = config.profiles[name] else {
            guard isNamed else { return nil }
            let files = [config.configPath, config.credentialsPath].compactMap { $0 }.joined(separator: " and ")
            throw CredentialError(.invalid, "profile \"\(name)\" is not in \(files)")
        }
        return try plan(profile, visited: [])
    }

    private func plan(_ profile: SharedConfig.Profile, visited: [String]) throws(CredentialError) -> CredentialPlan? {
        // Keys end a row of roles; of the first profile its role counts more.
        if visited.isEmpty, let arn = profile["role_arn"] { return try plan(roleARN: arn, profile, visited: visited) }
        if let keys = try staticKeys(profile) { return .keys(keys) }
        if let arn = profile["role_arn"] { return try plan(roleARN: arn, profile, visited: visited) }
        for key in ["credential_source", "web_identity_token_file"] where profile[key] != nil {
            throw profile.fault("\(key) is set and role_arn is not", at: key)
        }
        if profile["sso_account_id"] != nil || profile["sso_role_name"] != nil { return try signIn(profile) }
        if let name = profile["login_session"] {
            return .login(
                LoginSession(name: name, profile: profile.name, region: profile["region"]),
                at: profile.location(of: "login_session"))
        }
        if let command = profile["credential_process"] {
            return .process(CredentialProcess(command: command), at: profile.location(of: "credential_process"))
        }
        // A sign-in without account and role gives other tokens; here it is the only thing there is.
        if profile["sso_session"] != nil || profile["sso_start_url"] != nil { return try signIn(profile) }
        if profile["source_profile"] != nil {
            throw profile.fault("source_profile is set and role_arn is not", at: "source_profile")
        }
        return nil
    }

    private func staticKeys(_ profile: SharedConfig.Profile) throws(CredentialError) -> Credentials? {
        switch (profile["aws_access_key_id"], profile["aws_secret_access_key"]) {
        case (let id?, let secret?):
            return Credentials(
                accessKeyID: id, secretAccessKey: secret,
                sessionToken: profile["aws_session_token"] ?? profile["aws_security_token"])
        case (nil, nil): return nil
        case (nil, _?):
            throw profile.fault(
                "aws_secret_access_key is set and aws_access_key_id is not", at: "aws_secret_access_key")
        case (_?, nil):
            throw profile.fault("aws_access_key_id is set and aws_secret_access_key is not", at: "aws_access_key_id")
        }
    }
}

// MARK: - Sign-in

extension ProfilePlan {
    /// Returns the plan of a profile for somebody who signed in: with a section of its own for the start page, or all
    /// in the profile.
    private func signIn(_ profile: SharedConfig.Profile) throws(CredentialError) -> CredentialPlan {
        let first = ["sso_account_id", "sso_role_name", "sso_session", "sso_start_url"].first { profile[$0] != nil }
        let key = first ?? "sso_account_id"
        var session: SharedConfigFile.Section?
        if let name = profile["sso_session"] {
            guard let found = config.ssoSessions[name] else {
                throw profile.fault(
                    "sso_session names [sso-session \(name)], which does not exist", at: "sso_session")
            }
            session = found
        }
        func text(_ key: String) throws(CredentialError) -> String? {
            let shared = session?.values[key].flatMap { $0.text.isEmpty ? nil : $0.text }
            if let own = profile[key], let shared, own != shared {
                throw profile.fault("\(key) is not that of its sso-session", at: key)
            }
            return shared ?? profile[key]
        }
        guard let account = try text("sso_account_id") else { throw missing("sso_account_id", profile, key) }
        guard let role = try text("sso_role_name") else { throw missing("sso_role_name", profile, key) }
        guard let url = try text("sso_start_url") else { throw missing("sso_start_url", profile, key) }
        guard let region = try text("sso_region") else { throw missing("sso_region", profile, key) }
        return .sso(
            SSOSignIn(
                accountID: account, roleName: role, startURL: url, region: region, sessionName: profile["sso_session"],
                profile: profile.name),
            at: profile.location(of: key))
    }

    private func missing(_ key: String, _ profile: SharedConfig.Profile, _ other: String) -> CredentialError {
        profile.fault("\(other) is set and \(key) is not", at: other)
    }
}

// MARK: - Roles

extension ProfilePlan {
    /// Returns the plan of a profile with a role, which has one source of its own.
    private func plan(
        roleARN arn: String, _ profile: SharedConfig.Profile, visited: [String]
    ) throws(CredentialError) -> CredentialPlan {
        if profile["mfa_serial"] != nil {
            throw profile.fault("mfa_serial needs a person to type a code, and here is none", at: "mfa_serial")
        }
        let role = try role(arn, profile)
        let location = profile.location(of: "role_arn")
        if let file = profile["web_identity_token_file"] {
            return .webIdentity(role, tokenFile: environment.expandingPath(file), at: location)
        }
        switch (profile["source_profile"], profile["credential_source"]) {
        case (_?, _?):
            throw profile.fault("a role has either source_profile or credential_source, not both", at: "source_profile")
        case (nil, let source?):
            return .role(role, from: try plan(credentialSource: source, profile), at: location)
        case (let next?, nil):
            return .role(role, from: try plan(source: next, of: profile, visited: visited), at: location)
        case (nil, nil):
            throw profile.fault(
                "role_arn needs source_profile, credential_source or web_identity_token_file; "
                    + "keys, a process or a sign-in belong into the profile that source_profile names",
                at: "role_arn")
        }
    }

    private func role(_ arn: String, _ profile: SharedConfig.Profile) throws(CredentialError) -> AssumedRole {
        var role = AssumedRole(arn: arn, externalID: profile["external_id"], sessionName: profile["role_session_name"])
        if let name = role.sessionName, !AssumedRole.isSessionName(name) {
            throw profile.fault(
                "role_session_name must have from 2 to 64 letters, digits or any of _+=,.@-", at: "role_session_name")
        }
        if let text = profile["duration_seconds"] {
            guard let duration = Int(text), AssumedRole.durations.contains(duration) else {
                throw profile.fault(
                    "duration_seconds must be a whole number from \(AssumedRole.durations.lowerBound) to "
                        + "\(AssumedRole.durations.upperBound)", at: "duration_seconds")
            }
            role.durationSeconds = duration
        }
        return role
    }

    /// Returns the plan of the profile that a role's credentials come from.
    private func plan(
        source name: String, of profile: SharedConfig.Profile, visited: [String]
    ) throws(CredentialError) -> CredentialPlan {
        guard let source = config.profiles[name] else {
            throw profile.fault("source_profile names profile \"\(name)\", which does not exist", at: "source_profile")
        }
        // A profile may be its own source where it has keys.
        if name == profile.name, let keys = try staticKeys(source) { return .keys(keys) }
        let visited = visited + [profile.name]
        guard !visited.contains(name) else {
            let circle = (visited + [name]).joined(separator: ", ")
            throw profile.fault("source_profile leads in a circle: \(circle)", at: "source_profile")
        }
        guard let plan = try plan(source, visited: visited) else {
            throw profile.fault(
                "source_profile names profile \"\(name)\", which has no credentials", at: "source_profile")
        }
        return plan
    }

    private func plan(
        credentialSource source: String, _ profile: SharedConfig.Profile
    ) throws(CredentialError) -> CredentialPlan {
        switch source {
        case "Environment":
            guard let keys = try environment.keys() else {
                throw profile.fault(
                    "credential_source is Environment, and AWS_ACCESS_KEY_ID is not set", at: "credential_source")
            }
            return .keys(keys)
        case "EcsContainer":
            guard let container = try ContainerCredentials(environment: environment) else {
                throw profile.fault(
                    "credential_source is EcsContainer, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set",
                    at: "credential_source")
            }
            return .container(container)
        case "Ec2InstanceMetadata":
            let instance = try InstanceMetadata(environment: environment, profile: profile, isExpected: true)
            guard let instance else {
                throw profile.fault(
                    "credential_source is Ec2InstanceMetadata, and AWS_EC2_METADATA_DISABLED is true",
                    at: "credential_source")
            }
            return .instance(instance)
        default:
            throw profile.fault(
                "credential_source must be Environment, Ec2InstanceMetadata or EcsContainer, not \"\(source)\"",
                at: "credential_source")
        }
    }
}

extension SharedConfig.Profile {
    /// Returns where a key is written, or the profile.
    func location(of key: String) -> CredentialError.Location { values[key]?.location ?? location }

    /// Returns an error about a key of this profile.
    func fault(_ message: String, at key: String) -> CredentialError {
        CredentialError(.invalid, "profile \"\(name)\": \(message)", at: location(of: key))
    }
}
