import HTTP
import Testing

@testable import AWSAuth

/// The scripted peers of the other tests cannot show that requests are such that a real server gets them.
struct RealConnectionTests {
    private static let document = """
        {"Code":"Success","AccessKeyId":"ID","SecretAccessKey":"S","Token":"T","Expiration":"2126-03-14T16:09:26Z"}
        """

    private func find(_ variables: [String: String], files: [String: String] = [:]) async throws -> Credentials {
        var configuration = CurlTransport.Configuration()
        configuration.proxy = .none
        let transport = CurlTransport(configuration: configuration)
        defer { transport.shutdown() }
        return try await CredentialChain(environment: .test(variables, files: files), transport: transport)
            .credentials()
    }

    @Test("the metadata service of an instance, over sockets")
    func instance() async throws {
        let server = try LocalServer { head in
            if head.hasPrefix("PUT /latest/api/token HTTP/1.1\r\n") { return (200, "token-1") }
            guard head.contains("X-aws-ec2-metadata-token: token-1\r\n") else { return (401, "") }
            return (200, head.hasPrefix("GET /latest/meta-data/iam/security-credentials/ ") ? "role" : Self.document)
        }
        defer { server.stop() }
        let found = try await find([
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(server.port)",
            "AWS_METADATA_SERVICE_TIMEOUT": "30",
        ])
        #expect(found.accessKeyID == "ID" && found.sessionToken == "T" && server.requests.count == 3)
        #expect(server.requests[0].contains("X-aws-ec2-metadata-token-ttl-seconds: 21600\r\n"))
        #expect(server.requests[2].hasPrefix("GET /latest/meta-data/iam/security-credentials/role HTTP/1.1\r\n"))
    }

    @Test("the credential service of a container, over sockets")
    func container() async throws {
        let server = try LocalServer {
            $0.contains("Authorization: secret token\r\n") ? (200, Self.document) : (403, "")
        }
        defer { server.stop() }
        let found = try await find(
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(server.port)/v1/credentials?a=b",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
            ], files: ["/t": "secret token"])
        #expect(found.accessKeyID == "ID")
        #expect(server.requests.map { $0.prefix(30) } == ["GET /v1/credentials?a=b HTTP/1.1\r\n".prefix(30)])
    }

    @Test("a service that takes the request and says nothing is given up in time")
    func silence() async throws {
        let server = try LocalServer { _ in nil }
        defer { server.stop() }
        let error = try await #require(throws: CredentialError.self) {
            try await find([
                "AWS_EC2_METADATA_DISABLED": "false",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(server.port)",
                "AWS_METADATA_SERVICE_TIMEOUT": "0.2",
            ])
        }
        #expect(error.kind == .unavailable && error.message.contains("no answer within 0.2 seconds"))
    }
}
