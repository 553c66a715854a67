import AWSAuth
import HTTP
import Synchronization
import Testing

@testable import S3

struct RedirectTests {
    private func list(_ test: TestClient) async throws -> [ObjectSummary] {
        try await test.client.listObjects().all()
    }

    @Test(
        "the region is read from header, document or host, and all later requests go there",
        arguments: [
            .error("PermanentRedirect", status: 301, headers: ["x-amz-bucket-region": "us-west-2"]),
            .error("AuthorizationHeaderMalformed", status: 400, extra: "<Region>us-west-2</Region>"),
            .error(
                "TemporaryRedirect", status: 307, extra: "<Endpoint>my-s3.x.s3.us-west-2.amazonaws.com</Endpoint>"),
            .error("PermanentRedirect", status: 301, extra: "<Endpoint>x.s3-us-west-2.amazonaws.com</Endpoint>"),
            .answer(status: 301, headers: ["x-amz-bucket-region": "us-west-2"]),
            .answer(status: 301, headers: ["Location": "https://bucket.s3.dualstack.us-west-2.amazonaws.com/?a=b"]),
        ] as [ScriptedTransport.Reply])
    func followed(redirect: ScriptedTransport.Reply) async throws {
        let test = try TestClient([redirect, page(["a"]), page(["b"])])
        #expect(try await list(test).count == 1)
        #expect(try await list(test).count == 1)
        #expect(test.client.region == "us-west-2")
        #expect(test.log.events.contains(.regionChanged(from: "eu-west-1", to: "us-west-2")))
        #expect(test.log.slept.isEmpty)
        let hosts = test.transport.requests.map { $0.host }
        #expect(hosts == ["eu-west-1", "us-west-2", "us-west-2"].map { "bucket.s3.\($0).amazonaws.com" })
        #expect(test.transport.requests[1][header: "Authorization"]?.contains("/us-west-2/s3/") == true)
    }

    @Test("a region that the answer does not name is asked for")
    func unnamed() async throws {
        let test = try TestClient([
            .answer(status: 301, headers: ["Location": "https://bucket.s3-accelerate.amazonaws.com/"]),
            .answer(status: 503), .failure(HTTPError(.connectionLost, "lost")),
            .answer(status: 403, headers: ["x-amz-bucket-region": "us-west-2"]), page(["a"]),
        ])
        #expect(try await list(test).count == 1)
        #expect(test.transport.requests.map(\.method) == ["GET", "HEAD", "HEAD", "HEAD", "GET"])
        #expect(test.retries == [.throttled, .transport(.connectionLost)])
    }

    @Test("another server keeps its host, only the signature's region changes")
    func customEndpoint() async throws {
        let test = try TestClient(
            [.error("AuthorizationHeaderMalformed", status: 400, extra: "<Region>mars</Region>"), page([])],
            configuration: S3Configuration(region: "eu-west-1", endpoint: "http://127.0.0.1:9000"))
        _ = try await list(test)
        #expect(test.transport.requests.map(\.host) == ["127.0.0.1", "127.0.0.1"])
        #expect(test.transport.requests[1][header: "Authorization"]?.contains("/mars/s3/") == true)
    }

    @Test("regions that lead in a circle, nowhere or to another host are an error that names the region")
    func circle() async throws {
        func redirect(_ region: String) -> ScriptedTransport.Reply {
            .error("PermanentRedirect", status: 301, headers: ["x-amz-bucket-region": region])
        }
        let twice = try TestClient([redirect("us-west-2"), redirect("us-east-2"), page(["a"])])
        #expect(try await list(twice).count == 1 && twice.client.region == "us-east-2")
        let thrice = try TestClient([redirect("us-west-2"), redirect("us-east-2"), redirect("us-west-1")])
        let far = try await #require(throws: S3Error.self) { try await list(thrice) }
        #expect(far.kind == .wrongRegion("us-west-1"))
        let circle = try TestClient([redirect("us-west-2"), redirect("eu-west-1")])
        let first = try await #require(throws: S3Error.self) { try await list(circle) }
        #expect(first.kind == .wrongRegion("eu-west-1") && first.description.contains("set region to eu-west-1"))
        let same = try TestClient([redirect("eu-west-1")])
        let second = try await #require(throws: S3Error.self) { try await list(same) }
        #expect(second.kind == .wrongRegion("eu-west-1"))
        // No name of a region: the bucket is asked for it, and says the same.
        let evil = try TestClient([redirect("evil.example/x"), redirect("evil.example/x")])
        let third = try await #require(throws: S3Error.self) { try await list(evil) }
        #expect(third.kind == .wrongRegion(nil) && evil.transport.requests.map(\.method) == ["GET", "HEAD"])
        #expect(evil.transport.requests.allSatisfy { $0.host == "bucket.s3.eu-west-1.amazonaws.com" })
    }

    @Test("expired credentials are replaced once, and the request signed with the new ones")
    func expired() async throws {
        final class Rotating: CredentialSource {
            let generation = Mutex(1)
            func credentials() async throws(CredentialError) -> Credentials {
                Credentials(accessKeyID: "K\(generation.withLock { $0 })", secretAccessKey: "s")
            }
            func invalidate(_ credentials: Credentials) async { generation.withLock { $0 += 1 } }
        }
        let test = try TestClient([.error("ExpiredToken", status: 400), page(["a"])], credentials: Rotating())
        #expect(try await list(test).count == 1)
        #expect(test.transport.requests.map { $0[header: "Authorization"]?.contains("K2/") } == [false, true])
        #expect(test.log.events.contains(.credentialsRefreshed) && test.log.slept.isEmpty)
        let stuck = try TestClient([.error("ExpiredToken", status: 400), .error("ExpiredToken", status: 400)])
        let error = try await #require(throws: S3Error.self) { try await list(stuck) }
        #expect(error.kind == .credentialsExpired)
    }

    @Test("the bucket's region, its absence and its refusal by HEAD")
    func headBucket() async throws {
        let found = try TestClient([.answer(status: 200, headers: ["x-amz-bucket-region": "eu-west-1"])])
        #expect(try await found.client.headBucket() == "eu-west-1")
        let missing = try TestClient([.answer(status: 404)])
        let error = try await #require(throws: S3Error.self) { try await missing.client.headBucket() }
        #expect(error.kind == .notFound(.bucket))
        let moved = try TestClient([
            .answer(status: 400, headers: ["x-amz-bucket-region": "us-west-2"]), .answer(status: 200),
        ])
        try await moved.client.headBucket()
        #expect(moved.client.region == "us-west-2")
    }
}
