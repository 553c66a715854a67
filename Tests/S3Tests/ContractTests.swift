import AWSAuth
import ByteCore
import Foundation
import HTTP
import Testing

@testable import S3

/// The client against the server that `S3_TEST_ENDPOINT` names, in region us-east-1: MinIO's API, SeaweedFS, the fault
/// server of the end-to-end tests.
///
/// Where the variable is not set there is no server to run over; the other suites say what the client does. In CI, where
/// `CI` is set, that fails.
struct ContractTests {
    private struct Server {
        let endpoint: String
        let credentials: Credentials
        let transport = CurlTransport()
        let bucket = "contract-" + String(UInt64.random(in: .min ... .max), radix: 36)

        init?() {
            let variables = ProcessInfo.processInfo.environment
            guard let endpoint = variables["S3_TEST_ENDPOINT"], !endpoint.isEmpty else {
                #expect(variables["CI"] == nil, "S3_TEST_ENDPOINT names no server")
                return nil
            }
            self.endpoint = endpoint
            credentials = Credentials(
                accessKeyID: variables["AWS_ACCESS_KEY_ID"] ?? "testaccess",
                secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "testsecret123")
        }

        func client(
            bucket: String? = nil, region: String? = "us-east-1", credentials: Credentials? = nil,
            pageSize: Int = 1_000,
            endpoint: String? = nil, transport: (any HTTPTransport)? = nil
        ) throws -> S3Client {
            try S3Client(
                bucket: bucket ?? self.bucket,
                configuration: S3Configuration(region: region, endpoint: endpoint ?? self.endpoint, pageSize: pageSize),
                credentials: credentials ?? self.credentials, transport: transport ?? self.transport)
        }

        /// Makes the bucket; returns whether the server refuses a signature for another region, as some do not.
        func checksRegion() async throws -> Bool {
            try await put()
            let client = try client(region: "mars-north-1")
            _ = try await client.listObjects().all()
            return client.region == "us-east-1"
        }

        /// Writes an object, or the bucket itself.
        func put(_ key: ObjectKey? = nil, _ content: [UInt8] = []) async throws {
            let client = try client()
            var attempts = Attempts(client.clock)
            let request = S3Request(operation: .getObject, method: "PUT", key: key, body: Bytes(content))
            let response = try await client.send(request, &attempts)
            while try await response.body.next() != nil {}
        }
    }

    private static let oddKeys = [
        "plain.parquet", "with space", "plus+sign", "100%/done", "percent%20literal", "dt=2026-03-14/hour=15",
        "a&b=c?d#e",
        "quote'single\"double", "nfc/\u{E9}", "nfd/e\u{301}", "日本/🚀", "tilde~*()!", "colon:@,;$", "less<more>",
        "tab\tkey",
    ].map { ObjectKey($0) }

