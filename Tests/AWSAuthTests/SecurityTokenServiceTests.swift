import HTTP
import Synchronization
import Testing

@testable import AWSAuth

struct SecurityTokenServiceTests {
    private let keys = ["AWS_ACCESS_KEY_ID": "SOURCEKEYID", "AWS_SECRET_ACCESS_KEY": "SOURCESECRET"]
    private let identity = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::1:role/w"]
    private let role = AssumedRole(arn: "arn:aws:iam::1:role/x")

    private func error(_ chain: CredentialChain) async throws -> CredentialError {
        try await #require(throws: CredentialError.self) { try await chain.credentials() }
    }

    @Test("a role is asked for in a signed form, and its credentials end when STS says")
    func assumeRole() async throws {
        let peers = ScriptedPeers { STSAnswer.credentials(for: $0) }
        var role = role
        (role.externalID, role.sessionName, role.durationSeconds) = ("a b&c=d", "me@x", 3_600)
        let found = try await CredentialChain.test(.test(keys), peers, role: role, region: "eu-west-1").credentials()
        #expect(
            found
                == Credentials(
                    accessKeyID: "arn:aws:iam::1:role/x", secretAccessKey: "role-secret", sessionToken: "role-token",
                    expiration: Timestamp(seconds: 1_773_504_566)))
        let request = try #require(peers.requests.first)
        #expect(peers.requests.count == 1 && request.method == "POST" && request.target == "/" && request.isSecure)
        #expect(request.host == "sts.eu-west-1.amazonaws.com" && request.header("Host") == request.host)
        #expect(
            request.form == [
                "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/x",
                "RoleSessionName": "me@x", "DurationSeconds": "3600", "ExternalId": "a b&c=d",
            ])
        let authorization = try #require(request.header("Authorization"))
        #expect(authorization.contains("Credential=SOURCEKEYID/20260314/eu-west-1/sts/aws4_request"))
        #expect(authorization.contains("SignedHeaders=content-type;host;x-amz-date"))
    }

    @Test("a row of roles is taken on from its far end, each with the credentials of the one before")
    func roles() async throws {
        let peers = ScriptedPeers { STSAnswer.credentials(for: $0) }
        let environment = AWSEnvironment.test(
            config: """
                [profile a]
                role_arn = A
                source_profile = b
                [profile b]
                role_arn = B
                source_profile = c
                role_session_name = bbb
                external_id = eb
                duration_seconds = 900
                [profile c]
                role_arn = ignored, as keys end the row
                source_profile = a
                aws_access_key_id = C
                aws_secret_access_key = sC
                """)
        let found = try await CredentialChain.test(environment, peers, profile: "a", role: role).credentials()
        #expect(found.accessKeyID == role.arn)
        #expect(peers.requests.map { $0.form["RoleArn"] } == ["B", "A", role.arn])
        let signers = peers.requests.map { ($0.header("Authorization") ?? "").split(separator: "/")[0] }
        #expect(signers == ["C", "B", "A"].map { "AWS4-HMAC-SHA256 Credential=\($0)" })
        #expect(peers.requests.map { $0.header("X-Amz-Security-Token") } == [nil, "role-token", "role-token"])
        let second = peers.requests[0].form
        #expect(
            second["RoleSessionName"] == "bbb" && second["ExternalId"] == "eb" && second["DurationSeconds"] == "900")
        #expect(peers.requests[1].form["RoleSessionName"]?.wholeMatch(of: /cq-s3-[0-9]+-1773500966/) != nil)
    }

    @Test("a token of somebody else is read for each request, and nothing is signed")
    func webIdentity() async throws {
        let peers = ScriptedPeers { STSAnswer.credentials(for: $0) }
        let version = Mutex(0)
        var environment = AWSEnvironment.test(identity.merging(["AWS_ROLE_SESSION_NAME": "pod"]) { $1 })
        environment.readFile = { path in
            path == "/t" ? .bytes(Array("token\(version.withLock { $0 += 1; return $0 })\n".utf8)) : .missing
        }
        let chain = CredentialChain.test(environment, peers)
        #expect(try await chain.credentials().accessKeyID == "arn:aws:iam::1:role/w")
        _ = try await chain.credentials()
        #expect(
            peers.requests[0].form == [
                "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/w",
                "RoleSessionName": "pod", "WebIdentityToken": "token1",
            ])
        #expect(peers.requests[1].form["WebIdentityToken"] == "token2")
        #expect(peers.requests.allSatisfy { $0.header("Authorization") == nil && $0.header("X-Amz-Date") == nil })
    }

    @Test(
        "the host is that of the region, of the kind asked for, or the one configured",
        arguments: [
            ([:], "x", "sts.us-east-1.amazonaws.com"),
            ([:], "arn:aws-cn:iam::1:role/x", "sts.cn-north-1.amazonaws.com.cn"),
            ([:], "arn:aws-us-gov:iam::1:role/x", "sts.us-gov-west-1.amazonaws.com"),
            (["AWS_REGION": "eu-north-1"], "arn:aws-cn:iam::1:role/x", "sts.eu-north-1.amazonaws.com"),
            (["AWS_REGION": "aws-global"], "x", "sts.us-east-1.amazonaws.com"),
            (["AWS_REGION": "us-west-2", "AWS_USE_FIPS_ENDPOINT": "true"], "x", "sts-fips.us-west-2.amazonaws.com"),
            (["AWS_REGION": "us-west-2", "AWS_USE_DUALSTACK_ENDPOINT": "true"], "x", "sts.us-west-2.api.aws"),
            (
                ["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:81/base/", "AWS_ENDPOINT_URL": "http://x"], "x",
                "127.0.0.1:81"
            ),
            (["AWS_ENDPOINT_URL": "https://all"], "x", "all"),
        ] as [([String: String], String, String)])
    func hosts(variables: [String: String], arn: String, host: String) async throws {
        let peers = ScriptedPeers { STSAnswer.credentials(for: $0) }
        let environment = AWSEnvironment.test(keys.merging(variables) { $1 })
        _ = try await CredentialChain.test(environment, peers, role: AssumedRole(arn: arn)).credentials()
        #expect(peers.requests.first?.header("Host") == host)
        #expect(peers.requests.first?.target == (host == "127.0.0.1:81" ? "/base/" : "/"))
    }

    @Test(
        "a refusal is told with its reason and asked for once; what may pass is asked for again, signed anew",
        arguments: [
            (STSAnswer.error("AccessDenied", "not allowed", status: 403), CredentialError.Kind.refused, 1),
            (STSAnswer.error("ExpiredToken"), .refused, 1),
            (.answer(400, "<html>"), .refused, 1),
            (.answer(500, ""), .unavailable, 3),
            (STSAnswer.error("Throttling", status: 429), .unavailable, 3),
            (STSAnswer.error("Throttling", status: 400), .refused, 3),
            (STSAnswer.error("IDPCommunicationError"), .refused, 3),
            (.failure(.connectionLost), .unavailable, 3),
            (.failure(.timedOut), .unavailable, 3),
            (.failure(.tls), .unavailable, 1),
            (.answer(200, "not XML"), .unavailable, 1),
            (.answer(200, "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"), .unavailable, 1),
            (.endless, .unavailable, 1),
        ])
    func failures(reply: ScriptedPeers.Reply, kind: CredentialError.Kind, count: Int) async throws {
        let peers = ScriptedPeers { _ in reply }
        let error = try await error(.test(.test(keys), peers, role: role))
        #expect(error.kind == kind && peers.requests.count == count)
        #expect(error.message.contains(role.arn))
        if case .answer(403, _) = reply { #expect(error.message.hasSuffix("AccessDenied: not allowed")) }
    }

    @Test(
        "a clock that is wrong is corrected by the service's, and so is the end of what it gives", arguments: [-7, 7])
    func clock(hours: Int64) async throws {
        let now = CredentialClock.test.now().seconds
        let there = Timestamp(seconds: now + hours * 3_600)
        let date = hours < 0 ? "Sat, 14 Mar 2026 08:09:26 GMT" : "Sat, 14 Mar 2026 22:09:26 GMT"
        let peers = ScriptedPeers { request in
            if request.header("X-Amz-Date") != SigningDate(there).time {
                return .dated(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", date: date)
            }
            return STSAnswer.credentials(
                for: request, expiration: Timestamp(seconds: there.seconds + 3_600).description)
        }
        let found = try await CredentialChain.test(.test(keys), peers, role: role).credentials()
        #expect(peers.requests.count == 2 && found.expiration == Timestamp(seconds: now + 3_600))
        // Another reason for the refusal is told after one more request at most.
        let refusing = ScriptedPeers { _ in .dated(403, "", date: date) }
        #expect(try await error(.test(.test(keys), refusing, role: role)).kind == .refused)
        #expect(refusing.requests.count == 2)
    }

    @Test("a service that comes back is used")
    func recovery() async throws {
        let count = Mutex(0)
        let peers = ScriptedPeers { request in
            count.withLock {
                $0 += 1; return $0
            } < 3 ? .answer(503, "") : STSAnswer.credentials(for: request)
        }
        #expect(try await CredentialChain.test(.test(keys), peers, role: role).credentials().accessKeyID == role.arn)
    }

    @Test("a peer that never answers is given up in time, and cancelled")
    func silence() async throws {
        let exchange = ServiceExchange(
            transport: ScriptedPeers { _ in .silence }, clock: .test, attemptCount: 2, timeLimit: .milliseconds(20))
        let address = try #require(ServiceAddress(parsing: "http://h"))
        let error = try await #require(throws: HTTPError.self) {
            try await exchange.send { address.request("GET", "/") }
        }
        #expect(error.kind == .timedOut)
    }

    @Test("an error about a role of a profile names the file and the line")
    func location() async throws {
        let config = "[profile r]\nsource_profile = r\naws_access_key_id = A\naws_secret_access_key = S\nrole_arn = R"
        let peers = ScriptedPeers { _ in STSAnswer.error("AccessDenied", status: 403) }
        let error = try await error(.test(.test(config: config), peers, profile: "r"))
        #expect(error.location == CredentialError.Location(file: "/home/u/.aws/config", line: 5))
    }

    @Test("a token file that is missing, unreadable or empty is named")
    func tokenFiles() async throws {
        for (files, text) in [([:], "does not exist"), (["/t": " \n"], "holds no text")] {
            let error = try await error(.test(.test(identity, files: files)))
            #expect(error.kind == .invalid && error.message == "the web identity token file /t \(text)")
        }
        let noRole = try await error(.test(.test(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"])))
        #expect(noRole.message == "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not")
        let badName = identity.merging(["AWS_ROLE_SESSION_NAME": "a b"]) { $1 }
        #expect(try await error(.test(.test(badName))).kind == .invalid)
    }

    @Test("no error repeats keys or tokens, not even those a server sends back")
    func secrets() async throws {
        for status in [400, 403, 500] {
            let peers = ScriptedPeers { request in
                STSAnswer.error("Code", "echo \(request.text) \(request.headers) SOURCESECRET", status: status)
            }
            let role = AssumedRole(arn: "R")
            let chain = CredentialChain.test(.test(keys), peers, role: role)
            let identified = CredentialChain.test(.test(identity, files: ["/t": "TOKENSECRET"]), peers)
            for chain in [chain, identified] {
                let error = try await error(chain)
                #expect(!"\(error)".contains("SOURCE") && !"\(error)".contains("TOKENSECRET"))
            }
        }
    }

    @Test("regions and endpoints that name no host are refused before anything is sent")
    func names() async throws {
        let peers = ScriptedPeers { STSAnswer.credentials(for: $0) }
        for region in ["us-west-2 ; c", "a.b", "", "a/b", "x@y"] {
            let error = try await error(.test(.test(keys), peers, role: role, region: region))
            #expect(error.kind == .invalid)
        }
        let environment = AWSEnvironment.test(keys.merging(["AWS_ENDPOINT_URL_STS": "sts"]) { $1 })
        #expect(try await error(.test(environment, peers, role: role)).kind == .invalid)
        #expect(peers.requests.isEmpty)
    }
}
