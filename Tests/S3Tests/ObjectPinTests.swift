import ByteCore
import HTTP
import Testing

@testable import S3

struct ObjectPinTests {
    private static let content = (0..<100).map { UInt8($0) }

    private func part(_ range: ClosedRange<Int>, headers: [String: String] = [:], total: Int = 100)
        -> ScriptedTransport.Reply
    {
        .answer(
            status: 206,
            headers: headers.merging(["Content-Range": "bytes \(range.lowerBound)-\(range.upperBound)/\(total)"]) {
                $1
            },
            body: [Array(Self.content[range])])
    }

    private func whole(_ headers: [String: String] = [:]) -> ScriptedTransport.Reply {
        .answer(status: 200, headers: headers, body: [Self.content])
    }

    private func failure(_ replies: [ScriptedTransport.Reply], range: Range<Int64>?) async throws -> S3Error {
        let test = try TestClient(replies)
        return try await #require(throws: S3Error.self) {
            _ = try await test.client.get(ObjectKey("k"), range: range, pin: ObjectPin(eTag: "e", byteCount: 100))
        }
    }

    @Test("the version that the first answer names is asked for from then on")
    func version() async throws {
        let version = ["ETag": "\"e\"", "x-amz-version-id": "v/1 +"]
        let test = try TestClient([part(90...99, headers: version), part(0...9, headers: version)])
        let pin = ObjectPin(eTag: "e")
        _ = try await test.client.get(ObjectKey("k"), range: 90..<100, pin: pin)
        _ = try await test.client.get(ObjectKey("k"), range: 0..<10, pin: pin)
        #expect(test.transport.requests.map(\.target) == ["/k", "/k?versionId=v%2F1%20%2B"])
        #expect(test.transport.requests.map { $0[header: "If-Match"] } == ["\"e\"", "\"e\""])
    }

    @Test("a bucket without versions names none, and a version that may not be read is let go")
    func noVersion() async throws {
        let null = try TestClient([whole(["x-amz-version-id": "null"]), whole()])
        let pin = ObjectPin()
        for _ in 0..<2 { _ = try await null.client.get(ObjectKey("k"), pin: pin) }
        #expect(null.transport.requests.map(\.target) == ["/k", "/k"])

        let denied = try TestClient([
            part(0...9, headers: ["x-amz-version-id": "v1"]), .error("AccessDenied", status: 403), part(10...19),
            part(20...29),
        ])
        let refused = ObjectPin(eTag: "e")
        for start in [0, 10, 20] as [Int64] {
            _ = try await denied.client.get(ObjectKey("k"), range: start..<start + 10, pin: refused)
        }
        #expect(denied.transport.requests.map(\.target) == ["/k", "/k?versionId=v1", "/k", "/k"])
        #expect(denied.log.slept.isEmpty)
    }

    @Test("without a tag in the listing, that of the first answer pins all reads after it")
    func firstAnswer() async throws {
        let test = try TestClient([part(0...9, headers: ["ETag": "\"a\""]), part(10...19, headers: ["ETag": "\"b\""])])
        let pin = ObjectPin(eTag: "W/\"weak\"")
        _ = try await test.client.get(ObjectKey("k"), range: 0..<10, pin: pin)
        let error = try await #require(throws: S3Error.self) {
            _ = try await test.client.get(ObjectKey("k"), range: 10..<20, pin: pin)
        }
        #expect(error.kind == .changed && test.transport.requests[1][header: "If-Match"] == "\"a\"")
    }

    @Test("a size other than the listed one is another content, or a mistake where the tag is the same")
    func size() async throws {
        let same = Array(repeating: part(0...9, headers: ["ETag": "\"e\""], total: 101), count: 3)
        #expect(try await failure(same, range: 0..<10).kind == .invalidResponse)
        #expect(try await failure([part(0...9, total: 101)], range: 0..<10).kind == .changed)
        #expect(try await failure([whole(["Content-Length": "101"])], range: nil).kind == .changed)
    }

    @Test("a known size makes a whole object without Content-Length resumable")
    func resumable() async throws {
        let cut = ScriptedTransport.Reply.answer(
            status: 200, body: [Array(Self.content[..<30])], thenFails: HTTPError(.connectionLost, "lost"))
        let test = try TestClient([cut, part(30...99)])
        let bytes = try await test.client.get(ObjectKey("k"), pin: ObjectPin(eTag: "e", byteCount: 100))
        #expect(bytes == Bytes(Self.content) && test.transport.requests[1][header: "Range"] == "bytes=30-99")
    }

    @Test("a tag without quotes, or made weak on the way, is the same tag", arguments: ["e", "W/\"e\"", "\"e\""])
    func tags(tag: String) async throws {
        let test = try TestClient([part(0...9, headers: ["ETag": tag]), whole(["ETag": tag])])
        for listed in ["e", "\"e\""] {
            let range: Range<Int64>? = listed == "e" ? 0..<10 : nil
            let bytes = try await test.client.get(ObjectKey("k"), range: range, pin: ObjectPin(eTag: listed))
            #expect(bytes.count == range?.count ?? 100)
        }
        #expect(test.transport.requests.map { $0[header: "If-Match"] } == ["\"e\"", "\"e\""])
        let same = Array(repeating: part(0...9, headers: ["ETag": tag], total: 101), count: 3)
        #expect(try await failure(same, range: 0..<10).kind == .invalidResponse)
        let other = tag.replacing("e", with: "other")
        #expect(try await failure([part(0...9, headers: ["ETag": other])], range: 0..<10).kind == .changed)
    }

    @Test("an answer compressed on the way is not taken; an object stored with a coding is")
    func coding() async throws {
        let gzip = ScriptedTransport.Reply.answer(
            status: 200, headers: ["Content-Encoding": "gzip", "ETag": "W/\"e\""], body: [[31, 139, 8]])
        let error = try await failure([gzip, gzip, gzip], range: nil)
        #expect(error.kind == .invalidResponse && error.detail?.contains("encoded: gzip") == true)
        let stored = try TestClient([whole(["Content-Encoding": "gzip", "Content-Length": "100"])])
        #expect(
            try await stored.client.get(ObjectKey("k"), pin: ObjectPin(byteCount: 100)) == Bytes(Self.content))
    }
}
