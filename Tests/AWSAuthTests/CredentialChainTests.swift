import Testing

@testable import AWSAuth

struct CredentialChainTests {
    private func found(
        _ environment: AWSEnvironment, profile: String? = nil
    ) async throws(CredentialError) -> Credentials {
        try await CredentialChain.test(environment, profile: profile).credentials()
    }

    private func error(_ environment: AWSEnvironment, profile: String? = nil) async throws -> CredentialError {
        try await #require(throws: CredentialError.self) { try await found(environment, profile: profile) }
    }

    private let both = """
        [default]
        aws_access_key_id = D
        aws_secret_access_key = sD
        [p]
        aws_access_key_id = P
        aws_secret_access_key = sP
        aws_session_token = tP
        """

    @Test("variables come before a profile that a variable names, and after one that was asked for")
    func order() async throws {
        let variables = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "sE", "AWS_PROFILE": "p"]
        let environment = AWSEnvironment.test(variables, credentials: both)
        #expect(try await found(environment).accessKeyID == "E")
        #expect(
            try await found(environment, profile: "p")
                == Credentials(accessKeyID: "P", secretAccessKey: "sP", sessionToken: "tP"))
        #expect(try await found(.test(["AWS_PROFILE": "p"], credentials: both)).accessKeyID == "P")
        #expect(try await found(.test(credentials: both)).accessKeyID == "D")
    }

    @Test("a profile that was asked for is not replaced by variables, even where it is missing or empty")
    func explicitProfile() async throws {
        let variables = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "sE"]
        let missing = try await error(.test(variables, credentials: both), profile: "q")
        #expect(missing.kind == .invalid)
        #expect(missing.message == "profile \"q\" is not in /home/u/.aws/config and /home/u/.aws/credentials")
        let empty = try await error(.test(variables, config: "[profile q]\nregion = x"), profile: "q")
        #expect(empty.kind == .notConfigured)
    }

    @Test("half of a pair of keys stops the chain and names file, line and the missing half")
    func halfConfigured() async throws {
        let half = try await error(.test(config: "# c\n[default]\n\naws_access_key_id = A"))
        #expect(half.kind == .invalid)
        #expect(
            half.description == "/home/u/.aws/config:4: profile \"default\": aws_access_key_id is set and "
                + "aws_secret_access_key is not")
        let variable = try await error(.test(["AWS_ACCESS_KEY_ID": "E"], credentials: both))
        #expect(variable.message == "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
    }

    @Test("both files merge key by key, and the credentials file counts more")
    func merging() async throws {
        let environment = AWSEnvironment.test(
            config: "[default]\naws_access_key_id = C\naws_session_token = tC", credentials: both)
        #expect(
            try await found(environment)
                == Credentials(accessKeyID: "D", secretAccessKey: "sD", sessionToken: "tC"))
    }

    @Test(
        "what contradicts itself, or lacks a part, stops the chain with file and line",
        arguments: [
            ("role_arn = a\nmfa_serial = m\nsource_profile = default", 3),
            ("role_arn = a\nsource_profile = default\ncredential_source = Environment", 3),
            ("role_arn = a\ncredential_source = Nope", 3), ("role_arn = a\ncredential_source = Environment", 3),
            ("role_arn = a\ncredential_source = EcsContainer", 3),
            ("role_arn = a\ncredential_source = Ec2InstanceMetadata", 3), ("\nrole_arn = a", 3),
            ("role_arn = a\nsource_profile = none", 3), ("role_arn = a\nsource_profile = x", 3),
            ("role_arn = a\nsource_profile = default\nduration_seconds = 899", 4),
            ("role_arn = a\nsource_profile = default\nduration_seconds = 1h", 4),
            ("role_arn = a\nsource_profile = default\nrole_session_name = a b", 4),
            ("role_arn = a\ncredential_process = /bin/true", 2),
            ("credential_source = Environment", 2), ("web_identity_token_file = f", 2), ("source_profile = default", 2),
            ("sso_session = s\nsso_account_id = 1\nsso_role_name = r", 2), ("sso_account_id = 1", 2),
            ("sso_role_name = 1", 2), ("sso_start_url = https://x", 2),
            ("sso_start_url = https://x\nsso_account_id = 1\nsso_role_name = r", 3),
            ("role_arn = a\nsource_profile = half\n[profile half]\naws_access_key_id = A", 5),
        ])
    func broken(keys: String, line: Int) async throws {
        let found = try await error(.test(config: "[profile x]\n" + keys, credentials: both), profile: "x")
        #expect(found.kind == .invalid)
        #expect(found.location == CredentialError.Location(file: "/home/u/.aws/config", line: line))
    }

    @Test("roles that lead in a circle are told with the way they take")
    func circle() async throws {
        let config = "[profile a]\nrole_arn=1\nsource_profile=b\n[profile b]\nrole_arn=2\nsource_profile=a"
        let found = try await error(.test(config: config), profile: "a")
        #expect(found.description.hasSuffix("config:6: profile \"b\": source_profile leads in a circle: a, b, a"))
    }

    @Test("nothing configured is its own kind, and the message lists where it looked")
    func nothing() async throws {
        let nothing = try await error(.test())
        #expect(nothing.kind == .notConfigured)
        let places = ["AWS_ACCESS_KEY_ID", "/home/u/.aws/config and /home/u/.aws/credentials", "container", "metadata"]
        #expect(places.allSatisfy { nothing.message.contains($0) })
    }

    @Test("no error shows a secret of the file")
    func secrets() async throws {
        let files = [
            "[default]\naws_secret_access_key = hidden", "[default]\naws_access_key_id = hidden",
            "[default]\nhidden", "hidden = x", "[hidden",
            "[default]\naws_session_token = hidden\nrole_arn = r\nsource_profile = a\ncredential_source = b",
        ]
        for file in files {
            let error = try await error(.test(credentials: file))
            #expect(!error.description.contains("hidden"))
        }
    }

    @Test("the files are where the variables say, with home and variables in the path")
    func paths() async throws {
        let environment = AWSEnvironment(
            variables: [
                "AWS_SHARED_CREDENTIALS_FILE": "~/x/$DIR/${NAME}s", "DIR": "d", "NAME": "cred",
                "AWS_CONFIG_FILE": "$NO/c",
            ], homeDirectory: "/h"
        ) { path in
            #expect(["/h/x/d/creds", "$NO/c"].contains(path))
            return path == "/h/x/d/creds"
                ? .bytes(Array("[default]\naws_access_key_id=A\naws_secret_access_key=S".utf8)) : .missing
        }
        #expect(try await found(environment).accessKeyID == "A")
    }

    @Test("a file that cannot be read stops the chain")
    func unreadable() async throws {
        let environment = AWSEnvironment(variables: [:], homeDirectory: "/h") { _ in .unreadable("permission denied") }
        let error = try await error(environment)
        #expect(error.kind == .invalid && error.message == "/h/.aws/config cannot be read: permission denied")
    }

    @Test("the process's own environment is read without a fault")
    func process() {
        let environment = AWSEnvironment.process
        #expect(environment.variables["PATH"] != nil)
        #expect(environment.readFile("/nonexistent/file") == .missing)
        #expect(environment.readFile("/") != .missing)
    }
}
