internal import AWSAuth

/// The attempts to get one answer.
struct Attempts {
    /// Number of attempts that failed since the last progress.
    private(set) var failedCount = 0
    /// Number of requests sent in all.
    private(set) var sentCount = 0
    /// The region that the last attempt was signed for.
    var region = ""
    /// The credentials of the last attempt.
    var credentials: Credentials?
    /// The signature of the last attempt.
    var signature: String?
    /// The key that the last attempt sent along.
    var customerKey: CustomerKey?
    /// Whether another region was followed; a second one would be a circle.
    var hasFollowedRegion = false
    /// Whether expired credentials were replaced; a second time would be a circle.
    var hasRefreshed = false
    /// Whether the clock was corrected; a second time would be a circle.
    var hasCorrectedClock = false

    /// The attempt under way.
    private var current: S3Attempt?
    private var currentStart = Duration.zero
    private var start: Duration
    private let uptime: @Sendable () -> Duration

    init(_ clock: S3Clock) {
        uptime = clock.uptime
        start = clock.uptime()
    }

    /// Time since the last progress.
    var elapsed: Duration { uptime() - start }

    /// Counts a failed attempt.
    mutating func fail() { failedCount += 1 }

    /// Starts count and time again: enough arrived.
    mutating func progress() {
        failedCount = 0
        start = uptime()
    }

    /// Notes that a request is sent now.
    mutating func begin(_ request: S3Request) {
        let purpose: S3Attempt.Purpose =
            sentCount == 0 ? .first : request.isResumption ? .resumption : .again
        sentCount += 1
        currentStart = uptime()
        current = S3Attempt(operation: request.operation, key: request.key, purpose: purpose)
    }

    /// Notes that the head of the answer is there.
    mutating func answered(status: Int) {
        current?.status = status
        current?.latency = uptime() - currentStart
    }

    /// Notes that bytes of the body arrived.
    mutating func received(_ byteCount: Int) { current?.receivedByteCount += byteCount }

    /// Returns the attempt that ends now; nil where none is under way.
    mutating func end(_ failure: S3Error.Kind?) -> S3Attempt? {
        guard var attempt = current.take() else { return nil }
        attempt.duration = uptime() - currentStart
        attempt.failure = failure
        return attempt
    }

    /// Returns a text from a server without anything secret that this side sent: some answer with the request.
    func redacting(_ text: String) -> String {
        var text = credentials?.redacting(text) ?? text
        if let customerKey { text = customerKey.redacting(text) }
        guard let signature else { return text }
        return text.split(separator: signature, omittingEmptySubsequences: false).joined(separator: "[redacted]")
    }
}
