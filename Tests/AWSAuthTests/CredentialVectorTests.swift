import Foundation
import TestSupport
import Testing

@testable import AWSAuth

/// Every case of the sample and the directory: two files, variables and a profile, and what a reference client makes of them.
///
/// Where this program differs on purpose, a rule below says how, over what the case holds rather than by its name.
struct CredentialVectorTests {
    /// What a case is to come to.
    enum Outcome: Equatable {
        case keys(id: String, secret: String, token: String?)
        /// Keys that STS gives for a role of the case.
        case role
        /// Keys that the case spells out somewhere.
        case anyKeys
        case notConfigured
        case invalid
        /// A plan of the kind that the reference client names so; who is asked does not matter here.
        case plan(String)
    }

    /// A difference on purpose.
    struct Deviation {
        let name: String
        let applies: @Sendable (Case) -> Bool
        let outcome: @Sendable (Case) -> Outcome?
    }

    struct Case: Sendable {
        let name: String
        let config, credentials: String
        let variables: [String: String]
        let profile: String?
        let expected: JSON

        var text: String { config + "\n" + credentials }
        var error: String? { expected["error"]["type"].string }
        var method: String? { expected["credentials"]["method"].string }
        var isParseError: Bool { error == "ConfigParseError" || clientError == "ConfigParseError" }
        var clientError: String? { expected["client_error"]["type"].string }

        init(_ json: JSON) {
            name = json["name"].string ?? ""
            (config, credentials) = (json["config"].string ?? "", json["credentials"].string ?? "")
            variables = json["env"].object.compactMapValues(\.string)
            profile = json["profile"].string
            expected = json["botocore"]
        }

        /// Whether a line of the files has a comment after its value.
        var hasInlineComment: Bool {
            text.split(separator: "\n").contains { line in
                guard let first = line.first, first != "#", first != ";" else { return false }
                return [" #", " ;", "\t#", "\t;"].contains { line.contains($0) }
            }
        }

        /// Whether both names of a session token are in use.
        var hasBothTokenNames: Bool {
            text.contains("aws_session_token") && text.contains("aws_security_token")
                || variables["AWS_SESSION_TOKEN"] != nil && variables["AWS_SECURITY_TOKEN"] != nil
        }

        /// Sources other than keys, roles and web identity, as far as the case holds any.
        var otherSources: [String] {
            let keys = ["credential_process", "sso_session", "sso_start_url", "sso_account_id", "login_session"]
            let names = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
            return keys.filter { text.contains($0) } + names.filter { variables[$0] != nil }
        }

        /// Whether one profile holds keys as well as another source.
        var hasKeysAndOtherSource: Bool {
            var keys = Set<String>()
            var others = Set<String>()
            var profile = ""
            for line in text.split(separator: "\n") {
                if line.hasPrefix("[") {
                    profile = String(line).replacing("profile ", with: "")
                } else if line.hasPrefix("aws_secret_access_key") {
                    keys.insert(profile)
                } else if otherSources.contains(where: { line.hasPrefix($0) }) {
                    others.insert(profile)
                }
            }
            return !text.contains("role_arn") && !keys.isDisjoint(with: others)
        }

        /// Whether a key or a section is written twice.
        var hasDuplicate: Bool {
            [config, credentials].contains { file in
                var seen = Set<String>()
                var section = ""
                return file.split(separator: "\n").contains { line in
                    if line.hasPrefix("[") { section = String(line) }
                    let key = line.hasPrefix("[") ? "" : String(line.prefix { $0 != "=" }).trimmingSpace().lowercased()
                    return !seen.insert(section + "\u{0}" + key).inserted
                }
            }
        }
    }

    private static let deviations = [
        Deviation(
            name: "D1: a comment after white space is not part of a value", applies: { $0.hasInlineComment },
            outcome: { expected in
                guard case .keys(let id, let secret, let token)? = outcome(expected.expected["credentials"]) else {
                    return nil
                }
                func cut(_ text: String) -> String {
                    let ends = [" #", " ;", "\t#", "\t;"].compactMap { text.firstRange(of: $0)?.lowerBound }
                    return ends.min().map { String(text[..<$0]).trimmingSpace() } ?? text
                }
                return .keys(id: cut(id), secret: cut(secret), token: token.map(cut))
            }),
        Deviation(
            name: "D2: a byte order mark is read past",
            applies: { $0.isParseError && $0.text.contains("\u{FEFF}") }, outcome: { _ in .anyKeys }),
        Deviation(
            name: "D4: what is written twice is merged, the last counts",
            applies: { $0.isParseError && $0.hasDuplicate },
            outcome: { _ in .anyKeys }),
        Deviation(
            name: "D5: aws_session_token comes before its old name", applies: { $0.hasBothTokenNames },
            outcome: { expected in
                guard case .keys(let id, let secret, _)? = outcome(expected.expected["credentials"]) else { return nil }
                let line = expected.text.split(separator: "\n").first { $0.contains("aws_session_token") }
                let token = line.map {
                    String($0[$0.index(after: $0.firstIndex(of: "=") ?? $0.startIndex)...]).trimmingSpace()
                }
                return .keys(id: id, secret: secret, token: token ?? expected.variables["AWS_SESSION_TOKEN"])
            }),
        Deviation(
            name: "D3: a line that continues a value has no effect",
            applies: { $0.expected["credentials"].object.values.contains { $0.string?.contains("\n") == true } },
            outcome: { expected in
                guard case .keys(let id, let secret, let token)? = outcome(expected.expected["credentials"]) else {
                    return nil
                }
                func first(_ text: String) -> String { String(text.prefix { $0 != "\n" }) }
                return .keys(id: first(id), secret: first(secret), token: token.map(first))
            }),
        Deviation(
            name: "Go order: keys of a profile come before its other sources",
            applies: { $0.hasKeysAndOtherSource }, outcome: { _ in .anyKeys }),
        Deviation(
            name: "a key without a value is not set: both are nothing, one is half of a pair",
            applies: {
                let keys = $0.expected["credentials"]
                return keys["access_key"].string == "" || keys["secret_key"].string == ""
            },
            outcome: {
                let keys = $0.expected["credentials"]
                return keys["access_key"].string == keys["secret_key"].string ? .notConfigured : .invalid
            }),
        Deviation(
            name: "a variable without a value is not set",
            applies: { $0.error == "ProfileNotFound" && $0.variables["AWS_PROFILE"] == "" },
            outcome: { _ in .anyKeys }),
        Deviation(
            name: "a role that needs a person's code is refused", applies: { $0.text.contains("mfa_serial") },
            outcome: { _ in .invalid }),
        Deviation(
            name: "Go: a sign-in without account and role, and nothing else, is a fault",
            applies: {
                $0.expected["credentials"] == .null && $0.error == nil && !$0.text.contains("sso_account_id")
                    && $0.otherSources.contains { ["sso_session", "sso_start_url"].contains($0) }
            }, outcome: { _ in .invalid }),
    ]

