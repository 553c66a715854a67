import HTTP
import Testing

@testable import S3

/// Buckets of which no region is configured.
struct RegionTests {
    private func client(
        _ replies: [ScriptedTransport.Reply], bucket: String = "bucket", endpoint: String? = nil
    ) throws -> TestClient {
        try TestClient(replies, bucket: bucket, configuration: S3Configuration(endpoint: endpoint))
    }

    @Test("the bucket is asked without a signature, by any answer, once", arguments: [200, 301, 400, 403])
    func found(status: Int) async throws {
        let test = try client([
            .answer(status: status, headers: ["x-amz-bucket-region": "eu-north-1"]), page(["a"]), page(["b"]),
        ])
        _ = try await test.client.listObjects().all()
        _ = try await test.client.listObjects().all()
        let requests = test.transport.requests
        #expect(requests.map(\.method) == ["HEAD", "GET", "GET"])
        #expect(requests[0].host == "bucket.s3.us-east-1.amazonaws.com" && requests[0][header: "Authorization"] == nil)
        #expect(requests[1].host == "bucket.s3.eu-north-1.amazonaws.com")
        #expect(requests[1][header: "Authorization"]?.contains("/eu-north-1/s3/") == true)
        #expect(test.log.events.contains(.regionFound("eu-north-1")))
        #expect(!test.log.events.contains { if case .regionChanged = $0 { true } else { false } })
    }

    @Test("a failure is asked again, a bucket that is not there is an error after one request")
    func failures() async throws {
        let late = try client([
            .answer(status: 503), .answer(status: 200, headers: ["x-amz-bucket-region": "us-east-1"]), page(["a"]),
        ])
        _ = try await late.client.listObjects().all()
        #expect(late.transport.requests.map(\.method) == ["HEAD", "HEAD", "GET"])
        let missing = try client([.answer(status: 404)])
        let error = try await #require(throws: S3Error.self) { try await missing.client.listObjects().all() }
        #expect(error.kind == .notFound(.bucket) && missing.transport.requests.count == 1)
        let down = try client(.init(repeating: .failure(HTTPError(.connect, "cannot connect")), count: 30))
        _ = try await #require(throws: S3Error.self) { try await down.client.listObjects().all() }
        #expect(down.transport.requests.count == RetryPolicy.standard.maximumAttemptCount)
    }

    @Test("where no answer names a region, the next request goes to the default")
    func unnamed() async throws {
        let test = try client([.answer(status: 403), page(["a"])])
        _ = try await test.client.listObjects().all()
        #expect(test.client.region == "us-east-1")
    }

    @Test("the bucket is asked for its region without acceleration, and read with it")
    func accelerated() async throws {
        let test = try TestClient(
            [.answer(status: 403, headers: ["x-amz-bucket-region": "eu-north-1"]), page(["a"])],
            configuration: S3Configuration(usesAccelerate: true))
        _ = try await test.client.listObjects().all()
        #expect(
            test.transport.requests.map(\.host) == [
                "bucket.s3.us-east-1.amazonaws.com", "bucket.s3-accelerate.amazonaws.com",
            ])
        #expect(test.transport.requests[1][header: "Authorization"]?.contains("/eu-north-1/s3/") == true)
    }

    @Test("another server and an access point are not asked")
    func notAsked() async throws {
        let server = try client([page([])], endpoint: "http://127.0.0.1:9000")
        _ = try await server.client.listObjects().all()
        #expect(server.transport.requests.map(\.method) == ["GET"])
        let point = try client([page([])], bucket: "arn:aws:s3:eu-west-1:123456789012:accesspoint/x")
        _ = try await point.client.listObjects().all()
        #expect(point.transport.requests.map(\.host) == ["x-123456789012.s3-accesspoint.eu-west-1.amazonaws.com"])
    }

    @Test("an access point stays in the region of its ARN, whatever a server says")
    func accessPoint() async throws {
        let test = try client(
            [.error("PermanentRedirect", status: 301, headers: ["x-amz-bucket-region": "us-west-2"])],
            bucket: "arn:aws:s3:eu-west-1:123456789012:accesspoint/x")
        let error = try await #require(throws: S3Error.self) { try await test.client.listObjects().all() }
        #expect(error.kind == .wrongRegion("us-west-2") && test.transport.requests.count == 1)
    }

    @Test("what cannot be the name of a region is none, whatever a server writes there")
    func unlikely() async throws {
        let header = ["x-amz-bucket-region": "AWS4-HMAC-SHA256 Credential=x, Signature=0123"]
        let test = try TestClient([.error("AccessDenied", status: 400, headers: header)], retry: .never)
        let error = try await #require(throws: S3Error.self) { try await test.client.listObjects().all() }
        #expect(error.kind == .accessDenied && !error.description.contains("Signature"))
        let bare = try TestClient([.answer(status: 400, headers: header)], retry: .never)
        let refused = try await #require(throws: S3Error.self) { try await bare.client.listObjects().all() }
        #expect(refused.kind == .badRequest && !refused.description.contains("Signature"))
    }
}
