import AWSAuth
import HTTP
import Testing

@testable import S3

/// Headers that settings add to requests.
struct RequestHeaderTests {
    private static let keyBytes = Array("0123456789abcdef0123456789ABCDEF".utf8)
    private static let keyText = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY="

    @Test("who pays is said with listings and reads, and signed")
    func requesterPays() async throws {
        let test = try TestClient(
            [page([]), .answer(status: 200, headers: ["Content-Length": "0"]), .answer(status: 200)],
            configuration: S3Configuration(region: "eu-west-1", requesterPays: true))
        _ = try await test.client.listObjects().all()
        _ = try await test.client.get(ObjectKey("k"))
        try await test.client.headBucket()
        let requests = test.transport.requests
        #expect(requests.map { $0[header: "x-amz-request-payer"] } == ["requester", "requester", nil])
        for request in requests.prefix(2) {
            #expect(request[header: "Authorization"]?.contains("x-amz-request-payer") == true)
        }
    }

    @Test("a customer's key goes along with reads only")
    func customerKey() async throws {
        let test = try TestClient(
            [page([]), .answer(status: 200, headers: ["Content-Length": "0"])],
            configuration: S3Configuration(region: "eu-west-1", customerKey: CustomerKey(Self.keyBytes)))
        _ = try await test.client.listObjects().all()
        _ = try await test.client.get(ObjectKey("k"))
        let prefix = "x-amz-server-side-encryption-customer-"
        let requests = test.transport.requests
        #expect(requests[0][header: prefix + "key"] == nil)
        #expect(requests[1][header: prefix + "algorithm"] == "AES256")
        #expect(requests[1][header: prefix + "key"] == Self.keyText)
        #expect(requests[1][header: prefix + "key-md5"] == "V5euSAsQOO0sIBHETfEa4w==")
        #expect(requests[1][header: "Authorization"]?.contains(prefix + "key;" + prefix + "key-md5") == true)
    }

    @Test("an error does not repeat the key, even where the server does")
    func redaction() async throws {
        let key = try #require(CustomerKey(Self.keyBytes))
        let test = try TestClient(
            [.error("InvalidArgument", status: 400, message: "bad key \(Self.keyText) here")],
            configuration: S3Configuration(region: "eu-west-1", customerKey: key))
        let error = try await #require(throws: S3Error.self) { try await test.client.get(ObjectKey("k")) }
        #expect(error.description.contains("bad key [redacted] here"))
        var dumped = ""
        dump(test.client.configuration, to: &dumped)
        for text in [error.description, "\(error)", dumped, "\(key)", String(reflecting: test.client.configuration)] {
            #expect(!text.contains(Self.keyText.prefix(8)))
        }
    }

    @Test("without credentials a request carries no signature")
    func anonymous() async throws {
        let test = try TestClient([page([])], credentials: nil)
        _ = try await test.client.listObjects().all()
        let names = test.transport.requests[0].headers.map { $0.name.lowercased() }
        #expect(names == ["host", "x-amz-optional-object-attributes", "accept-encoding", "user-agent"])
    }
}
