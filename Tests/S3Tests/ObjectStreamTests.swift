import ByteCore
import Crypto
import HTTP
import Testing

@testable import S3

struct ObjectStreamTests {
    private static let content = (0..<200).map { UInt8($0) }
    private static let lost = HTTPError(.connectionLost, "the connection was lost", responseStarted: true)
    private static let key = ObjectKey("k")

    private static func headers(_ range: Range<Int>, more: [String: String] = [:]) -> [String: String] {
        let own = [
            "Content-Length": "\(range.count)", "ETag": "\"e\"",
            "Content-Range": range.count < 200 ? "bytes \(range.lowerBound)-\(range.upperBound - 1)/200" : nil,
        ]
        return own.compactMapValues { $0 }.merging(more) { $1 }
    }

    /// An answer that holds a part of the content, in pieces of 30 bytes.
    private func answer(
        _ range: Range<Int> = 0..<200, arriving count: Int? = nil, fails: Bool = false, more: [String: String] = [:],
        of content: [UInt8] = content
    ) -> ScriptedTransport.Reply {
        let bytes = Array(content[range].prefix(count ?? range.count))
        let pieces = stride(from: 0, to: bytes.count, by: 30).map { Array(bytes[$0..<min($0 + 30, bytes.count)]) }
        return .answer(
            status: range.count < 200 ? 206 : 200, headers: Self.headers(range, more: more), body: pieces,
            thenFails: fails ? Self.lost : nil)
    }

    private func stream(_ test: TestClient, range: Range<Int64>? = nil, eTag: String? = "e") -> ObjectStream {
        test.client.stream(Self.key, range: range, pin: ObjectPin(eTag: eTag, byteCount: 200), byteCount: 200)
    }

    private func ranges(_ test: TestClient) -> [String?] { test.transport.requests.map { $0[header: "Range"] } }

    @Test("bytes come in order out of one request, and what is not read is passed over")
    func order() async throws {
        let test = try TestClient([answer()])
        var stream = stream(test)
        #expect(test.transport.requests.isEmpty)
        for range in [0..<10, 10..<11, 50..<130, 130..<130, 199..<200] as [Range<Int64>] {
            #expect(try await stream.read(range) == Bytes(range.map { UInt8($0) }))
        }
        #expect(stream.offset == 200 && ranges(test) == [nil])
        #expect(test.transport.requests[0][header: "If-Match"] == "\"e\"")
        #expect(test.log.events.last == .delivered(Self.key, byteCount: 200))
    }

    @Test("a part of an object is asked for by its range")
    func part() async throws {
        let test = try TestClient([answer(20..<120)])
        var stream = stream(test, range: 20..<120)
        #expect(try await stream.read(30..<120) == Bytes(30..<120))
        #expect(ranges(test) == ["bytes=20-119"])
    }

    @Test("a connection that breaks is taken up at its byte, with the same content")
    func resume() async throws {
        let test = try TestClient([
            answer(arriving: 70, fails: true), .failure(Self.lost), answer(70..<200, arriving: 1),
            answer(71..<200),
        ])
        var stream = stream(test)
        #expect(try await stream.read(0..<60) == Bytes(0..<60))
        #expect(try await stream.read(65..<200) == Bytes(65..<200))
        #expect(ranges(test) == [nil, "bytes=70-199", "bytes=70-199", "bytes=71-199"])
        #expect(test.transport.requests.allSatisfy { $0[header: "If-Match"] == "\"e\"" })
        #expect(test.retries == Array(repeating: .transport(.connectionLost), count: 3))
    }

    @Test("a server that takes no notice of the range has the start passed over")
    func cut() async throws {
        let test = try TestClient([answer(arriving: 70, fails: true), answer()])
        var stream = stream(test)
        #expect(try await stream.read(0..<200) == Bytes(Self.content))
        let part = try TestClient([answer()])
        var partial = self.stream(part, range: 100..<150)
        #expect(try await partial.read(100..<150) == Bytes(100..<150))
        #expect(part.transport.cancelledCount == 1, "the rest is not received")
    }

    @Test("without an entity tag a stream that has begun cannot be taken up")
    func noTag() async throws {
        let test = try TestClient([
            .failure(Self.lost),
            .answer(status: 200, headers: ["Content-Length": "200"], body: [[1]], thenFails: Self.lost), answer(),
        ])
        var stream = stream(test, eTag: nil)
        let error = await #expect(throws: S3Error.self) { _ = try await stream.read(0..<2) }
        #expect(error?.kind == .transport(.connectionLost) && test.transport.remainingCount == 1)
    }

