import HTTP
import Synchronization
import Testing

@testable import AWSAuth

struct InstanceMetadataTests {
    private static func document(_ expiration: String = "2026-03-14T16:09:26Z", id: String = "IID") -> String {
        """
        {"Code":"Success","LastUpdated":"2026-03-14T10:00:00Z","Type":"AWS-HMAC","AccessKeyId":"\(id)",
        "SecretAccessKey":"ISECRET","Token":"ITOKEN","Expiration":"\(expiration)"}
        """
    }

    private let present = ["AWS_EC2_METADATA_DISABLED": "false"]

    /// An instance whose answers are those of the second version, but for what the test replaces.
    private func instance(
        _ replaced: [String: ScriptedPeers.Reply] = [:],
        document: @escaping @Sendable () -> String = { Self.document() }
    ) -> ScriptedPeers {
        ScriptedPeers { request in
            if let reply = replaced[request.target] { return reply }
            if request.target == "/latest/api/token" {
                guard request.method == "PUT", request.header("X-aws-ec2-metadata-token-ttl-seconds") == "21600" else {
                    return .answer(400, "")
                }
                return .answer(200, "METATOKEN")
            }
            guard request.method == "GET", request.header("X-aws-ec2-metadata-token") == "METATOKEN" else {
                return .answer(401, "")
            }
            switch request.target {
            case "/latest/meta-data/iam/security-credentials/": return .answer(200, "my role\n")
            case "/latest/meta-data/iam/security-credentials/my%20role": return .answer(200, document())
            default: return .answer(404, "")
            }
        }
    }