    @Test("odd keys are listed and read back byte by byte")
    func oddKeys() async throws {
        guard let server = Server() else { return }
        try await server.put()
        for key in Self.oddKeys { try await server.put(key, key.bytes) }
        let client = try server.client()
        let listed = try await client.listObjects().all()
        #expect(listed.map(\.key) == Self.oddKeys.sorted())
        for object in listed {
            #expect(
                object.byteCount == Int64(object.key.bytes.count)
                    && object.lastModified > Timestamp(seconds: 1_700_000_000))
            let bytes = try await client.get(object.key, range: 0..<object.byteCount, pin: ObjectPin(eTag: object.eTag))
            #expect(bytes == Bytes(object.key.bytes))
            #expect(try await client.get(object.key) == bytes)
        }
        for key in Self.oddKeys {
            let found = try await client.listObjects(prefix: key.bytes).all()
            #expect(found.map(\.key) == [key])
        }
    }

    @Test("listings go on over pages of any size")
    func pages() async throws {
        guard let server = Server() else { return }
        try await server.put()
        let keys = (0..<25).map { ObjectKey("p/\($0 < 10 ? "0" : "")\($0) +") }
        for key in keys { try await server.put(key, [1]) }
        for pageSize in [1, 7, 25, 1_000] {
            var pages = [Int]()
            var found = [ObjectKey]()
            for try await page in try server.client(pageSize: pageSize).listObjects(prefix: Array("p/".utf8)) {
                pages.append(page.count)
                found += page.map(\.key)
            }
            #expect(found == keys && pages.allSatisfy { $0 <= pageSize })
        }
        #expect(try await server.client().listObjects(prefix: Array("none".utf8)).all().isEmpty)
    }

    @Test("ranges of a larger object, and the conditions on it")
    func ranges() async throws {
        guard let server = Server() else { return }
        try await server.put()
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 9) }
        let key = ObjectKey("dir/data.bin")
        try await server.put(key, content)
        let client = try server.client()
        let object = try #require(try await client.listObjects().all().first)
        for range in [0..<1, 299_999..<300_000, 0..<300_000, 12_345..<234_567] as [Range<Int64>] {
            let bytes = try await client.get(key, range: range, pin: ObjectPin(eTag: object.eTag))
            #expect(bytes == Bytes(content[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
        try await expect(.changed) { _ = try await client.get(key, range: 0..<10, pin: ObjectPin(eTag: "\"0123\"")) }
        try await expect(.changed) { _ = try await client.get(key, range: 299_990..<300_010) }
        try await expect(.changed) { _ = try await client.get(key, range: 300_000..<300_010) }
        try await expect(.notFound(.key)) { _ = try await client.get(ObjectKey("dir/none"), range: 0..<10) }
        try await server.put(key, content + [0])
        try await expect(.changed) { _ = try await client.get(key, pin: ObjectPin(eTag: object.eTag)) }
    }

    @Test("what is wrong with keys, bucket and region is told apart")
    func refusals() async throws {
        guard let server = Server() else { return }
        try await server.put()
        let id = server.credentials.accessKeyID
        let wrongSecret = try server.client(credentials: Credentials(accessKeyID: id, secretAccessKey: "wrong-secret"))
        let secret = try await expect(.unauthenticated) { _ = try await wrongSecret.listObjects().all() }
        #expect(
            secret.description.contains("check the secret access key") && !secret.description.contains("wrong-secret"))
        let wrongKey = try server.client(
            credentials: Credentials(accessKeyID: "NOSUCHKEY", secretAccessKey: "wrong-secret"))
        let key = try await expect(.unauthenticated) { _ = try await wrongKey.listObjects().all() }
        #expect(key.code == "InvalidAccessKeyId")
        let missing = try server.client(bucket: "no-such-bucket-here")
        let bucket = try await expect(.notFound(.bucket)) { _ = try await missing.listObjects().all() }
        #expect(bucket.description.hasPrefix("s3://no-such-bucket-here: the bucket does not exist"))
        try await expect(.notFound(.bucket)) { try await missing.headBucket() }
        let anonymous = try S3Client(
            bucket: server.bucket, configuration: S3Configuration(endpoint: server.endpoint), credentials: nil,
            transport: server.transport)
        try await expect(.accessDenied) { _ = try await anonymous.listObjects().all() }
    }

    @Test("directories are listed apart without losing a key, by pages of any size")
    func directories() async throws {
        guard let server = Server() else { return }
        try await server.put()
        let keys =
            (0..<60).map { ObjectKey("t/year=\($0 % 2)/month=\($0 % 4)/\($0)") } + [ObjectKey("t/0"), ObjectKey("u")]
        for key in keys { try await server.put(key, [1]) }
        for pageSize in [2, 10, 61, 1_000] {
            let found = try await server.client(pageSize: pageSize).listObjects().all()
            #expect(found.map(\.key) == keys.sorted(), "pages of \(pageSize)")
        }
        let client = try server.client()
        #expect(try await client.object(ObjectKey("t/0"))?.byteCount == 1)
        #expect(try await client.object(ObjectKey("t")) == nil)
    }

    @Test("a whole object is pinned, and what replaces it is another one")
    func pinned() async throws {
        guard let server = Server() else { return }
        try await server.put()
        let key = ObjectKey("pinned.bin")
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 >> 2) }
        try await server.put(key, content)
        let client = try server.client()
        let object = try #require(try await client.object(key))
        let pin = ObjectPin(eTag: object.eTag, byteCount: object.byteCount)
        #expect(try await client.get(key, pin: pin) == Bytes(content))
        try await server.put(key, content.reversed())
        try await expect(.changed) { _ = try await client.get(key, pin: pin) }
        try await expect(.changed) { _ = try await client.get(key, range: 5..<50, pin: pin) }
        let present = try #require(try await client.object(key))
        #expect(present.eTag != object.eTag)
        #expect(try await client.get(key, pin: ObjectPin(eTag: present.eTag)) == Bytes(content.reversed()))
    }

    @Test("a wrong region is corrected by what the server says")
    func wrongRegion() async throws {
        guard let server = Server(), try await server.checksRegion() else { return }
        try await server.put(ObjectKey("k"), [7])
        let client = try server.client(region: "mars-north-1")
        #expect(try await client.get(ObjectKey("k")) == Bytes([7]))
        #expect(client.region == "us-east-1")
        let unknown = try server.client(region: nil)
        try await unknown.headBucket()
        #expect(try await unknown.listObjects().all().count == 1)
    }

    @Test("a bucket in the host is signed as it is sent")
    func virtualHost() async throws {
        guard let server = Server(), let port = server.endpoint.split(separator: ":").last.flatMap({ Int($0) }) else {
            return
        }
        try await server.put()
        try await server.put(ObjectKey("a b+é"), [7])
        // The name leads to the server's address only here.
        struct Resolving: HTTPTransport {
            let transport: any HTTPTransport
            func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
                var request = request
                request.host = "127.0.0.1"
                return try await transport.send(request)
            }
        }
        let client = try server.client(
            endpoint: "http://s3.localhost:\(port)", transport: Resolving(transport: server.transport))
        #expect(try await client.listObjects().all().map(\.key) == [ObjectKey("a b+é")])
        #expect(try await client.get(ObjectKey("a b+é")) == Bytes([7]))
    }

    @Test("many reads at once")
    func concurrency() async throws {
        guard let server = Server() else { return }
        try await server.put()
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
        try await server.put(ObjectKey("k"), content)
        let client = try server.client()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for start in stride(from: 0, to: 100_000, by: 2_000) {
                group.addTask {
                    let bytes = try await client.get(ObjectKey("k"), range: Int64(start)..<Int64(start + 2_000))
                    return bytes == Bytes(content[start..<start + 2_000])
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }

    @discardableResult
    private func expect(_ kind: S3Error.Kind, _ action: () async throws -> Void) async throws -> S3Error {
        let error = try await #require(throws: S3Error.self) { try await action() }
        #expect(error.kind == kind, "\(error)")
        return error
    }
}
