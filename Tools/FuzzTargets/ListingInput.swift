import ByteCore
import HTTP
import S3

/// Answers of an S3 server to ListObjectsV2.
enum ListingInput {
    static func read(_ input: Bytes) async throws {
        let client = try S3Client(
            bucket: "bucket", configuration: S3Configuration(endpoint: "http://127.0.0.1:9"), credentials: nil,
            transport: OneAnswer(body: input), retry: RetryPolicy(maximumAttemptCount: 1, budget: .zero))
        var pages = client.listObjects().makeAsyncIterator()
        while let page = try await pages.next() {
            for object in page { _ = "\(object)" }
        }
    }
}

/// A server that answers everything the same.
private struct OneAnswer: HTTPTransport {
    let body: Bytes

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        HTTPResponse(status: 200, headers: [], body: WholeBody(body))
    }
}

/// A body that arrives at once.
private struct WholeBody: HTTPBody {
    private let bytes: Bytes

    init(_ bytes: Bytes) { self.bytes = bytes }

    func next() async throws(HTTPError) -> Bytes? { nil }

    func collect(limit: Int) async -> (bytes: Bytes, failure: HTTPError?) { (bytes, nil) }

    func cancel() {}
}
