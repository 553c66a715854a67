import HTTP
import JSON
import Testing

@testable import AWSAuth

/// Whatever goes wrong, and whatever value is shown, no secret is in the text.
struct SecrecyTests {
    private static let secrets = [
        "HIDDENKEY", "HIDDENSECRET", "HIDDENTOKEN", "HIDDENCLIENT", "HIDDENREFRESH", "MDECAQEEI",
    ]

    private static let config = """
        [profile keys]
        aws_access_key_id = HIDDENKEY
        aws_secret_access_key = HIDDENSECRET
        aws_session_token = HIDDENTOKEN
        [profile role]
        role_arn = R
        source_profile = keys
        [profile identity]
        role_arn = R
        web_identity_token_file = /token
        [profile sso]
        sso_session = s
        sso_account_id = 1
        sso_role_name = r
        [sso-session s]
        sso_region = eu-west-1
        sso_start_url = https://x
        [profile login]
        region = x
        login_session = l
        [profile process]
        credential_process = echo '{"Version":1,"AccessKeyId":"HIDDENKEY","SecretAccessKey":"HIDDENSECRET"}'; exit 1
        [profile half]
        aws_secret_access_key = HIDDENSECRET
        [profile none]
        region = x
        """

    private static func environment(_ variables: [String: String] = [:]) -> AWSEnvironment {
        let token = """
            {"accessToken":"HIDDENTOKEN","expiresAt":"2026-03-14T15:10:00Z","clientId":"c","refreshToken":"HIDDENREFRESH",
            "clientSecret":"HIDDENCLIENT","registrationExpiresAt":"2026-06-01T00:00:00Z"}
            """
        let profile = SSOSignIn(
            accountID: "", roleName: "", startURL: "", region: "", sessionName: "s", profile: "sso")
        let path = profile.tokenPath(.test())
        let login = """
            {"accessToken":{"accessKeyId":"HIDDENKEY","secretAccessKey":"HIDDENSECRET","sessionToken":"HIDDENTOKEN",
            "expiresAt":"2026-03-14T15:09:00Z"},"clientId":"c","refreshToken":"HIDDENREFRESH",
            "dpopKey":"MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49AwEH"}
            """
        let session = LoginSession(name: "l", profile: "login", region: "x").tokenPath(.test())
        return .test(
            variables.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "HIDDENTOKEN"]) { $1 }, config: config,
            files: ["/token": "HIDDENTOKEN", path: token, session: login])
    }

    private static let places: [(profile: String?, variables: [String: String])] =
        ["role", "identity", "sso", "login", "process", "half", "none", "missing"].map { ($0, [:]) } + [
            (nil, ["AWS_SECRET_ACCESS_KEY": "HIDDENSECRET", "AWS_PROFILE": "none"]),
            (nil, ["AWS_ACCESS_KEY_ID": "HIDDENKEY"]),
            (nil, ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"]),
            (nil, ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://HIDDENKEY:HIDDENSECRET@h/"]),
            (nil, ["AWS_EC2_METADATA_DISABLED": "false"]),
        ]

    /// Answers that repeat the request, and answers that hold secrets where none belong.
    private static func replies(_ text: String) -> [ScriptedPeers.Reply] {
        let quoted = String(decoding: JSONValue.string(text).bytes, as: UTF8.self)
        let xml = "<ErrorResponse><Error><Code>C</Code><Message>\(text)</Message></Error></ErrorResponse>"
        let json =
            #"{"Code":"E","message":TEXT,"error":"e","error_description":TEXT,"SecretAccessKey":"HIDDENSECRET"}"#
            .replacing("TEXT", with: quoted)
        let answers = [200, 400, 401, 403, 404, 500].flatMap { status in
            [text, xml, json].map { ScriptedPeers.Reply.answer(status, $0) }
        }
        return answers + [.failure(.timedOut), .endless]
    }

    @Test("no error shows a secret, whatever a service answers and wherever the credentials come from")
    func errors() async throws {
        var count = 0
        for place in Self.places {
            for number in Self.replies("").indices {
                let peers = ScriptedPeers { request in
                    if request.method == "PUT" { return .answer(200, "HIDDENTOKEN") }
                    // Only the beginning is shown: there stands what the request proves who it is from with.
                    let headers = request.headers.map(\.value)
                    let first = headers.firstIndex { $0.contains("Signature=") || $0.hasPrefix("ey") } ?? 0
                    let text = (headers[first...] + headers[..<first] + [request.text]).joined(separator: " ")
                    return Self.replies(text)[number]
                }
                let chain = CredentialChain.test(Self.environment(place.variables), peers, profile: place.profile)
                guard case .failure(let error) = await chain.result() else { continue }
                count += 1
                let proofs = peers.requests.compactMap { request in
                    request.header("DPoP")
                        ?? request.header("Authorization")?.split(separator: "Signature=").last.map { String($0) }
                }
                for text in ["\(error)", error.message, String(reflecting: error)] {
                    for secret in Self.secrets + proofs.map({ String($0.prefix(40)) }) {
                        #expect(!text.contains(secret), "\(place): \(text)")
                    }
                }
            }
        }
        // Nearly every place fails with every answer; a refused renewal of a good token is no failure.
        #expect(count > Self.places.count * Self.replies("").count * 3 / 4)
    }

    @Test("no value of the module shows a secret")
    func values() throws {
        var values: [Any] = []
        for place in Self.places {
            let chain = CredentialChain.test(Self.environment(place.variables), profile: place.profile)
            if let plan = try? chain.plan() { values.append(plan) }
        }
        values.append(try CredentialChain.test(Self.environment(), profile: "keys").plan())
        let document = Array(#"{"accessToken":"HIDDENTOKEN","expiresAt":"2026-03-14T15:10:00Z"}"#.utf8)
        values.append(try #require(JSONValue(parsing: document)))
        values.append(try #require(SSOToken(parsing: document)))
        values.append(try #require(CredentialDocument(parsing: document)))
        #expect(values.count >= 10)
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                for secret in Self.secrets { #expect(!text.contains(secret), "\(text)") }
            }
        }
    }
}
