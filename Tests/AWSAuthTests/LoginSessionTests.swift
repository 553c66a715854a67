import Crypto
import Testing

@testable import AWSAuth

struct LoginSessionTests {
    private static let config = "[default]\nregion = x\nlogin_session = arn:aws:iam::1:user/me"
    private static let file =
        SHA256.hash(Array("arn:aws:iam::1:user/me".utf8)).hex + ".json"

    private func chain(_ document: String?, _ variables: [String: String] = [:]) -> CredentialChain {
        let folder = variables["AWS_LOGIN_CACHE_DIRECTORY"] == nil ? "/home/u/.aws/login/cache/" : "/home/u/logins/"
        return .test(.test(variables, config: Self.config, files: document.map { [folder + Self.file: $0] } ?? [:]))
    }

    private static func document(end: String) -> String {
        """
        {"accessToken":{"accessKeyId":"LID","secretAccessKey":"LSECRET","sessionToken":"LTOKEN","accountId":"1",
        "expiresAt":"\(end)"},"tokenType":"aws_sigv4","clientId":"c","refreshToken":"LREFRESH","dpopKey":"LKEY"}
        """
    }

    @Test("the credentials of the session's file", arguments: [[:], ["AWS_LOGIN_CACHE_DIRECTORY": "~/logins"]])
    func credentials(variables: [String: String]) async throws {
        let chain = chain(Self.document(end: "2026-03-14T15:10:26Z"), variables)
        #expect(
            try await chain.credentials()
                == Credentials(
                    accessKeyID: "LID", secretAccessKey: "LSECRET", sessionToken: "LTOKEN",
                    expiration: Timestamp(seconds: 1_773_501_026)))
    }

    @Test("a session that is missing, broken or over asks for a sign-in, with file and line")
    func faults() async throws {
        for document in [nil, "", "{}", Self.document(end: "soon"), Self.document(end: "2026-03-14T15:09:26Z")] {
            let error = try await #require(throws: CredentialError.self) { try await chain(document).credentials() }
            #expect(error.kind == .refused && error.message.hasSuffix("; sign in with: aws login --profile default"))
            #expect(error.location == CredentialError.Location(file: "/home/u/.aws/config", line: 3))
            #expect(!error.description.contains("LSECRET") && !error.description.contains("LREFRESH"))
        }
    }
}
