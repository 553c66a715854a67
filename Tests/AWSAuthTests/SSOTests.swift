import ByteCore
import Crypto
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import AWSAuth

struct SSOTests {
    private static let session = """
        [profile p]
        sso_session = my sso
        sso_account_id = 123
        sso_role_name = Read Only
        [sso-session my sso]
        sso_region = eu-west-1
        sso_start_url = https://x.awsapps.com/start
        sso_registration_scopes = sso:account:access
        """
    private static let legacy = """
        [profile p]
        sso_start_url = https://x.awsapps.com/start
        sso_region = eu-west-1
        sso_account_id = 123
        sso_role_name = Read Only
        """
    private static let roleAnswer = """
        {"roleCredentials":{"accessKeyId":"RID","secretAccessKey":"RSECRET","sessionToken":"RTOKEN",
        "expiration":1773504566999}}
        """

    private static func path(_ name: String) -> String {
        "/home/u/.aws/sso/cache/\(Hex.string(RunningDigest.hash(Bytes(name.utf8), .sha1))).json"
    }

    private static func token(end: String, registrationEnd: String = "2026-06-01T00:00:00Z") -> String {
        """
        {"startUrl":"https://x.awsapps.com/start","region":"eu-west-1","accessToken":"OLDTOKEN","expiresAt":"\(end)",
        "clientId":"client","clientSecret":"CLIENTSECRET","registrationExpiresAt":"\(registrationEnd)",
        "refreshToken":"REFRESHTOKEN","other":{"kept":[1,2.5,null,true]}}
        """
    }

    private func environment(
        _ config: String = session, token: String? = nil, at name: String = "my sso"
    ) -> AWSEnvironment {
        .test(config: config, files: token.map { [Self.path(name): $0] } ?? [:])
    }

    private func error(_ environment: AWSEnvironment, _ peers: ScriptedPeers) async throws -> CredentialError {
        let chain = CredentialChain.test(environment, peers, profile: "p")
        let error = try await #require(throws: CredentialError.self) { try await chain.credentials() }
        for secret in ["OLDTOKEN", "CLIENTSECRET", "REFRESHTOKEN", "RSECRET", "NEWTOKEN"] {
            #expect(!error.description.contains(secret))
        }
        return error
    }

