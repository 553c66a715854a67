import HTTP
import Synchronization
import Testing

@testable import AWSAuth

struct ContainerCredentialsTests {
    private static let document = """
        {"AccessKeyId":"CID","SecretAccessKey":"CSECRET","Token":"CTOKEN","Expiration":"2026-03-14T16:09:26Z",
        "RoleArn":"x","AccountId":"1"}
        """
    private let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    private let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"

    private func error(
        _ variables: [String: String], _ peers: ScriptedPeers = ScriptedPeers(), files: [String: String] = [:]
    ) async throws -> CredentialError {
        try await #require(throws: CredentialError.self) {
            try await CredentialChain.test(.test(variables, files: files), peers).credentials()
        }
    }

    @Test("the path is asked for at the address of ECS, without a token where there is none")
    func relativePath() async throws {
        let peers = ScriptedPeers([.answer(200, Self.document)])
        let found = try await CredentialChain.test(.test([relative: "/v2/credentials/a?b=1"]), peers).credentials()
        #expect(
            found
                == Credentials(
                    accessKeyID: "CID", secretAccessKey: "CSECRET", sessionToken: "CTOKEN",
                    expiration: Timestamp(seconds: 1_773_504_566)))
        let request = try #require(peers.requests.first)
        #expect(request.host == "169.254.170.2" && request.port == 80 && !request.isSecure && request.method == "GET")
        #expect(request.target == "/v2/credentials/a?b=1" && request.header("Authorization") == nil)
    }

    @Test("the whole address counts more; EKS gives it with a file whose token is read each time")
    func podIdentity() async throws {
        let peers = ScriptedPeers { _ in .answer(200, Self.document) }
        let version = Mutex(0)
        var environment = AWSEnvironment.test([
            full: "http://169.254.170.23/v1/credentials", relative: "/other",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other",
        ])
        environment.readFile = { path in
            path == "/t" ? .bytes(Array("token\(version.withLock { $0 += 1; return $0 })".utf8)) : .missing
        }
        let chain = CredentialChain.test(environment, peers)
        _ = try await chain.credentials()
        _ = try await chain.credentials()
        #expect(peers.requests.map(\.host) == ["169.254.170.23", "169.254.170.23"])
        #expect(peers.requests.map(\.target) == ["/v1/credentials", "/v1/credentials"])
        #expect(peers.requests.map { $0.header("Authorization") } == ["token1", "token2"])
    }

    @Test(
        "hosts that may be asked",
        arguments: [
            "http://localhost:8080/x", "http://127.0.0.1/x", "http://127.1.2.3:81/x", "http://[::1]/x",
            "http://169.254.170.2/x", "http://169.254.170.23/x", "http://[fd00:ec2::23]/x", "https://example.com/x",
            "HTTP://LOCALHOST/x",
        ])
    func allowedHosts(url: String) async throws {
        let peers = ScriptedPeers([.answer(200, Self.document)])
        let variables = [full: url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc"]
        let found = try await CredentialChain.test(.test(variables), peers).credentials()
        #expect(found.accessKeyID == "CID" && peers.requests.first?.header("Authorization") == "Basic abc")
    }

    @Test(
        "hosts to which no token is sent, and what is no address",
        arguments: [
            "http://example.com/x", "http://169.254.169.254/x", "http://127.0.0.1.example.com/x", "http://128.0.0.1/x",
            "http://127.0.0.1@evil/x", "http://[::2]/x", "http://127.0.0.256/x", "http://127.1/x", "ftp://localhost/x",
            "localhost", "http://10.0.0.1\r\nHost: x/", "http://localhost.evil/x",
        ])
    func refusedHosts(url: String) async throws {
        let peers = ScriptedPeers { _ in .answer(200, Self.document) }
        let error = try await error([full: url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "SECRETTOKEN"], peers)
        #expect(error.kind == .invalid && peers.requests.isEmpty && !error.description.contains("SECRETTOKEN"))
    }

    @Test("a path that leads to another host is none", arguments: ["x", "@evil/x", ":81/x", ".evil.com/"])
    func refusedPaths(path: String) async throws {
        #expect(try await error([relative: path]).kind == .invalid)
    }

    @Test("a token with a line break would be another header")
    func tokens() async throws {
        let peers = ScriptedPeers { _ in .answer(200, Self.document) }
        for token in ["SECRET\r\nX: y", "SECRET\n", "SECRET\u{7F}"] {
            let error = try await error([relative: "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": token], peers)
            #expect(error.kind == .invalid && !error.description.contains("SECRET"))
        }
        let file = [relative: "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t"]
        #expect(try await error(file, peers).message.contains("/t cannot be read"))
        #expect(try await error(file, peers, files: ["/t": "SECRET\n"]).kind == .invalid)
        #expect(peers.requests.isEmpty)
    }

    @Test(
        "failures stop the chain: nothing after the container is tried",
        arguments: [
            (.failure(.connect), CredentialError.Kind.unavailable, 3), (.answer(500, "x"), .unavailable, 3),
            (.answer(403, #"{"code":"AccessDenied","message":"no CTOKENSECRET"}"#), .refused, 1),
            (.answer(404, ""), .refused, 1), (.answer(200, ""), .unavailable, 1), (.answer(200, "[]"), .unavailable, 1),
            (.answer(200, #"{"AccessKeyId":"CSECRET","SecretAccessKey":""}"#), .unavailable, 1),
            (.answer(200, #"{"AccessKeyId":1,"SecretAccessKey":"CSECRET"}"#), .unavailable, 1),
            (.answer(200, #"{"AccessKeyId":"a","SecretAccessKey":"CSECRET","Expiration":"soon"}"#), .unavailable, 1),
            (.answer(200, String(repeating: "[", count: 60_000)), .unavailable, 1), (.endless, .unavailable, 1),
        ] as [(ScriptedPeers.Reply, CredentialError.Kind, Int)])
    func failures(reply: ScriptedPeers.Reply, kind: CredentialError.Kind, count: Int) async throws {
        let peers = ScriptedPeers { _ in reply }
        let variables = [
            relative: "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "CTOKENSECRET", "AWS_EC2_METADATA_DISABLED": "false",
        ]
        let error = try await error(variables, peers)
        #expect(error.kind == kind && peers.requests.count == count)
        #expect(!error.description.contains("CSECRET") && !error.description.contains("CTOKENSECRET"))
    }

    @Test("a role's credentials can come from the container")
    func credentialSource() async throws {
        let peers = ScriptedPeers {
            $0.host == "169.254.170.2" ? .answer(200, Self.document) : STSAnswer.credentials(for: $0)
        }
        let config = "[profile r]\nrole_arn = R\ncredential_source = EcsContainer"
        let chain = CredentialChain.test(.test([relative: "/x"], config: config), peers, profile: "r")
        #expect(try await chain.credentials().accessKeyID == "R")
        #expect(peers.requests.last?.header("X-Amz-Security-Token") == "CTOKEN")
    }
}
