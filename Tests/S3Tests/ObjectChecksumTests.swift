import ByteCore
import HTTP
import Testing

@testable import S3

struct ObjectChecksumTests {
    private static let content = Array("123456789".utf8)
    /// Of `123456789`: the check values of the catalogue of CRC algorithms, and Python's hashlib.
    private static let checksums = [
        "crc32": "y/Q5Jg==", "crc32c": "4waSgw==", "crc64nvme": "rosUhgp5mIg=", "sha1": "98O8HYCOBHMq32eZZczDTKeuNEE=",
        "sha256": "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
    ]

    private func whole(_ content: [UInt8] = content, _ headers: [String: String] = [:]) -> ScriptedTransport.Reply {
        .answer(
            status: 200, headers: headers.merging(["ETag": "\"e\"", "Content-Length": "9"]) { $1 }, body: [content])
    }

    private var damaged: [UInt8] { [0] + Self.content.dropFirst() }

    @Test("a content without its checksum is asked for again", arguments: checksums)
    func mismatch(algorithm: String, checksum: String) async throws {
        let headers = ["x-amz-checksum-\(algorithm)": checksum, "x-amz-checksum-type": "FULL_OBJECT"]
        let test = try TestClient([whole(damaged, headers), whole(Self.content, headers)])
        #expect(try await test.client.get(ObjectKey("k")) == Bytes(Self.content))
        #expect(test.retries == [.invalidResponse])
        #expect(test.transport.requests.allSatisfy { $0[header: "x-amz-checksum-mode"] == "ENABLED" })
        let stuck = try TestClient(Array(repeating: whole(damaged, headers), count: 3))
        let error = try await #require(throws: S3Error.self) { _ = try await stuck.client.get(ObjectKey("k")) }
        #expect(error.kind == .invalidResponse && error.detail?.contains(algorithm) == true)
    }

    @Test("a checksum of parts' checksums, and one that cannot be read, say nothing")
    func composite() async throws {
        for headers in [
            ["x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-type": "COMPOSITE"],
            ["x-amz-checksum-sha256": "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=-3"], ["x-amz-checksum-crc32": "%%"],
            ["x-amz-checksum-crc32": "y/Q5"],
        ] {
            let test = try TestClient([whole(damaged, headers)])
            #expect(try await test.client.get(ObjectKey("k")) == Bytes(damaged))
        }
    }

    @Test("the checksum of the first answer is that of the whole, however many answers it takes")
    func resumed() async throws {
        func replies(rest: [UInt8]) -> [ScriptedTransport.Reply] {
            [
                .answer(
                    status: 200,
                    headers: ["ETag": "\"e\"", "Content-Length": "9", "x-amz-checksum-crc32": "y/Q5Jg=="],
                    body: [Array(Self.content[..<4])], thenFails: HTTPError(.connectionLost, "lost")),
                .answer(status: 206, headers: ["ETag": "\"e\"", "Content-Range": "bytes 4-8/9"], body: [rest]),
            ]
        }
        let good = try TestClient(replies(rest: Array(Self.content[4...])))
        #expect(try await good.client.get(ObjectKey("k")) == Bytes(Self.content))
        #expect(good.transport.requests.map { $0[header: "x-amz-checksum-mode"] } == ["ENABLED", nil])
        let bad = try TestClient(replies(rest: [9, 9, 9, 9, 9]) + [whole()])
        #expect(try await bad.client.get(ObjectKey("k")) == Bytes(Self.content))
        #expect(bad.retries == [.transport(.connectionLost), .invalidResponse])
    }
}