    @Test("a good token gives the role's credentials", arguments: [true, false])
    func credentials(hasSession: Bool) async throws {
        let peers = ScriptedPeers([.answer(200, Self.roleAnswer)])
        let environment = environment(
            hasSession ? Self.session : Self.legacy, token: Self.token(end: "2026-03-14T16:00:00Z"),
            at: hasSession ? "my sso" : "https://x.awsapps.com/start")
        let found = try await CredentialChain.test(environment, peers, profile: "p").credentials()
        #expect(
            found
                == Credentials(
                    accessKeyID: "RID", secretAccessKey: "RSECRET", sessionToken: "RTOKEN",
                    expiration: Timestamp(seconds: 1_773_504_566)))
        let request = try #require(peers.requests.first)
        #expect(peers.requests.count == 1 && request.host == "portal.sso.eu-west-1.amazonaws.com" && request.isSecure)
        #expect(request.target == "/federation/credentials?role_name=Read%20Only&account_id=123")
        #expect(request.header("x-amz-sso_bearer_token") == "OLDTOKEN" && request.header("Authorization") == nil)
    }

    @Test(
        "a token near its end is renewed and written back with all else that the file holds", arguments: [true, false])
    func renewal(isOver: Bool) async throws {
        let peers = ScriptedPeers([
            .answer(
                200,
                #"{"accessToken":"NEWTOKEN","tokenType":"Bearer","expiresIn":28800,"refreshToken":"NEXTREFRESH"}"#),
            .answer(200, Self.roleAnswer),
        ])
        let written = Mutex<[String: [UInt8]]>([:])
        var environment = environment(
            token: Self.token(end: isOver ? "2026-03-14T15:00:00UTC" : "2026-03-14T15:20:00Z"))
        environment.writeFile = { path, bytes in written.withLock { $0[path] = bytes } }
        let found = try await CredentialChain.test(environment, peers, profile: "p").credentials()
        #expect(found.accessKeyID == "RID")
        #expect(peers.requests.map(\.host) == ["oidc.eu-west-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"])
        #expect(peers.requests[0].method == "POST" && peers.requests[0].target == "/token")
        #expect(
            peers.requests[0].text
                == #"{"clientId":"client","clientSecret":"CLIENTSECRET","grantType":"refresh_token","#
                + #""refreshToken":"REFRESHTOKEN"}"#)
        #expect(peers.requests[1].header("x-amz-sso_bearer_token") == "NEWTOKEN")
        let files = written.withLock { $0 }
        #expect(Array(files.keys) == [Self.path("my sso")])
        let text = String(decoding: files.values.first ?? [], as: UTF8.self)
        #expect(
            text == #"{"accessToken":"NEWTOKEN","clientId":"client","clientSecret":"CLIENTSECRET","#
                + #""expiresAt":"2026-03-14T23:09:26Z","other":{"kept":[1,2.5,null,true]},"refreshToken":"NEXTREFRESH","#
                + #""region":"eu-west-1","registrationExpiresAt":"2026-06-01T00:00:00Z","#
                + #""startUrl":"https://x.awsapps.com/start"}"#)
    }

    @Test(
        "a renewal that fails matters only where the token has ended; then somebody is asked to sign in",
        arguments: [
            .answer(400, #"{"error":"invalid_grant","error_description":"REFRESHTOKEN is used"}"#),
            .answer(500, ""), .answer(200, "{}"), .answer(200, #"{"accessToken":"NEWTOKEN","expiresIn":-1}"#),
            .answer(200, #"{"accessToken":"NEWTOKEN","expiresIn":9223372036854775807}"#), .failure(.timedOut), .endless,
        ] as [ScriptedPeers.Reply])
    func failedRenewal(reply: ScriptedPeers.Reply) async throws {
        let peers = ScriptedPeers { $0.host.hasPrefix("oidc") ? reply : .answer(200, Self.roleAnswer) }
        let good = environment(token: Self.token(end: "2026-03-14T15:20:00Z"))
        #expect(try await CredentialChain.test(good, peers, profile: "p").credentials().accessKeyID == "RID")
        let over = try await error(environment(token: Self.token(end: "2026-03-14T15:00:00Z")), peers)
        #expect(over.kind == .refused && over.message.hasSuffix("; sign in with: aws sso login --profile p"))
        #expect(over.location == CredentialError.Location(file: "/home/u/.aws/config", line: 3))
    }

    @Test("a token that has ended is renewed neither without a session nor after the registration's end")
    func notRenewed() async throws {
        let peers = ScriptedPeers { _ in .answer(200, Self.roleAnswer) }
        let legacy = environment(
            Self.legacy, token: Self.token(end: "2026-03-14T15:00:00Z"), at: "https://x.awsapps.com/start")
        #expect(try await error(legacy, peers).message.contains("the SSO token has ended"))
        let late = Self.token(end: "2026-03-14T15:00:00Z", registrationEnd: "2026-03-14T15:00:00Z")
        #expect(try await error(environment(token: late), peers).message.contains("the SSO token has ended"))
        #expect(peers.requests.isEmpty)
    }

    @Test("no token, and a file that holds none, ask for a sign-in")
    func missing() async throws {
        for token in [nil, "", "{}", #"{"accessToken":"OLDTOKEN","expiresAt":"soon"}"#, "[]"] {
            let error = try await error(environment(token: token), ScriptedPeers())
            #expect(error.kind == .refused && error.message.contains("aws sso login --profile p"))
        }
    }

    @Test(
        "answers that hold no credentials",
        arguments: [
            (.answer(401, #"{"message":"Session token not found or invalid"}"#), CredentialError.Kind.refused, 1),
            (.answer(403, #"{"message":"No access OLDTOKEN"}"#), .refused, 1), (.answer(429, ""), .unavailable, 3),
            (.answer(200, "{}"), .unavailable, 1), (.answer(200, ""), .unavailable, 1),
            (
                .answer(
                    200,
                    #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"RSECRET","sessionToken":"T","expiration":""}}"#
                ), .unavailable, 1
            ),
            (.failure(.resolve), .unavailable, 3), (.endless, .unavailable, 1),
        ] as [(ScriptedPeers.Reply, CredentialError.Kind, Int)])
    func failures(reply: ScriptedPeers.Reply, kind: CredentialError.Kind, count: Int) async throws {
        let peers = ScriptedPeers { _ in reply }
        let error = try await error(environment(token: Self.token(end: "2026-03-14T16:00:00Z")), peers)
        #expect(error.kind == kind && peers.requests.count == count)
        if case .answer(401, _) = reply { #expect(error.message.contains("aws sso login")) }
    }

    @Test("a session that says something else than the profile is a fault, as is a region that names no host")
    func contradictions() async throws {
        let other = Self.session.replacing("sso_account_id", with: "sso_region = us-east-1\nsso_account_id")
        #expect(try await error(environment(other), ScriptedPeers()).location?.line == 3)
        let region = Self.session.replacing("eu-west-1", with: "evil.com/")
        let token = Self.token(end: "2026-03-14T16:00:00Z")
        #expect(try await error(environment(region, token: token), ScriptedPeers()).kind == .invalid)
    }

    @Test("endpoints that are configured are asked")
    func endpoints() async throws {
        let peers = ScriptedPeers { _ in .answer(200, Self.roleAnswer) }
        var environment = environment(token: Self.token(end: "2026-03-14T15:20:00Z"))
        environment.variables["AWS_ENDPOINT_URL_SSO"] = "http://sso.test"
        environment.variables["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://oidc.test"
        _ = try await CredentialChain.test(environment, peers, profile: "p").credentials()
        #expect(peers.requests.map(\.host) == ["oidc.test", "sso.test"])
    }
}