    private func error(_ peers: ScriptedPeers, _ variables: [String: String] = [:]) async throws -> CredentialError {
        try await #require(throws: CredentialError.self) {
            try await CredentialChain.test(.test(present.merging(variables) { $1 }), peers).credentials()
        }
    }

    @Test("a token, the role's name, then its credentials")
    func credentials() async throws {
        let peers = instance()
        let found = try await CredentialChain.test(.test(present), peers).credentials()
        #expect(
            found
                == Credentials(
                    accessKeyID: "IID", secretAccessKey: "ISECRET", sessionToken: "ITOKEN",
                    expiration: Timestamp(seconds: 1_773_504_566)))
        #expect(peers.requests.count == 3)
        #expect(peers.requests.allSatisfy { $0.host == "169.254.169.254" && $0.port == 80 && !$0.isSecure })
    }

    @Test("the service that is switched off is not asked")
    func disabled() async throws {
        let peers = instance()
        #expect(try await error(peers, ["AWS_EC2_METADATA_DISABLED": "TRUE"]).kind == .notConfigured)
        #expect(peers.requests.isEmpty)
    }

    @Test(
        "address, mode and limits from variables, then the profile",
        arguments: [
            ([:], "", "169.254.169.254", 80), ([:], "ec2_metadata_service_endpoint_mode = IPv6", "fd00:ec2::254", 80),
            (
                ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"], "ec2_metadata_service_endpoint_mode = IPv6",
                "169.254.169.254", 80
            ),
            (
                ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://[fd00::1]:81/"],
                "ec2_metadata_service_endpoint = http://x", "fd00::1", 81
            ),
            ([:], "ec2_metadata_service_endpoint = http://x", "x", 80),
        ] as [([String: String], String, String, Int)])
    func settings(variables: [String: String], keys: String, host: String, port: Int) async throws {
        let peers = instance()
        let environment = AWSEnvironment.test(present.merging(variables) { $1 }, config: "[default]\n" + keys)
        #expect(try await CredentialChain.test(environment, peers).credentials().accessKeyID == "IID")
        #expect(peers.requests.allSatisfy { $0.host == host && $0.port == port })
        #expect(peers.requests.first?.target == "/latest/api/token")
    }

    @Test("limits from variables, then the profile; what is no number is told with its line")
    func limits() async throws {
        func plan(_ variables: [String: String], _ keys: String) throws -> InstanceMetadata {
            let environment = AWSEnvironment.test(present.merging(variables) { $1 }, config: "[default]\n" + keys)
            guard case .instance(let instance) = try CredentialChain.test(environment).plan() else {
                throw CredentialError(.invalid, "another plan")
            }
            return instance
        }
        let usual = try plan([:], "")
        #expect(usual.timeLimit == .seconds(1) && usual.attemptCount == 3 && !usual.isExpected)
        let keys = "metadata_service_timeout = 2.5\nmetadata_service_num_attempts = 7"
        let ofProfile = try plan([:], keys)
        #expect(ofProfile.timeLimit == .milliseconds(2_500) && ofProfile.attemptCount == 7)
        #expect(try plan(["AWS_METADATA_SERVICE_TIMEOUT": "4"], keys).timeLimit == .seconds(4))
        for key in [
            "metadata_service_timeout = x", "metadata_service_num_attempts = 0",
            "ec2_metadata_service_endpoint_mode = IPv5", "ec2_metadata_service_endpoint = x",
            "metadata_service_timeout = nan",
        ] {
            let error = try #require(throws: CredentialError.self) { try plan([:], key) }
            #expect(error.kind == .invalid && error.location?.line == 2)
        }
        #expect(throws: CredentialError.self) { try plan(["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "-1"], "") }
    }

    @Test(
        "no service and no role mean that nothing is configured here",
        arguments: [
            ("/latest/api/token", .failure(.timedOut), 1), ("/latest/api/token", .failure(.connect), 1),
            ("/latest/api/token", .answer(403, ""), 1), ("/latest/api/token", .answer(404, ""), 1),
            ("/latest/api/token", .answer(405, ""), 1),
            ("/latest/meta-data/iam/security-credentials/", .answer(404, ""), 2),
            ("/latest/meta-data/iam/security-credentials/", .answer(200, "\n"), 2),
        ] as [(String, ScriptedPeers.Reply, Int)])
    func absent(target: String, reply: ScriptedPeers.Reply, count: Int) async throws {
        let peers = instance([target: reply])
        let error = try await error(peers)
        #expect(error.kind == .notConfigured && error.message.hasPrefix("no AWS credentials: "))
        #expect(peers.requests.count == count)
        // Where somebody says that there is an instance, the same is a fault.
        let expected = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://169.254.169.254"]
        let kind = try await self.error(instance([target: reply]), expected).kind
        #expect(kind == .unavailable || kind == .refused)
    }

    @Test(
        "a service that answers otherwise is a fault",
        arguments: [
            ("/latest/api/token", .answer(400, ""), CredentialError.Kind.refused, 1),
            ("/latest/api/token", .answer(500, ""), .unavailable, 3),
            ("/latest/api/token", .answer(200, "a b"), .unavailable, 1),
            ("/latest/api/token", .answer(200, "a\r\nX: y"), .unavailable, 1),
            ("/latest/meta-data/iam/security-credentials/", .answer(401, ""), .refused, 2),
            ("/latest/meta-data/iam/security-credentials/", .failure(.timedOut), .unavailable, 2),
            ("/latest/meta-data/iam/security-credentials/", .failure(.connectionLost), .unavailable, 4),
            ("/latest/meta-data/iam/security-credentials/my%20role", .answer(200, "x"), .unavailable, 3),
            ("/latest/meta-data/iam/security-credentials/my%20role", .answer(200, "{}"), .unavailable, 3),
            (
                "/latest/meta-data/iam/security-credentials/my%20role",
                .answer(200, #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"METATOKEN"}"#), .refused, 3
            ),
            ("/latest/meta-data/iam/security-credentials/my%20role", .endless, .unavailable, 3),
        ] as [(String, ScriptedPeers.Reply, CredentialError.Kind, Int)])
    func faults(target: String, reply: ScriptedPeers.Reply, kind: CredentialError.Kind, count: Int) async throws {
        let peers = instance([target: reply])
        let error = try await error(peers)
        #expect(error.kind == kind && peers.requests.count == count)
        #expect(!error.description.contains("ISECRET") && !error.description.contains("METATOKEN"))
    }

    @Test("a machine that is no instance is told in the time limit, however long nobody answers")
    func silence() async throws {
        let peers = ScriptedPeers { _ in .silence }
        let started = ContinuousClock.now
        let error = try await error(peers, ["AWS_METADATA_SERVICE_TIMEOUT": "0.05"])
        #expect(error.kind == .notConfigured && error.message.contains("0.05 seconds") && peers.requests.count == 1)
        #expect(ContinuousClock.now - started < .seconds(60))
    }

    @Test("credentials that have ended are used on, and so are the last ones while none come")
    func stability() async throws {
        let answers = Mutex([Self.document("2026-03-14T15:00:00Z", id: "OLD"), nil, nil, Self.document(id: "NEW")])
        let peers = instance(document: { answers.withLock { $0.removeFirst() } ?? "broken" })
        let chain = CredentialChain.test(.test(present), peers)
        for _ in 0..<2 {
            let kept = try await chain.credentials()
            #expect(kept.accessKeyID == "OLD")
            #expect(kept.expiration == Timestamp(seconds: 1_773_500_966 + 1_020 + 240))
        }
        // S3 refuses them: they are of no use any more.
        await chain.invalidate(Credentials(accessKeyID: "OLD", secretAccessKey: "x"))
        await #expect(throws: CredentialError.self) { try await chain.credentials() }
        let new = try await chain.credentials()
        #expect(new.accessKeyID == "NEW" && new.expiration == Timestamp(seconds: 1_773_504_566))
    }
}
