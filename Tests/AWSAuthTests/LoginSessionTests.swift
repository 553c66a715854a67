import Crypto
import HTTP
import JSON
import Synchronization
import TestSupport
import Testing

@testable import AWSAuth

/// The time is 2026-03-14T15:09:26Z.
struct LoginSessionTests {
    private static let config = "[default]\nregion = eu-west-1\nlogin_session = arn:aws:iam::1:user/me"
    private static let file = SHA256.hash(Array("arn:aws:iam::1:user/me".utf8)).hex + ".json"
    private static let path = "/home/u/.aws/login/cache/" + file
    private static let answer = """
        {"accessToken":{"accessKeyId":"NEWID","secretAccessKey":"NEWSECRET","sessionToken":"NEWTOKEN"},
        "tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"NEXTREFRESH"}
        """
    private static let secrets = ["LSECRET", "LTOKEN", "LREFRESH", "MDECAQEE", "NEWSECRET", "NEWTOKEN", "NEXTREFRESH"]

    private static func document(end: String, key: String? = key, region: String? = nil) -> String {
        let members = [key.map { #""dpopKey":"\#($0)","# }, region.map { #""signInRegion":"\#($0)","# }]
        return """
            {"accessToken":{"accessKeyId":"LID","secretAccessKey":"LSECRET","sessionToken":"LTOKEN","accountId":"1",
            "expiresAt":"\(end)"},"tokenType":"aws_sigv4","clientId":"arn:aws:signin:::devtools/same-device",
            \(members.compactMap { $0 }.joined())"refreshToken":"LREFRESH","idToken":{"kept":[1,2.5,null]}}
            """
    }

    private static let key =
        #"-----BEGIN EC PRIVATE KEY-----\nMDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49AwEH\n"#
        + #"-----END EC PRIVATE KEY-----\n"#
    private static let good = document(end: "2026-03-14T15:14:27Z")
    private static let ending = document(end: "2026-03-14T15:10:26Z")
    private static let over = document(end: "2026-03-14T15:09:26Z")

    /// The files of a home directory that programs read and write.
    private final class Files: Sendable {
        let content: Mutex<[String: [UInt8]]>

        init(_ content: [String: String]) { self.content = Mutex(content.mapValues { Array($0.utf8) }) }

        subscript(path: String) -> String? { content.withLock { $0[path] }.map { String(decoding: $0, as: UTF8.self) } }

        func environment(_ variables: [String: String] = [:], isReadOnly: Bool = false) -> AWSEnvironment {
            var environment = AWSEnvironment.test(variables)
            environment.readFile = { path in self.content.withLock { $0[path].map { .bytes($0) } ?? .missing } }
            if !isReadOnly { environment.writeFile = { path, bytes in self.content.withLock { $0[path] = bytes } } }
            return environment
        }
    }

    private func files(_ document: String?, config: String = config) -> Files {
        Files(["/home/u/.aws/config": config].merging(document.map { [Self.path: $0] } ?? [:]) { $1 })
    }

    @Test(
        "credentials that are good for longer are used as they are",
        arguments: [[:], ["AWS_LOGIN_CACHE_DIRECTORY": "~/logins"]])
    func credentials(variables: [String: String]) async throws {
        let peers = ScriptedPeers()
        let folder = variables.isEmpty ? "/home/u/.aws/login/cache/" : "/home/u/logins/"
        let files = Files(["/home/u/.aws/config": Self.config, folder + Self.file: Self.good])
        #expect(
            try await CredentialChain.test(files.environment(variables), peers).credentials()
                == Credentials(
                    accessKeyID: "LID", secretAccessKey: "LSECRET", sessionToken: "LTOKEN",
                    expiration: Timestamp(seconds: 1_773_501_267)))
        #expect(peers.requests.isEmpty)
    }

    @Test(
        "near and after their end they are renewed, and all else that the file holds stays", arguments: [ending, over])
    func renewal(document: String) async throws {
        let peers = ScriptedPeers([.answer(200, Self.answer)])
        let files = files(document)
        let found = try await CredentialChain.test(files.environment(), peers).credentials()
        #expect(
            found
                == Credentials(
                    accessKeyID: "NEWID", secretAccessKey: "NEWSECRET", sessionToken: "NEWTOKEN",
                    expiration: Timestamp(seconds: 1_773_501_866)))
        let request = try #require(peers.requests.first)
        #expect(peers.requests.count == 1 && request.method == "POST" && request.target == "/v1/token")
        #expect(request.isSecure)
        #expect(request.host == "eu-west-1.signin.aws.amazon.com" && request.header("Authorization") == nil)
        #expect(request.header("Content-Type") == "application/json")
        #expect(
            request.text
                == #"{"clientId":"arn:aws:signin:::devtools/same-device","grantType":"refresh_token","#
                + #""refreshToken":"LREFRESH"}"#)
        let proof = try #require(SignedToken(request.header("DPoP") ?? ""))
        #expect(proof.isValid && proof.claims["htu"]?.text == "https://eu-west-1.signin.aws.amazon.com/v1/token")
        #expect(proof.claims["htm"]?.text == "POST" && proof.claims["iat"]?.integer == 1_773_500_966)

        var expected = try #require(JSONValue(parsing: document.utf8))
        expected["accessToken"] = .object([
            "accessKeyId": .string("NEWID"), "secretAccessKey": .string("NEWSECRET"), "accountId": .string("1"),
            "sessionToken": .string("NEWTOKEN"), "expiresAt": .string("2026-03-14T15:24:26Z"),
        ])
        expected["refreshToken"] = .string("NEXTREFRESH")
        #expect(JSONValue(parsing: try #require(files[Self.path]).utf8) == expected)
    }

