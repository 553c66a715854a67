import AWSAuth
import ByteCore
import HTTP
import Testing

@testable import S3

struct ListingTests {
    private func keys(_ client: S3Client) async throws -> [String] {
        try await client.listObjects(prefix: Array("p/".utf8)).all().map {
            String(decoding: $0.key.bytes, as: UTF8.self)
        }
    }

    @Test("pages follow one another by their tokens, empty ones among them")
    func pages() async throws {
        let test = try TestClient([page(["a", "b"], token: "t1+/="), page([], token: "t2"), page(["c"])])
        #expect(try await keys(test.client) == ["a", "b", "c"])
        let targets = test.transport.requests.map(\.target)
        #expect(targets[0] == "/?encoding-type=url&list-type=2&max-keys=1000&prefix=p%2F")
        #expect(targets[1].hasPrefix("/?continuation-token=t1%2B%2F%3D&encoding-type=url"))
        #expect(targets[2].hasPrefix("/?continuation-token=t2&"))
        #expect(
            test.transport.requests.allSatisfy {
                $0[header: "Authorization"] != nil && $0[header: "Host"] == "bucket.s3.eu-west-1.amazonaws.com"
            })
    }

    @Test("one object is looked for past empty pages, and not past the first keys")
    func object() async throws {
        let test = try TestClient([page([], token: "t1"), page(["k", "k1"], token: "t2"), page(["k1"], token: "t3")])
        #expect(try await test.client.object(ObjectKey("k"))?.key == ObjectKey("k"))
        #expect(try await test.client.object(ObjectKey("k")) == nil && test.transport.remainingCount == 0)
    }

    @Test("which archived objects are restored is asked at AWS, and nowhere else")
    func restored() async throws {
        for endpoint in [nil, "http://127.0.0.1:9000"] {
            let test = try TestClient(
                [page([])], configuration: S3Configuration(region: "eu-west-1", endpoint: endpoint))
            _ = try await keys(test.client)
            let asked = test.transport.requests[0][header: "x-amz-optional-object-attributes"]
            #expect(asked == (endpoint == nil ? "RestoreStatus" : nil))
        }
    }

    @Test("a token that comes again ends the listing with an error")
    func repeatedToken() async throws {
        let test = try TestClient([page(["a"], token: "t"), page(["b"], token: "u"), page(["c"], token: "t")])
        let error = try await #require(throws: S3Error.self) { try await keys(test.client) }
        #expect(error.kind == .invalidResponse && error.detail == "a page's NextContinuationToken came before")
    }

    @Test("pages without a key do not go on for ever")
    func emptyPages() async throws {
        let replies = (0...ListPages.maximumEmptyPageCount).map { page([], token: "t\($0)") }
        let test = try TestClient(replies)
        let error = try await #require(throws: S3Error.self) { try await keys(test.client) }
        #expect(error.kind == .invalidResponse)
        #expect(test.transport.requests.count == ListPages.maximumEmptyPageCount)
    }

    @Test("an error with status 200, a page cut short and a page of HTML are asked for again")
    func lateErrors() async throws {
        guard case .answer(_, _, let body, _) = page(["a"]) else { return }
        let cut = ScriptedTransport.Reply.answer(status: 200, body: [Array(body[0].dropLast(8))])
        let test = try TestClient([
            .error("InternalError", status: 200), cut, .error("SlowDown", status: 200), page(["a"]),
        ])
        #expect(try await keys(test.client) == ["a"])
        #expect(test.retries == [.unavailable, .invalidResponse, .throttled])
        let html = try TestClient([.xml("<html>"), .xml("<html/>"), .xml("<!DOCTYPE html>")])
        let error = try await #require(throws: S3Error.self) { try await keys(html.client) }
        #expect(error.kind == .invalidResponse && error.attemptCount == 3)
        #expect(error.description.contains("a document type definition is not accepted"))
    }

    @Test("a page larger than any page is given up")
    func oversized() async throws {
        let piece = [UInt8](repeating: 0x20, count: 1 << 20)
        let big = ScriptedTransport.Reply.answer(status: 200, body: Array(repeating: piece, count: 17))
        let test = try TestClient([big], retry: .never)
        let error = try await #require(throws: S3Error.self) { try await keys(test.client) }
        #expect(error.kind == .invalidResponse && test.transport.cancelledCount == 1)
    }

    @Test("without credentials nothing is signed")
    func anonymous() async throws {
        let test = try TestClient([page([])], credentials: nil)
        _ = try await keys(test.client)
        let names = test.transport.requests[0].headers.map { $0.name.lowercased() }
        #expect(names == ["host", "x-amz-optional-object-attributes", "accept-encoding", "user-agent"])
    }

    @Test("throttling waits as long as the server asks, and longer each time")
    func throttling() async throws {
        let test = try TestClient([
            .error("SlowDown", status: 503, headers: ["Retry-After": "3"]), .error("SlowDown", status: 503),
            .error("SlowDown", status: 503, headers: ["x-amz-retry-after": "2500"]),
            .error(
                "", status: 503,
                headers: ["Retry-After": "Sat, 14 Mar 2026 15:09:35 GMT", "Date": "Sat, 14 Mar 2026 15:09:26 GMT"]),
            page(["a"]),
        ])
        #expect(try await keys(test.client) == ["a"])
        #expect(test.log.slept == [.seconds(3), .seconds(1), .milliseconds(2_500), .seconds(9)])
    }

    @Test("attempts end, and the error says how many there were")
    func exhausted() async throws {
        let test = try TestClient(Array(repeating: .failure(HTTPError(.connect, "cannot connect to h")), count: 20))
        let error = try await #require(throws: S3Error.self) { try await keys(test.client) }
        #expect(error.kind == .transport(.connect) && error.attemptCount == 10)
        #expect(test.transport.requests.count == 10)
        #expect(
            error.description
                == "s3://bucket: the connection failed: cannot connect to h; check endpoint, and that the "
                + "server is running [after 10 attempts]")
    }

    @Test("each attempt is signed afresh, with the time of that attempt")
    func signedAgain() async throws {
        let test = try TestClient([.error("InternalError", status: 500), page(["a"])])
        _ = try await keys(test.client)
        #expect(
            test.transport.requests.allSatisfy { request in
                request.headers.filter { $0.name == "Authorization" }.count == 1
            })
    }

    @Test("a listing that is cancelled while it waits ends as cancelled")
    func cancelled() async throws {
        let transport = ScriptedTransport([.error("InternalError", status: 500), page(["a"])])
        let client = try S3Client(
            bucket: "bucket", configuration: S3Configuration(), credentials: nil, transport: transport,
            clock: S3Clock(
                now: { Timestamp(seconds: 0) }, uptime: { .zero }, sleep: { _ in throw CancellationError() },
                random: { 0.5 }))
        let error = try await #require(throws: S3Error.self) { try await client.listObjects().all() }
        #expect(error.kind == .cancelled)
    }
}
