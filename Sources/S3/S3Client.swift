public import AWSAuth
public import HTTP

/// Reads one bucket.
///
/// Every attempt is signed afresh. A bucket found to be in another region is followed there, for all requests after.
public struct S3Client: Sendable {
    /// Name of the bucket.
    public let bucket: String
    /// Where the bucket is and how requests to it are written.
    public let configuration: S3Configuration

    let credentials: (any CredentialSource)?
    let transport: any HTTPTransport
    let retry: RetryPolicy
    let clock: S3Clock
    let observer: @Sendable (S3Event) -> Void
    let route: BucketRoute
    let gate: RequestGate
    let hedges: HedgeBudget?
    let session = ExpressSession()
    let clockLead = ClockLead()
    let ranges = RangeSupport()

    /// Creates a client; without credentials its requests are not signed.
    ///
    /// At most `requestCount` requests are under way at once, fewer while the server asks for fewer. Without `hedging`
    /// no request is sent twice because it is late.
    ///
    /// - Throws: `invalidConfiguration` for a bucket, region or endpoint that cannot be.
    public init(
        bucket: String, configuration: S3Configuration, credentials: (any CredentialSource)?,
        transport: any HTTPTransport, retry: RetryPolicy = .standard, requestCount: Int = 64, hedging: Hedging? = nil,
        clock: S3Clock = .system,
        observer: @escaping @Sendable (S3Event) -> Void = { _ in }
    ) throws(S3Error) {
        self.bucket = bucket
        self.configuration = configuration
        self.credentials = credentials
        self.transport = transport
        self.retry = retry
        self.clock = clock
        self.observer = observer
        gate = RequestGate(ceiling: requestCount)
        hedges = hedging.map { HedgeBudget($0) }
        route = BucketRoute(try S3Endpoint(bucket: bucket, configuration: configuration))
    }

    /// The region that requests are signed for now.
    public var region: String { route.current.endpoint.region }

    /// Whether the server takes no notice of ranges, by its last answer to one: of an object that is large, parts cost
    /// as much as all of it.
    public var ignoresRanges: Bool { ranges.isMissing }

    /// Whether the bucket is one of S3 Express: read in sessions, and listed in no order.
    var isDirectoryBucket: Bool { route.current.endpoint.service == .s3Express }

    /// Whether listings are asked which archived objects are restored: other servers may not know the header, and
    /// directory buckets have no archive.
    var listsRestored: Bool { configuration.endpoint == nil && !isDirectoryBucket }

    /// Asks whether the bucket is there and may be listed; returns its region, if the server tells it.
    ///
    /// Not done: an answer to this request has no body, so a wrong secret and a missing permission look alike; a
    /// listing tells them apart.
    @discardableResult
    public func headBucket() async throws(S3Error) -> String? {
        var attempts = Attempts(clock)
        while true {
            do throws(S3Error) {
                let response = try await send(.headBucket, &attempts)
                response.body.cancel()
                finish(&attempts)
                return response[header: regionHeader]
            } catch {
                try await recover(from: error, .headBucket, &attempts)
            }
        }
    }
}

/// The header in which a server names a bucket's region.
let regionHeader = "x-amz-bucket-region"
