import HTTP
import Testing

@testable import S3

struct S3EventTests {
    private func attempts(_ test: TestClient) -> [S3Attempt] {
        test.log.events.compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } }
    }

    @Test("every request sent is one event: why, what came, and how it failed")
    func attempts() async throws {
        let test = try TestClient([
            .error("SlowDown", status: 503),
            .answer(
                status: 206, headers: ["Content-Range": "bytes 0-9/20", "ETag": "\"e\""], body: [[1, 2, 3, 4]],
                thenFails: HTTPError(.connectionLost, "lost")),
            .failure(HTTPError(.timedOut, "late")),
            .answer(
                status: 206, headers: ["Content-Range": "bytes 4-9/20", "ETag": "\"e\""], body: [[5, 6, 7, 8, 9, 10]]),
        ])
        _ = try await test.client.get(ObjectKey("k"), range: 0..<10)
        let seen = attempts(test)
        #expect(seen.map(\.purpose) == [.first, .again, .resumption, .resumption])
        #expect(seen.map(\.status) == [503, 206, nil, 206])
        #expect(seen.map(\.failure) == [.throttled, .transport(.connectionLost), .timedOut, nil])
        #expect(seen.dropFirst().map(\.receivedByteCount) == [4, 0, 6])
        #expect(seen.allSatisfy { $0.operation == .getObject && $0.key == ObjectKey("k") })
        #expect(test.log.events.last == .delivered(ObjectKey("k"), byteCount: 10))
        #expect(test.log.events.count == 8, "four attempts, three retries, one delivery")
    }

    @Test("a page of a listing and the search for a region are attempts too")
    func others() async throws {
        let test = try TestClient([
            .error("PermanentRedirect", status: 301),
            .answer(status: 301, headers: ["x-amz-bucket-region": "us-west-2"]), page(["a"]),
        ])
        _ = try await test.client.listObjects().all()
        let seen = attempts(test)
        #expect(seen.map(\.operation) == [.listObjects, .headBucket, .listObjects])
        #expect(seen.map(\.failure) == [.wrongRegion(nil), nil, nil])
        #expect(seen[2].receivedByteCount > 100)
    }
}
