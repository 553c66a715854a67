import AWSAuth
import ByteCore
import HTTP
import Testing

@testable import S3

struct S3ErrorTests {
    private func listError(_ reply: ScriptedTransport.Reply, region: String = "eu-west-1") async throws -> S3Error {
        let test = try TestClient([reply, reply], configuration: S3Configuration(region: region), retry: .never)
        return try await #require(throws: S3Error.self) { try await test.client.listObjects().all() }
    }

    @Test("errors of a listing say what to check")
    func advice() async throws {
        let denied = try await listError(.error("AccessDenied", status: 403))
        #expect(
            denied.description == "s3://bucket: access denied (status 403, AccessDenied); the credentials need "
                + "s3:ListBucket on arn:aws:s3:::bucket, and request_payer where the bucket has its requesters pay "
                + "[request R1]")
        let china = try await listError(.error("AccessDenied", status: 403), region: "cn-north-1")
        #expect(china.description.contains("arn:aws-cn:s3:::bucket"))
        let expected: [(ScriptedTransport.Reply, String)] = [
            (.error("NoSuchBucket", status: 404), "check bucket, region and endpoint"),
            (.error("SignatureDoesNotMatch", status: 403), "check the secret access key"),
            (.error("InvalidAccessKeyId", status: 403), "check the access key ID"),
            (.error("InvalidTokenId", status: 403), "check the session token"),
            (.failure(HTTPError(.resolve, "no such host")), "check region and endpoint"),
            (.failure(HTTPError(.tls, "bad certificate")), "its certificate is trusted"),
        ]
        for (reply, text) in expected {
            let error = try await listError(reply)
            #expect(error.description.contains(text))
        }
    }

    @Test("a wrong clock is told in seconds")
    func clock() async throws {
        let refusal = ScriptedTransport.Reply.error(
            "RequestTimeTooSkewed", status: 403, headers: ["Date": "Sat, 14 Mar 2026 16:09:26 GMT"])
        let test = try TestClient([refusal, refusal])
        let error = try await #require(throws: S3Error.self) { try await test.client.listObjects().all() }
        #expect(error.kind == .clockSkewed && error.detail == "it is 3600 seconds behind the server's")
    }

    @Test("an answer that is not XML is shown in part, on one line")
    func html() async throws {
        let html = "<html>\r\n\u{1B}[31m" + String(repeating: "gateway ", count: 500)
        let error = try await listError(.answer(status: 502, body: [Array(html.utf8)]))
        let message = try #require(error.message)
        #expect(message.hasPrefix("<html> \\u{1b}[31mgateway gateway") && message.hasSuffix("…"))
        #expect(message.utf8.count < 400 && error.kind == .unavailable)
    }

    @Test("no error and no event shows a key, a token or a signature, whatever the server repeats")
    func secrets() async throws {
        // The server repeats what it was sent, as some do with a signature that does not match.
        let kinds: [(String, Int)] = [
            ("AccessDenied", 403), ("SignatureDoesNotMatch", 403), ("InvalidAccessKeyId", 403), ("ExpiredToken", 400),
            ("NoSuchKey", 404), ("NoSuchBucket", 404), ("SlowDown", 503), ("InternalError", 500), ("Unheard", 400),
            ("PreconditionFailed", 412), ("InvalidObjectState", 403), ("PermanentRedirect", 301),
            ("RequestTimeTooSkewed", 403),
        ]
        for (code, status) in kinds {
            let probe = try TestClient([.error(code, status: status)], retry: .never)
            _ = try? await probe.client.get(ObjectKey("k"))
            let sent = probe.transport.requests[0].headers.map { "\($0.name): \($0.value)" }.joined(separator: " ")
            let signature = try #require(
                probe.transport.requests[0][header: "Authorization"]?.split(separator: "Signature=").last.map {
                    String($0)
                })
            let replies: [ScriptedTransport.Reply] = [
                .error(
                    code, status: status, message: sent,
                    headers: ["x-amz-request-id": signature, "x-amz-id-2": "SECRETKEY"]),
                .error(sent, status: status), .answer(status: status, body: [Array((sent + "SECRETKEY").utf8)]),
            ]
            for reply in replies {
                let test = try TestClient(Array(repeating: reply, count: 3))
                let error = try await #require(throws: S3Error.self) { _ = try await test.client.get(ObjectKey("k")) }
                var texts = ["\(error)", String(reflecting: error), error.message ?? "", error.code ?? ""]
                texts += test.log.events.map { "\($0)" }
                for text in texts {
                    #expect(!text.contains("SECRET") && !text.contains(signature), "\(code)")
                }
            }
        }
    }

    @Test("what contradicts a request is told without what the request was sent with", arguments: [nil, 0..<10])
    func contradictions(range: Range<Int64>?) async throws {
        let probe = try TestClient([.answer(status: 403)], retry: .never)
        _ = try? await probe.client.get(
            ObjectKey("k"), range: range, pin: ObjectPin(eTag: "e", byteCount: 10))
        let authorization = try #require(probe.transport.requests[0][header: "Authorization"])
        let signature = try #require(authorization.split(separator: "Signature=").last.map { String($0) })
        for name in ["ETag", "Content-Range", "Content-Encoding"] {
            for secret in [signature, "SECRETTOKEN", "AKIDSECRET"] {
                let reply = ScriptedTransport.Reply.answer(status: 206, headers: [name: secret], body: [[1]])
                let test = try TestClient([reply], retry: .never)
                let error = try await #require(throws: S3Error.self) {
                    _ = try await test.client.get(
                        ObjectKey("k"), range: range, pin: ObjectPin(eTag: "e", byteCount: 10))
                }
                #expect(!"\(error)".lowercased().contains(secret.lowercased()))
            }
        }
        let error = try await listError(.xml("<AKIDSECRET/>"))
        #expect(error.description.contains("the answer is <[redacted]>"))
    }

    @Test("credentials that cannot be had are an error of their own text")
    func credentials() async throws {
        let chain = CredentialChain(
            environment: AWSEnvironment(variables: ["AWS_ACCESS_KEY_ID": "x"], homeDirectory: nil) { _ in .missing },
            transport: ScriptedTransport([]))
        let test = try TestClient([], credentials: chain)
        let error = try await #require(throws: S3Error.self) { try await test.client.listObjects().all() }
        #expect(error.kind == .unauthenticated)
        #expect(
            error.description == "s3://bucket: the credentials are not accepted: AWS_ACCESS_KEY_ID is set and "
                + "AWS_SECRET_ACCESS_KEY is not")
    }

    @Test("keys are shown without control characters, and compared by bytes")
    func keys() {
        #expect("\(ObjectKey("a\u{1B}[0m\n\u{202E}é"))" == "a\\u{1b}[0m\\u{a}\\u{202e}é")
        #expect("\(ObjectKey([0x61, 0xFF]))" == "a\u{FFFD}")
        #expect(ObjectKey("\u{E9}") != ObjectKey("e\u{301}"))
        #expect(ObjectKey("a") < ObjectKey("b") && ObjectKey("Z") < ObjectKey("a") && ObjectKey("a/") < ObjectKey("a0"))
    }
}
