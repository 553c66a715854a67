import AWSAuth
import HTTP
import Synchronization
import Testing

@testable import S3

/// Reads of a directory bucket, which are signed with the credentials of a session.
struct ExpressSessionTests {
    private static let bucket = "logs--usw2-az1--x-s3"

    /// The clock of `TestClient` says 15:09:26.
    private func session(_ name: String, until time: String = "15:14:26") -> ScriptedTransport.Reply {
        .xml(
            """
            <CreateSessionResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Credentials>\
            <SessionToken>\(name)-TOKEN</SessionToken><SecretAccessKey>\(name)-SECRET</SecretAccessKey>\
            <AccessKeyId>\(name)-ID</AccessKeyId><Expiration>2026-03-14T\(time)Z</Expiration>\
            </Credentials></CreateSessionResult>
            """)
    }

    private func client(_ replies: [ScriptedTransport.Reply], signed: Bool = true) throws -> TestClient {
        try TestClient(
            replies, bucket: Self.bucket, configuration: S3Configuration(region: "us-west-2"),
            credentials: signed ? TestClient.credentials : nil)
    }

    @Test("a session is begun once with the configured credentials, and signs all that follows")
    func session() async throws {
        let test = try client([session("S1"), page(["a"]), page(["b"])])
        _ = try await test.client.listObjects().all()
        _ = try await test.client.listObjects().all()
        let requests = test.transport.requests
        #expect(requests.map(\.target.first) == ["/", "/", "/"] && requests[0].target == "/?session")
        #expect(Set(requests.map(\.host)) == ["\(Self.bucket).s3express-usw2-az1.us-west-2.amazonaws.com"])
        #expect(requests[0][header: "x-amz-create-session-mode"] == "ReadOnly")
        #expect(requests[0][header: "Authorization"]?.contains("AKIDSECRET/20260314/us-west-2/s3express/") == true)
        #expect(requests[0][header: "x-amz-security-token"] == "SECRETTOKEN")
        for request in requests.dropFirst() {
            #expect(request[header: "Authorization"]?.contains("S1-ID/20260314/us-west-2/s3express/") == true)
            #expect(request[header: "Authorization"]?.contains("x-amz-s3session-token") == true)
            #expect(request[header: "x-amz-s3session-token"] == "S1-TOKEN")
            #expect(request[header: "x-amz-security-token"] == nil)
        }
    }

    @Test("a session that is about to end, or that the server calls expired, is replaced")
    func replaced() async throws {
        let ending = try client([session("S1", until: "15:10:25"), page(["a"]), session("S2"), page(["b"])])
        _ = try await ending.client.listObjects().all()
        _ = try await ending.client.listObjects().all()
        #expect(ending.transport.requests[3][header: "x-amz-s3session-token"] == "S2-TOKEN")
        let refused = try client([session("S1"), .error("ExpiredToken", status: 400), session("S2"), page(["a"])])
        _ = try await refused.client.listObjects().all()
        #expect(refused.transport.requests[3][header: "x-amz-s3session-token"] == "S2-TOKEN")
        #expect(refused.transport.remainingCount == 0)
    }

    @Test("many readers begin one session")
    func concurrent() async throws {
        let pages = [ScriptedTransport.Reply](repeating: page([]), count: 40)
        let test = try client([session("S1")] + pages)
        await withTaskGroup { group in
            for _ in 0..<40 { group.addTask { _ = try? await test.client.listObjects().all() } }
        }
        #expect(test.transport.requests.filter { $0.target == "/?session" }.count == 1)
        #expect(test.transport.remainingCount == 0)
    }

    @Test("a refusal, and an answer that is no session, are errors of their own; nothing secret is in them")
    func failures() async throws {
        let denied = try client([.error("AccessDenied", status: 403)])
        let first = try await #require(throws: S3Error.self) { try await denied.client.listObjects().all() }
        #expect(first.kind == .accessDenied && first.description.contains("s3express:CreateSession"))
        #expect(denied.transport.requests.count == 1)
        let reply = ScriptedTransport.Reply.xml(
            "<CreateSessionResult><Credentials><SecretAccessKey>HUSH</SecretAccessKey></Credentials></CreateSessionResult>"
        )
        let broken = try client([reply, reply, reply, reply])
        let second = try await #require(throws: S3Error.self) { try await broken.client.listObjects().all() }
        #expect(second.kind == .invalidResponse && second.operation == .createSession)
        #expect(broken.transport.requests.count == 3)
        #expect(!second.description.contains("HUSH") && !"\(broken.log.events)".contains("HUSH"))
    }

    @Test("a directory bucket is asked for whole directories, and the rest left out here")
    func prefixes() async throws {
        let keys = ["data/2024-01", "data/2023", "data/2024/x"]
        let test = try client([session("S1"), page(keys), page(["k", "p"])])
        let found = try await test.client.listObjects(prefix: Array("data/2024".utf8)).all()
        #expect(found.map(\.key) == [ObjectKey("data/2024-01"), ObjectKey("data/2024/x")])
        #expect(test.transport.requests[1].target.hasSuffix("&prefix=data%2F"))
        #expect(try await test.client.listObjects(prefix: Array("p".utf8)).all().map(\.key) == [ObjectKey("p")])
        #expect(test.transport.requests[2].target.contains("prefix") == false)
    }

    @Test("one object is looked for on all pages of its directory")
    func oneObject() async throws {
        let test = try client([session("S1"), page(["d/b", "d/a2"], token: "t"), page(["d/a"]), page(["d/b"])])
        #expect(try await test.client.object(ObjectKey("d/a"))?.key == ObjectKey("d/a"))
        #expect(try await test.client.object(ObjectKey("d/c")) == nil)
        #expect(test.transport.remainingCount == 0)
    }

    @Test("an error repeats neither the session's credentials nor its token")
    func redaction() async throws {
        let test = try client([
            session("SESSION1"),
            .error("AccessDenied", status: 403, message: "SESSION1-ID, SESSION1-SECRET and SESSION1-TOKEN"),
        ])
        let error = try await #require(throws: S3Error.self) { try await test.client.listObjects().all() }
        #expect(error.message == "[redacted], [redacted] and [redacted]")
        #expect(error.description.contains("s3express:CreateSession"))
    }

    @Test("without credentials there is no session")
    func anonymous() async throws {
        let test = try client([page([])], signed: false)
        _ = try await test.client.listObjects().all()
        #expect(test.transport.requests.count == 1 && test.transport.requests[0][header: "Authorization"] == nil)
    }

    @Test("a directory bucket needs its region")
    func region() throws {
        let error = #expect(throws: S3Error.self) {
            try TestClient([], bucket: Self.bucket, configuration: S3Configuration())
        }
        #expect(error?.description.contains("region is required") == true)
    }
}