    @Test("another content is told, before the first byte and after it")
    func changed() async throws {
        for replies in [
            [.error("PreconditionFailed", status: 412)],
            [answer(arriving: 70, fails: true), answer(70..<200, more: ["ETag": "\"other\""])],
        ] as [[ScriptedTransport.Reply]] {
            var stream = stream(try TestClient(replies))
            let error = await #expect(throws: S3Error.self) { _ = try await stream.read(0..<200) }
            #expect(error?.kind == .changed)
        }
    }

    @Test("bytes after the end are a contradiction")
    func tooMuch() async throws {
        let replies = (0..<3).map { _ in
            ScriptedTransport.Reply.answer(
                status: 200, headers: ["ETag": "\"e\""], body: [[UInt8](repeating: 0, count: 201)])
        }
        var stream = stream(try TestClient(replies))
        let error = await #expect(throws: S3Error.self) { _ = try await stream.read(0..<200) }
        #expect(error?.kind == .invalidResponse)
    }

    private static let checksums: [(name: String, value: [UInt8])] = {
        let bytes = Bytes(content)
        func check(_ polynomial: CyclicRedundancyCheck.Polynomial) -> [UInt8] {
            var check = CyclicRedundancyCheck(polynomial)
            check.update(bytes.span)
            return check.bytes
        }
        let sha256 = SHA256.hash(bytes).bytes
        return [
            ("crc32", check(.crc32)), ("crc32c", check(.crc32C)), ("crc64nvme", check(.crc64NVME)),
            ("sha256", sha256.indices.map { sha256[$0] }), ("sha1", RunningDigest.hash(bytes, .sha1)),
        ]
    }()

    @Test("the checksum of the whole is verified with the last byte, over a break too", arguments: 0..<5)
    func checksum(index: Int) async throws {
        let (name, value) = Self.checksums[index]
        let named = ["x-amz-checksum-" + name: Base64.encode(value), "x-amz-checksum-type": "FULL_OBJECT"]
        var changed = Self.content
        changed[150] ^= 1
        for (content, isRight) in [(Self.content, true), (changed, false)] {
            let test = try TestClient([
                answer(arriving: 70, fails: true, more: named, of: content), answer(70..<200, of: content),
            ])
            var stream = stream(test)
            _ = try await stream.read(0..<190)
            if isRight {
                #expect(try await stream.read(190..<200) == Bytes(190..<200))
            } else {
                let error = await #expect(throws: S3Error.self) { _ = try await stream.read(190..<200) }
                #expect(error?.kind == .invalidResponse && error?.detail?.contains(name) == true)
            }
            #expect(test.transport.requests[0][header: "x-amz-checksum-mode"] == "ENABLED")
        }
    }

    @Test("a stream that waited for long asks again at its byte, which is no failure")
    func pause() async throws {
        let test = try TestClient([answer(), answer(60..<200)])
        var stream = stream(test)
        _ = try await stream.read(0..<60)
        test.log.sleep(.seconds(11))
        #expect(try await stream.read(60..<200) == Bytes(60..<200))
        #expect(ranges(test) == [nil, "bytes=60-199"] && test.retries.isEmpty)
        #expect(test.transport.cancelledCount == 1)
    }

    @Test("time in which nobody read counts for no failure, nor do credentials that ended before it")
    func failureAfterPause() async throws {
        let test = try TestClient([
            .error("ExpiredToken", status: 400), answer(), .failure(Self.lost), .error("ExpiredToken", status: 400),
            answer(60..<200),
        ])
        var stream = stream(test)
        test.log.sleep(.seconds(301))
        _ = try await stream.read(0..<60)
        test.log.sleep(.seconds(301))
        #expect(try await stream.read(60..<200) == Bytes(60..<200))
        #expect(test.transport.remainingCount == 0)
    }

    @Test("what is not read is given up and counted, and others are let through meanwhile")
    func close() async throws {
        let test = try TestClient([answer(), answer()], requestCount: 1)
        var stream = stream(test)
        _ = try await stream.read(0..<10)
        #expect(try await test.client.get(Self.key).count == 200)
        stream.close()
        #expect(test.transport.cancelledCount == 1)
        let attempts = test.log.events.compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } }
        #expect(attempts.map(\.failure) == [nil, .cancelled] && attempts.map(\.receivedByteCount) == [200, 30])
        stream.close()
        #expect(test.transport.cancelledCount == 1)
    }
}
