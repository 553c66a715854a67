/// When a request is sent again, and after what delay. Data and one function: neither sleeps nor counts.
public struct RetryPolicy: Hashable, Sendable {
    /// How often a request is sent at most, while nothing of it arrives. Throttling is bounded by the budget alone.
    public var maximumAttemptCount: Int
    /// How long attempts may go on without progress.
    public var budget: Duration
    /// The longest delay after the first failed attempt; it doubles with each further one.
    public var baseDelay: Duration
    /// The same after the server asked for fewer requests.
    public var throttledBaseDelay: Duration
    /// No delay is longer, unless the server asks for it.
    public var maximumDelay: Duration
    /// A longer wait that the server asks for is cut to this.
    public var maximumRetryAfter: Duration

    /// Creates a policy.
    public init(
        maximumAttemptCount: Int = 10, budget: Duration = .seconds(300), baseDelay: Duration = .milliseconds(50),
        throttledBaseDelay: Duration = .seconds(1), maximumDelay: Duration = .seconds(20),
        maximumRetryAfter: Duration = .seconds(60)
    ) {
        self.maximumAttemptCount = maximumAttemptCount
        self.budget = budget
        self.baseDelay = baseDelay
        self.throttledBaseDelay = throttledBaseDelay
        self.maximumDelay = maximumDelay
        self.maximumRetryAfter = maximumRetryAfter
    }

    /// A request whose answers contradict it or themselves is sent so often at most.
    static let maximumContradictionCount = 3

    /// The policy of a sync: patient, because a failed sync starts over.
    public static let standard = RetryPolicy()
    /// Every request is sent once.
    public static let never = RetryPolicy(maximumAttemptCount: 1, budget: .zero)

    /// Returns the delay before the next attempt; nil ends the attempts.
    ///
    /// Full jitter: any delay up to the bound is as likely as another, so that many clients do not come back at once.
    ///
    /// - `attempt` is the number of the one that failed, from 1; so many of them as `contradictionCount` says got an
    ///   answer that contradicts the request or itself.
    /// - `elapsed` counts from the last progress. - `random` lies in `0..<1`.
    public func delay(
        after error: S3Error, attempt: Int, contradictionCount: Int = 0, elapsed: Duration, random: Double
    ) -> Duration? {
        guard error.isTransient else { return nil }
        let isThrottled = error.kind == .throttled
        guard maximumAttemptCount > 1, isThrottled || attempt < maximumAttemptCount else { return nil }
        // What contradicts itself does so again, unless a proxy on the way did it.
        if error.kind == .invalidResponse, contradictionCount >= Self.maximumContradictionCount { return nil }
        let base = isThrottled ? throttledBaseDelay : baseDelay
        // Past 2^20 every delay is over the maximum.
        let bound = min(base * (1 << min(max(attempt, 1) - 1, 20)), maximumDelay)
        var delay = bound * random
        if let asked = error.retryAfter { delay = max(delay, min(asked, maximumRetryAfter)) }
        return elapsed + delay <= budget ? delay : nil
    }
}