    @Test("every case comes to the keys, the role, the source or the error that it comes to with the reference client")
    func cases() async throws {
        for json in try CredentialSample.cases() {
            let value = Case(json)
            let deviation = Self.deviations.first { $0.applies(value) }
            let expected = deviation?.outcome(value) ?? Self.outcome(value)
            let comment = Comment(rawValue: "\(value.name): expected \(expected)")
            let peers = ScriptedPeers { STSAnswer.credentials(for: $0) }
            let chain = CredentialChain.test(environment(value), peers, profile: value.profile)
            switch (expected, await chain.result()) {
            case (.keys(let id, let secret, let token), .success(let found)):
                #expect(found == Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token), comment)
            case (.role, .success(let found)):
                let arn = try #require(peers.requests.last?.form["RoleArn"], comment)
                #expect(found.accessKeyID == arn && found.sessionToken == "role-token", comment)
                #expect(value.text.contains(arn) || value.variables["AWS_ROLE_ARN"] == arn, comment)
            case (.anyKeys, .success(let found)):
                #expect(value.text.contains(found.accessKeyID) && value.text.contains(found.secretAccessKey), comment)
            case (.notConfigured, .failure(let error)):
                #expect(error.kind == .notConfigured, comment)
            case (.invalid, .failure(let error)):
                #expect(error.kind != .notConfigured, comment)
            case (.plan(let method), _):
                #expect(Self.method(try chain.plan()) == method, comment)
            case (_, let result):
                Issue.record("\(comment): \(result)")
            }
        }
    }

    @Test("region, endpoint and addressing are those of the reference client, with AWS_REGION in addition")
    func settings() throws {
        for json in try CredentialSample.cases() {
            let value = Case(json)
            let comment = Comment(rawValue: value.name)
            let isDeviation = value.isParseError && (value.hasDuplicate || value.text.contains("\u{FEFF}"))
            // Of the sources of credentials the settings know nothing.
            if value.clientError != nil && !value.otherSources.isEmpty { continue }
            if value.variables["AWS_PROFILE"] == "" { continue }
            if value.clientError != nil && !isDeviation && value.clientError != "InvalidRegionError" {
                #expect(throws: CredentialError.self, comment) {
                    try AWSSettings(environment: environment(value), profile: value.profile)
                }
                continue
            }
            let settings = try AWSSettings(environment: environment(value), profile: value.profile)
            if value.clientError == nil {
                #expect(settings.region == value.variables["AWS_REGION"] ?? value.expected["region"].string, comment)
                let endpoint = value.expected["s3_endpoint"].string ?? ""
                #expect(settings.s3Endpoint == (endpoint.contains("amazonaws.com") ? nil : endpoint), comment)
                #expect(settings.usesPathStyle == (value.expected["addressing_style"].string == "path"), comment)
                #expect(settings.usesDualstack == endpoint.contains("dualstack"), comment)
            }
        }
    }

    private func environment(_ value: Case) -> AWSEnvironment {
        // The token file that the cases name.
        .test(value.variables, config: value.config, credentials: value.credentials, files: ["/tmp/x": "token"])
    }

    private static func outcome(_ credentials: JSON) -> Outcome? {
        guard let id = credentials["access_key"].string, let secret = credentials["secret_key"].string else {
            return nil
        }
        return .keys(id: id, secret: secret, token: credentials["token"].string)
    }

    private static func outcome(_ value: Case) -> Outcome {
        if ["assume-role", "assume-role-with-web-identity"].contains(value.method) { return .role }
        if let keys = outcome(value.expected["credentials"]) { return keys }
        if let method = value.method { return .plan(method) }
        return value.error == nil && value.clientError == nil ? .notConfigured : .invalid
    }

    /// The reference client's name for the kind of a plan.
    private static func method(_ plan: CredentialPlan) -> String? {
        switch plan {
        case .sso: "sso"
        case .login: "login"
        case .process: "custom-process"
        case .container: "container-role"
        case .instance: "iam-role"
        case .keys, .role, .webIdentity: nil
        }
    }
}