    @Test("the region is the one signed in to, else the profile's, else the environment's; then there is none")
    func regions() async throws {
        let bare = Self.config.replacing("region = eu-west-1", with: "")
        let variables = ["AWS_REGION": "us-west-2"]
        for (document, config, variables, host) in [
            (
                Self.document(end: "2026-03-14T15:09:26Z", region: "us-gov-west-1"), Self.config, variables,
                "us-gov-west-1.signin.amazonaws-us-gov.com"
            ),
            (Self.over, Self.config, variables, "eu-west-1.signin.aws.amazon.com"),
            (Self.over, bare, variables, "us-west-2.signin.aws.amazon.com"),
            (Self.over, Self.config, ["AWS_ENDPOINT_URL_SIGNIN": "http://127.0.0.1:5000"], "127.0.0.1"),
        ] {
            let peers = ScriptedPeers([.answer(200, Self.answer)])
            _ = try await CredentialChain.test(files(document, config: config).environment(variables), peers)
                .credentials()
            #expect(peers.requests.map(\.host) == [host])
        }
        let none = await CredentialChain.test(files(Self.over, config: bare).environment()).result()
        guard case .failure(let error) = none else { return #expect(Bool(false)) }
        #expect(error.kind == .invalid && error.description.contains("config:3: ") && error.message.contains("region"))
    }

    @Test("what was renewed counts also where its file cannot be written: what renews is good for one time")
    func readOnly() async throws {
        let peers = ScriptedPeers { request in
            request.text.contains("LREFRESH") ? .answer(200, Self.answer) : .answer(400, "")
        }
        let files = files(Self.over)
        let chain = CredentialChain.test(files.environment(isReadOnly: true), peers)
        for _ in 0..<3 { #expect(try await chain.credentials().accessKeyID == "NEWID") }
        #expect(peers.requests.count == 1 && files[Self.path] == Self.over)
        // Somebody signed in anew.
        files.content.withLock { $0[Self.path] = Array(Self.good.utf8) }
        #expect(try await chain.credentials().accessKeyID == "LID")
    }

    @Test("credentials that a service refused as expired are renewed whatever end their file names")
    func refused() async throws {
        let peers = ScriptedPeers([.answer(200, Self.answer)])
        let cache = CredentialCache(CredentialChain.test(files(Self.good).environment(), peers), clock: .test)
        let first = try await cache.credentials()
        await cache.invalidate(first)
        #expect(try await cache.credentials().accessKeyID == "NEWID" && first.accessKeyID == "LID")
    }

    @Test("another program that renewed the same session meanwhile was faster")
    func race() async throws {
        let files = files(Self.over)
        let peers = ScriptedPeers { _ in
            files.content.withLock {
                $0[Self.path] = Array(Self.good.replacing(#""LID""#, with: #""OTHERID""#).utf8)
            }
            return .answer(401, #"{"error":"TOKEN_EXPIRED","message":"used"}"#)
        }
        #expect(try await CredentialChain.test(files.environment(), peers).credentials().accessKeyID == "OTHERID")
    }

    @Test(
        "a renewal that fails matters only where the credentials have ended",
        arguments: [
            (.answer(401, #"{"error":"TOKEN_EXPIRED","message":"LREFRESH ended"}"#), .refused, 1, true),
            (.answer(403, #"{"error":"USER_CREDENTIALS_CHANGED","message":"x"}"#), .refused, 1, true),
            (.answer(403, #"{"error":"INSUFFICIENT_PERMISSIONS","message":"LTOKEN"}"#), .refused, 1, false),
            (.answer(400, "no JSON"), .refused, 1, true),
            (.answer(429, #"{"error":"rate_exceeded","message":"x"}"#), .unavailable, 3, false),
            (.answer(500, #"{"error":"server_error","message":"LSECRET"}"#), .unavailable, 3, false),
            (.answer(200, "{}"), .unavailable, 1, false), (.answer(200, ""), .unavailable, 1, false),
            (.answer(200, answer.replacing("900", with: "-1")), .unavailable, 1, false),
            (.answer(200, answer.replacing(#""NEWTOKEN""#, with: "null")), .unavailable, 1, false),
            (.answer(200, answer.replacing(#""NEXTREFRESH""#, with: #""""#)), .unavailable, 1, false),
            (.failure(.resolve), .unavailable, 3, false), (.endless, .unavailable, 1, false),
        ] as [(ScriptedPeers.Reply, CredentialError.Kind, Int, Bool)])
    func failures(reply: ScriptedPeers.Reply, kind: CredentialError.Kind, count: Int, asksForSignIn: Bool) async throws
    {
        let peers = ScriptedPeers { _ in reply }
        #expect(
            try await CredentialChain.test(files(Self.ending).environment(), peers).credentials().accessKeyID == "LID")
        #expect(peers.requests.count == count)
        let proofs = peers.requests.compactMap { $0.header("DPoP") }
        #expect(proofs.count == count && Set(proofs).count == count)
        try await expectFailure(files(Self.over), peers, kind, asksForSignIn: asksForSignIn)
        if case .answer(403, let body) = reply, body.contains("INSUFFICIENT") {
            let result = await CredentialChain.test(files(Self.over).environment(), peers).result()
            #expect("\(result)".contains("signin:CreateOAuth2Token"))
        }
    }

    @Test("a session that is missing, broken or over and not to be renewed asks for a sign-in, with file and line")
    func faults() async throws {
        for document in [
            nil, "", "{}", "[]", Self.document(end: "soon"), Self.document(end: "2026-03-14T15:09:26Z", key: nil),
            Self.document(end: "2026-03-14T15:09:26Z", key: "no key"), Self.over.replacing("refreshToken", with: "x"),
        ] {
            let peers = ScriptedPeers()
            try await expectFailure(files(document), peers, .refused, asksForSignIn: true)
            #expect(peers.requests.isEmpty)
        }
    }

    private func expectFailure(
        _ files: Files, _ peers: ScriptedPeers, _ kind: CredentialError.Kind, asksForSignIn: Bool
    ) async throws {
        let chain = CredentialChain.test(files.environment(), peers)
        let error = try await #require(throws: CredentialError.self) { try await chain.credentials() }
        #expect(error.kind == kind)
        #expect(error.message.hasSuffix("; sign in with: aws login --profile default") == asksForSignIn)
        #expect(error.location == CredentialError.Location(file: "/home/u/.aws/config", line: 3))
        for secret in Self.secrets { #expect(!error.description.contains(secret)) }
    }
}
