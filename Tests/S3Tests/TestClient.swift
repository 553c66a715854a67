import AWSAuth
import HTTP
import Synchronization

@testable import S3

/// A client whose peer is a script and whose clock moves only when it sleeps.
struct TestClient {
    let transport: ScriptedTransport
    let client: S3Client
    let log = Log()

    /// What the client told and how long it slept.
    final class Log: Sendable {
        private let state = Mutex<(events: [S3Event], slept: [Duration])>(([], []))
        var events: [S3Event] { state.withLock { $0.events } }
        var slept: [Duration] { state.withLock { $0.slept } }
        func add(_ event: S3Event) { state.withLock { $0.events.append(event) } }
        func sleep(_ duration: Duration) { state.withLock { $0.slept.append(duration) } }
    }

    static let credentials = Credentials(
        accessKeyID: "AKIDSECRET", secretAccessKey: "SECRETKEY", sessionToken: "SECRETTOKEN")

    init(
        _ replies: [ScriptedTransport.Reply], bucket: String = "bucket",
        configuration: S3Configuration = S3Configuration(region: "eu-west-1"),
        credentials: (any CredentialSource)? = TestClient.credentials, retry: RetryPolicy = .standard,
        requestCount: Int = 64
    ) throws {
        transport = ScriptedTransport(replies)
        let log = log
        client = try S3Client(
            bucket: bucket, configuration: configuration, credentials: credentials, transport: transport, retry: retry,
            requestCount: requestCount,
            clock: S3Clock(
                now: { Timestamp(seconds: 1_773_500_966) }, uptime: { log.slept.reduce(.zero, +) },
                sleep: { log.sleep($0) }, random: { 0.5 }),
            observer: { log.add($0) })
    }

    /// The events of a kind that says that something went wrong.
    var retries: [S3Error.Kind] {
        log.events.compactMap { if case .retry(let error, _, _) = $0 { error.kind } else { nil } }
    }
}

extension ObjectListing {
    /// Returns all objects as they are handed over, but in the order of their keys.
    func all() async throws -> [ObjectSummary] {
        var objects: [ObjectSummary] = []
        try await forEachPage { objects += $0 }
        return objects.sorted { $0.key < $1.key }
    }
}

/// Returns a page of a listing.
func page(_ keys: [String], token: String? = nil, isEncoded: Bool = true) -> ScriptedTransport.Reply {
    let contents = keys.map {
        """
        <Contents><Key>\($0)</Key><LastModified>2026-03-14T15:09:26.000Z</LastModified><ETag>&quot;e&quot;</ETag>\
        <Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>
        """
    }
    return .xml(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix>\
        <KeyCount>\(keys.count)</KeyCount>\(isEncoded ? "<EncodingType>url</EncodingType>" : "")\
        <IsTruncated>\(token == nil ? "false" : "true")</IsTruncated>\(contents.joined())\
        \(token.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? "")</ListBucketResult>
        """)
}
