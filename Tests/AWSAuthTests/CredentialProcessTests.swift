import Testing

@testable import AWSAuth

struct CredentialProcessTests {
    private func run(
        _ command: String, _ variables: [String: String] = [:], timeLimit: Duration = .seconds(60)
    ) async throws -> Credentials {
        try await CredentialProcess(command: command, timeLimit: timeLimit).credentials(
            AWSEnvironment(variables: variables, homeDirectory: nil) { _ in .missing })
    }

    private func error(_ command: String, timeLimit: Duration = .seconds(60)) async throws -> CredentialError {
        let error = try await #require(throws: CredentialError.self) { try await run(command, timeLimit: timeLimit) }
        #expect(error.kind == .unavailable && !error.message.contains("PSECRET"))
        return error
    }

    @Test("what a program prints, with the variables and the shell that it expects")
    func credentials() async throws {
        let whole = """
            printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"PSECRET","SessionToken":"T",' "$ID"; \
            echo note >&2; echo '"Expiration":"2026-03-14T16:09:26.5+01:00"}'
            """
        #expect(
            try await run(whole, ["ID": "it's"])
                == Credentials(
                    accessKeyID: "it's", secretAccessKey: "PSECRET", sessionToken: "T",
                    expiration: Timestamp(seconds: 1_773_500_966, nanoseconds: 500_000_000)))
        let plain = #"echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"PSECRET","Expiration":null}'"#
        #expect(try await run(plain) == Credentials(accessKeyID: "A", secretAccessKey: "PSECRET"))
    }

    @Test("a program that leaves another behind is not waited for")
    func leftBehind() async throws {
        let document = #"echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"PSECRET"}'"#
        #expect(try await run("sleep 120 & \(document)", ["PATH": "/usr/bin:/bin"]).accessKeyID == "A")
    }

    @Test(
        "failures",
        arguments: [
            ("exit 3", "ended with code 3"), ("echo why >&2; exit 1", "ended with code 1: why"),
            ("kill -9 $$", "was ended by a signal"), ("/nonexistent/program", "ended with code 127"),
            ("true", "what is not a JSON object"), ("echo '[]'", "what is not a JSON object"),
            (#"echo '{"AccessKeyId":"PSECRET","SecretAccessKey":"PSECRET"}'"#, "no number as Version"),
            (#"echo '{"Version":"1","AccessKeyId":"PSECRET","SecretAccessKey":"PSECRET"}'"#, "no number as Version"),
            (
                #"echo '{"Version":2,"AccessKeyId":"PSECRET","SecretAccessKey":"PSECRET"}'"#,
                "Version 2; only 1 is known"
            ),
            (#"echo '{"Version":1,"SecretAccessKey":"PSECRET"}'"#, "without AccessKeyId"),
            (#"echo '{"Version":1,"AccessKeyId":"PSECRET"}'"#, "without SecretAccessKey"),
            (
                #"echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"PSECRET","Expiration":"PSECRET"}'"#,
                "Expiration is not a time"
            ),
            (#"echo '{"AccessKeyId":"A","SecretAccessKey":"PSECRET"}'; echo is PSECRET >&2; exit 1"#, "is [redacted]"),
            ("yes", "printed more than 65536 bytes"), ("yes >&2", "printed more than 65536 bytes"),
        ])
    func failures(command: String, text: String) async throws {
        let error = try await error(command)
        #expect(error.message.contains(text), "\(error)")
    }

    @Test("a program that does not end is ended, with all that it started")
    func timeLimit() async throws {
        let error = try await error("sleep 1000 & sleep 1000", timeLimit: .milliseconds(50))
        #expect(error.message == "credential_process took more than 0.05 seconds")
    }

    @Test("an error names the line of the profile")
    func location() async throws {
        let chain = CredentialChain.test(.test(config: "[default]\nregion = x\ncredential_process = exit 1"))
        let error = try await #require(throws: CredentialError.self) { try await chain.credentials() }
        #expect(error.location == CredentialError.Location(file: "/home/u/.aws/config", line: 3))
    }
}
