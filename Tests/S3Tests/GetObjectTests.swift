import ByteCore
import HTTP
import Testing

@testable import S3

struct GetObjectTests {
    private static let content = (0..<200).map { UInt8($0) }
    private static let lost = HTTPError(.connectionLost, "the connection was lost", responseStarted: true)

    /// An answer to a range of the content.
    private func part(
        _ range: ClosedRange<Int>, total: Int = 200, eTag: String? = "\"e\"", of content: [UInt8] = content,
        arriving count: Int? = nil, fails: Bool = false
    ) -> ScriptedTransport.Reply {
        var headers = [
            "Content-Range": "bytes \(range.lowerBound)-\(range.upperBound)/\(total)",
            "Content-Length": "\(range.count)",
        ]
        headers["ETag"] = eTag
        let bytes = content[range].prefix(count ?? range.count)
        let middle = bytes.startIndex + bytes.count / 2
        return .answer(
            status: 206, headers: headers,
            body: [Array(bytes[..<middle]), Array(bytes[middle...])].filter { !$0.isEmpty },
            thenFails: fails ? Self.lost : nil)
    }

    private func ranges(_ test: TestClient) -> [String?] { test.transport.requests.map { $0[header: "Range"] } }

    private func error(_ replies: [ScriptedTransport.Reply], range: Range<Int64>? = 10..<20) async throws -> S3Error {
        let test = try TestClient(replies)
        return try await #require(throws: S3Error.self) {
            _ = try await test.client.get(ObjectKey("k"), range: range, pin: ObjectPin(eTag: "\"e\""), byteLimit: 1_000)
        }
    }

    @Test("a range comes with exactly its bytes")
    func range() async throws {
        let test = try TestClient([part(10...19)])
        let bytes = try await test.client.get(ObjectKey("a b"), range: 10..<20, pin: ObjectPin(eTag: "e"))
        #expect(bytes == Bytes(10..<20))
        let request = test.transport.requests[0]
        #expect(
            request.target == "/a%20b" && request[header: "Range"] == "bytes=10-19"
                && request[header: "If-Match"] == "\"e\"")
        #expect(request[header: "Authorization"]?.contains("SignedHeaders=host;if-match;range;x-amz-") == true)
        #expect(request[header: "Accept-Encoding"] == "identity")
        let empty = try await test.client.get(ObjectKey("k"), range: 10..<10)
        #expect(empty.isEmpty && test.transport.requests.count == 1)
    }

    @Test("a whole object, with and without its length, and an empty one")
    func whole() async throws {
        let test = try TestClient([
            .answer(status: 200, headers: ["Content-Length": "200"], body: [Self.content]),
            .answer(status: 200, body: [Self.content]), .answer(status: 200, headers: ["Content-Length": "0"]),
        ])
        #expect(try await test.client.get(ObjectKey("k")) == Bytes(Self.content))
        #expect(try await test.client.get(ObjectKey("k")) == Bytes(Self.content))
        #expect(try await test.client.get(ObjectKey("k")).isEmpty)
        #expect(ranges(test) == [nil, nil, nil])
    }

    @Test("a connection that breaks is taken up where it broke, with the same content")
    func resume() async throws {
        let test = try TestClient([
            part(10...99, arriving: 40, fails: true), .failure(Self.lost), part(50...99, arriving: 1, fails: true),
            part(51...99),
        ])
        #expect(try await test.client.get(ObjectKey("k"), range: 10..<100) == Bytes(10..<100))
        #expect(ranges(test) == ["bytes=10-99", "bytes=50-99", "bytes=50-99", "bytes=51-99"])
        #expect(test.transport.requests.map { $0[header: "If-Match"] } == [nil, "\"e\"", "\"e\"", "\"e\""])
        #expect(test.retries == Array(repeating: .transport(.connectionLost), count: 3))
    }

    @Test("after a fault of the connection the request goes out on a fresh one, after a refusal it need not")
    func freshConnection() async throws {
        let timeout = ScriptedTransport.Reply.failure(HTTPError(.timedOut, "late"))
        let test = try TestClient([
            .error("SlowDown", status: 503), .failure(Self.lost), .error("InternalError", status: 500), timeout,
            part(11...20), part(10...19, arriving: 4, fails: true), part(14...19),
        ])
        #expect(try await test.client.get(ObjectKey("k"), range: 10..<20) == Bytes(10..<20))
        let fresh = test.transport.requests.map(\.usesFreshConnection)
        #expect(fresh == [false, false, true, false, true, true, true])
    }

    @Test("a connection given up for being slow is progress by what a slow line brings, and costs no attempt")
    func slowLine() async throws {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        func slow(_ start: Int, bringing count: Int) -> ScriptedTransport.Reply {
            .answer(
                status: 206,
                headers: ["Content-Range": "bytes \(start)-99999/100000", "ETag": "\"e\""],
                body: [Array(content[start..<start + count])], thenFails: HTTPError(.timedOut, "too slow"))
        }
        let retry = RetryPolicy(maximumAttemptCount: 2)
        let test = try TestClient(
            (0..<9).map { slow($0 * 11_000, bringing: 11_000) } + [slow(99_000, bringing: 1_000)], retry: retry)
        #expect(try await test.client.get(ObjectKey("k"), range: 0..<100_000) == Bytes(content))
        let trickle = try TestClient((0..<3).map { slow($0 * 600, bringing: 600) }, retry: retry)
        let error = try await #require(throws: S3Error.self) {
            _ = try await trickle.client.get(ObjectKey("k"), range: 0..<100_000)
        }
        #expect(error.kind == .timedOut && trickle.transport.requests.count == 2)
    }

    @Test("a body that ends early without an error is taken up as well, a whole object by a range")
    func shortBody() async throws {
        let test = try TestClient([
            .answer(
                status: 200, headers: ["Content-Length": "200", "ETag": "\"e\""], body: [Array(Self.content[..<120])]),
            part(120...199),
        ])
        #expect(try await test.client.get(ObjectKey("k")) == Bytes(Self.content))
        #expect(ranges(test) == [nil, "bytes=120-199"])
    }

    @Test("a connection that breaks after the last byte is no fault")
    func brokenAfterEnd() async throws {
        let test = try TestClient([part(10...19, fails: true)])
        #expect(try await test.client.get(ObjectKey("k"), range: 10..<20) == Bytes(10..<20))
        #expect(test.retries.isEmpty)
    }

    @Test("without an entity tag nothing says that the rest belongs to the beginning: it starts over")
    func noTag() async throws {
        let other = [UInt8](repeating: 7, count: 200)
        let test = try TestClient([
            part(10...99, eTag: nil, arriving: 40, fails: true), part(10...99, eTag: nil, of: other),
        ])
        #expect(try await test.client.get(ObjectKey("k"), range: 10..<100) == Bytes(other[10..<100]))
        #expect(ranges(test) == ["bytes=10-99", "bytes=10-99"])
        // However much arrives, it is no progress.
        let much = [UInt8](repeating: 7, count: 2 << 20)
        let endless = try TestClient(
            (0..<20).map { _ in .answer(status: 200, body: [much], thenFails: Self.lost) })
        let error = try await #require(throws: S3Error.self) { _ = try await endless.client.get(ObjectKey("k")) }
        #expect(error.kind == .transport(.connectionLost) && endless.transport.requests.count == 10)
    }

    @Test("without a length nothing says what the rest is: it starts over")
    func noLength() async throws {
        let test = try TestClient([
            .answer(status: 200, headers: ["ETag": "\"e\""], body: [[1, 2, 3]], thenFails: Self.lost),
            .answer(status: 200, headers: ["ETag": "\"e\""], body: [Self.content]),
        ])
        #expect(try await test.client.get(ObjectKey("k")) == Bytes(Self.content))
        #expect(ranges(test) == [nil, nil])
    }

    @Test("progress of a mebibyte starts the attempts again")
    func progress() async throws {
        // A period that divides no power of two: bytes at a wrong place differ.
        let period = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let size = 10 << 20
        var content = [UInt8]()
        while content.count < size { content += period }
        content.removeLast(content.count - size)
        let replies = (0..<10).map { index in
            part((index << 20)...(size - 1), total: size, of: content, arriving: 1 << 20, fails: true)
        }
        let test = try TestClient(replies)
        let bytes = try await test.client.get(ObjectKey("k"), range: 0..<Int64(size))
        #expect(bytes == Bytes(content))
        #expect(test.log.slept.allSatisfy { $0 == .milliseconds(25) })
        let small = try TestClient(
            (0..<20).map { index in
                part((index << 10)...(size - 1), total: size, of: content, arriving: 1 << 10, fails: true)
            })
        let error = try await #require(throws: S3Error.self) {
            _ = try await small.client.get(ObjectKey("k"), range: 0..<Int64(size))
        }
        #expect(error.kind == .transport(.connectionLost) && small.transport.requests.count == 10)
    }

    @Test("credentials that end more than once in a long read are replaced each time")
    func longRead() async throws {
        let size = 3 << 20
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        func rest(_ start: Int, fails: Bool) -> ScriptedTransport.Reply {
            part(start...(size - 1), total: size, of: content, arriving: fails ? 1 << 20 : nil, fails: fails)
        }
        let expired = ScriptedTransport.Reply.error("ExpiredToken", status: 400)
        let test = try TestClient([
            expired, rest(0, fails: true), expired, rest(1 << 20, fails: true), expired, rest(2 << 20, fails: false),
        ])
        #expect(try await test.client.get(ObjectKey("k"), range: 0..<Int64(size)) == Bytes(content))
        #expect(test.log.events.count { $0 == .credentialsRefreshed } == 3)
    }

    @Test("content that changed is never mixed")
    func changed() async throws {
        #expect(try await error([.error("PreconditionFailed", status: 412)]).kind == .changed)
        #expect(try await error([part(10...19, eTag: "\"other\"")]).kind == .changed)
        #expect(
            try await error([part(10...19, arriving: 5, fails: true), part(15...19, eTag: "\"other\"")]).kind
                == .changed)
        let shorter = try await error([part(10...14, total: 15)])
        #expect(shorter.kind == .changed && shorter.detail == "the object has 15 bytes, and byte 19 was asked for")
        #expect(try await error([.error("InvalidRange", status: 416)]).kind == .changed)
    }

    @Test("a range other than the one asked for is not taken, and asked for again")
    func wrongRange() async throws {
        let test = try TestClient([part(11...20), part(10...18), part(10...19)])
        #expect(try await test.client.get(ObjectKey("k"), range: 10..<20) == Bytes(10..<20))
        #expect(test.retries == [.invalidResponse, .invalidResponse] && test.transport.cancelledCount == 2)
        let noRange = ScriptedTransport.Reply.answer(status: 206, body: [Array(Self.content[10..<20])])
        let wrongLength = ScriptedTransport.Reply.answer(
            status: 206, headers: ["Content-Range": "bytes 10-19/200", "Content-Length": "9"])
        let error = try await error([noRange, wrongLength, part(10...29)])
        #expect(error.kind == .invalidResponse && error.attemptCount == 3)
        #expect(error.detail == "bytes 10-19 were asked for, and bytes 10-29/200 came")
    }

    @Test("more bytes than the answer says are not taken")
    func tooMany() async throws {
        let reply = ScriptedTransport.Reply.answer(
            status: 206, headers: ["Content-Range": "bytes 10-19/200", "ETag": "\"e\""],
            body: [Array(Self.content[10..<21])])
        #expect(try await error([reply, reply, reply]).kind == .invalidResponse)
    }

    @Test("a server that takes no notice of a range: the part is cut out, unless too much comes before it")
    func wholeForRange() async throws {
        let whole = ScriptedTransport.Reply.answer(
            status: 200, headers: ["Content-Length": "200", "ETag": "\"e\""],
            body: [Array(Self.content[..<15]), Array(Self.content[15..<18]), Array(Self.content[18...])])
        let test = try TestClient([whole, whole])
        #expect(try await test.client.get(ObjectKey("k"), range: 10..<20) == Bytes(10..<20))
        #expect(try await test.client.get(ObjectKey("k"), range: 0..<200) == Bytes(Self.content))
        #expect(test.transport.cancelledCount == 1)
        #expect(try await error([whole], range: 150..<250).kind == .changed)
    }

    @Test("a part far inside: asked for again, and cut out only where it is the end and ranges are ignored for good")
    func wholeForRangeFarInside() async throws {
        let size: Int64 = 9 << 20
        let pin = ObjectPin(eTag: "\"e\"", byteCount: size)
        let start = [UInt8](repeating: 0, count: Int(size) - 5)
        let whole = ScriptedTransport.Reply.answer(
            status: 200, headers: ["Content-Length": "\(size)", "ETag": "\"e\""], body: [start, [1, 2, 3, 4, 5]])
        let part = ScriptedTransport.Reply.answer(
            status: 206, headers: ["Content-Range": "bytes \(size - 5)-\(size - 1)/\(size)", "ETag": "\"e\""],
            body: [[1, 2, 3, 4, 5]])
        let (end, inner) = (size - 5..<size, size - 5..<size - 1)

        let once = try TestClient([whole, part])
        #expect(try await once.client.get(ObjectKey("k"), range: end, pin: pin) == Bytes(1...5))
        #expect(!once.client.ignoresRanges && !once.log.events.contains(.rangesIgnored))

        let always = try TestClient([whole, whole, whole, part])
        #expect(try await always.client.get(ObjectKey("k"), range: end, pin: pin) == Bytes(1...5))
        #expect(always.client.ignoresRanges)
        #expect(try await always.client.get(ObjectKey("k"), range: end, pin: pin) == Bytes(1...5))
        #expect(always.log.events.count { $0 == .rangesIgnored } == 1)
        #expect(always.transport.remainingCount == 1, "only the first was not believed")
        #expect(try await always.client.get(ObjectKey("k"), range: end, pin: pin) == Bytes(1...5))
        #expect(!always.client.ignoresRanges)

        let far = try TestClient([whole, whole, whole])
        let error = await #expect(throws: S3Error.self) {
            _ = try await far.client.get(ObjectKey("k"), range: inner, pin: pin)
        }
        #expect(error?.kind == .invalidResponse && error?.detail?.contains("takes no notice") == true)
    }

    @Test("an object over the limit is not read")
    func limit() async throws {
        let said = try await error([.answer(status: 200, headers: ["Content-Length": "1001"])], range: nil)
        #expect(said.kind == .badRequest && said.detail == "the object has 1001 bytes, over 1000")
        let endless = ScriptedTransport.Reply.answer(status: 200, body: [[UInt8](repeating: 0, count: 1_001)])
        let unsaid = try await error([endless, endless, endless], range: nil)
        #expect(unsaid.kind == .invalidResponse && unsaid.detail == "the body is longer than 1000 bytes")
        #expect(try await error([], range: 0..<1_001).kind == .badRequest)
        #expect(try await error([], range: -1..<5).kind == .badRequest)
        #expect(
            try await error([.answer(status: 200, headers: ["Content-Length": "-5"])], range: nil).kind == .badRequest)
    }

    @Test("an object that is gone, archived or denied")
    func refused() async throws {
        #expect(try await error([.error("NoSuchKey", status: 404)]).kind == .notFound(.key))
        #expect(try await error([.error("InvalidObjectState", status: 403)]).kind == .archived)
        let denied = try await error([
            .error("AccessDenied", status: 403, message: "Access Denied", headers: ["x-amz-id-2": "I2"])
        ])
        #expect(
            denied.description
                == "s3://bucket/k: access denied (status 403, AccessDenied, Access Denied); the credentials "
                + "need s3:GetObject on arn:aws:s3:::bucket/k, and kms:Decrypt where it is encrypted with KMS; without "
                + "s3:ListBucket an object that is gone is denied as well [request R1, I2]")
    }

    @Test(
        "the header of a range",
        arguments: [
            ("bytes 0-9/100", 0...9, 100), ("Bytes 5-5/*", 5...5, nil), ("bytes 0-9", nil, nil),
            ("bytes */100", nil, nil),
            ("bytes 9-0/100", nil, nil), ("bytes 0-100/100", nil, nil), ("bytes -1-5/9", nil, nil), ("", nil, nil),
            ("bytes 0-9223372036854775808/9", nil, nil),
        ] as [(String, ClosedRange<Int64>?, Int64?)])
    func contentRange(text: String, range: ClosedRange<Int64>?, total: Int64?) {
        let parsed = ObjectRead.contentRange(text)
        #expect(parsed?.0 == range && parsed?.total == total)
    }
}
