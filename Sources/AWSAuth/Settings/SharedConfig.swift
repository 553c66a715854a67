/// The settings of every profile, merged from the config file and the credentials file.
struct SharedConfig: Sendable {
    typealias Value = SharedConfigFile.Value

    /// A profile's keys.
    struct Profile: Sendable {
        let name: String
        /// Where the profile is first written.
        let location: CredentialError.Location
        var values: [String: Value] = [:]

        /// Returns the text of a key that is set to more than nothing.
        subscript(key: String) -> String? {
            guard let text = values[key]?.text, !text.isEmpty else { return nil }
            return text
        }

        /// Returns the text of a key inside another key, such as `s3` / `addressing_style`.
        func nested(_ key: String, _ name: String) -> String? {
            guard let text = values[key]?.nested[name]?.text, !text.isEmpty else { return nil }
            return text
        }
    }

    /// Profiles by name.
    private(set) var profiles: [String: Profile] = [:]
    /// Sections `[services NAME]` by name.
    private(set) var services: [String: SharedConfigFile.Section] = [:]
    /// Sections `[sso-session NAME]` by name.
    private(set) var ssoSessions: [String: SharedConfigFile.Section] = [:]
    /// Lines of the files that have no effect.
    private(set) var warnings: [CredentialError] = []
    /// Paths of the two files.
    let configPath, credentialsPath: String?

    /// Reads both files; one that does not exist counts as empty.
    ///
    /// - Throws: `invalid` with file and line for a file that cannot be read or parsed.
    init(environment: AWSEnvironment) throws(CredentialError) {
        let paths = Self.paths(environment)
        (configPath, credentialsPath) = (paths[0], paths[1])
        if let file = try Self.read(configPath, environment) { addConfig(file) }
        if let file = try Self.read(credentialsPath, environment) { addCredentials(file) }
    }

    /// Returns the paths of the config file and of the credentials file, as far as they are known.
    static func paths(_ environment: AWSEnvironment) -> [String?] {
        [
            path("AWS_CONFIG_FILE", "config", environment),
            path("AWS_SHARED_CREDENTIALS_FILE", "credentials", environment),
        ]
    }

    private static func path(_ variable: String, _ name: String, _ environment: AWSEnvironment) -> String? {
        if let path = environment[variable] { return environment.expandingPath(path) }
        return environment.homeDirectory.map { $0 + "/.aws/" + name }
    }

    private static func read(
        _ path: String?, _ environment: AWSEnvironment
    ) throws(CredentialError) -> SharedConfigFile? {
        guard let path else { return nil }
        switch environment.readFile(path) {
        case .missing: return nil
        case .unreadable(let reason): throw CredentialError(.invalid, "\(path) cannot be read: \(reason)")
        case .bytes(let bytes): return try SharedConfigFile(parsing: bytes, path: path)
        }
    }

    /// In this file a profile is `[profile NAME]` or `[default]`, of which `[profile default]` is the stronger.
    private mutating func addConfig(_ file: SharedConfigFile) {
        warnings += file.warnings
        let hasProfileDefault = file.sections.contains { Self.name($0, after: "profile") == "default" }
        for section in file.sections {
            if let name = Self.name(section, after: "profile") {
                merge(section, intoProfile: name)
            } else if let name = Self.name(section, after: "services") {
                services[name] = section
            } else if let name = Self.name(section, after: "sso-session") {
                ssoSessions[name] = section
            } else if section.name == "default" && !hasProfileDefault {
                merge(section, intoProfile: "default")
            }
        }
    }

    /// In this file the section's name is the profile's.
    private mutating func addCredentials(_ file: SharedConfigFile) {
        warnings += file.warnings
        for section in file.sections { merge(section, intoProfile: section.name) }
    }

    private mutating func merge(_ section: SharedConfigFile.Section, intoProfile name: String) {
        profiles[name, default: Profile(name: name, location: section.location)].values
            .merge(section.values) { _, later in later }
    }

    /// Returns what follows a section's first word, without quotes around it.
    private static func name(_ section: SharedConfigFile.Section, after word: String) -> String? {
        guard section.name.hasPrefix(word) else { return nil }
        let rest = section.name.dropFirst(word.count)
        guard let first = rest.first, first == " " || first == "\t" else { return nil }
        let name = String(rest).trimmingSpace()
        guard let quote = name.first, quote == "\"" || quote == "'", name.count > 1, name.last == quote else {
            return name
        }
        return String(name.dropFirst().dropLast())
    }
}
