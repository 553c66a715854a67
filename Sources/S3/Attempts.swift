internal import AWSAuth

/// The attempts to get one answer.
struct Attempts {
    /// Number of attempts that failed since the last progress.
    private(set) var failedCount = 0
    /// Number of those whose answer contradicted the request or itself.
    private(set) var contradictionCount = 0
    /// Whether the last attempt failed on its connection, or by an answer that something on the way may have made.
    private(set) var isConnectionDoubtful = false
    /// Number of requests sent in all.
    private(set) var sentCount = 0
    /// What was put right between attempts.
    var corrections: Set<NextStep.Correction> = []
    /// The last message sent.
    private(set) var message: SignedMessage?

    /// The region that the last attempt was signed for.
    var region: String { message?.region ?? "" }
    /// The credentials of the last attempt.
    var credentials: Credentials? { message?.credentials }

    /// The attempt under way.
    private var current: S3Attempt?
    private var currentStart = Duration.zero
    private var pass: RequestGate.Pass?
    private var start: Duration
    private let uptime: @Sendable () -> Duration

    init(_ clock: S3Clock) {
        uptime = clock.uptime
        start = clock.uptime()
    }

    /// Time since the last progress.
    var elapsed: Duration { uptime() - start }

    /// Counts a failed attempt.
    mutating func fail(_ kind: S3Error.Kind) {
        failedCount += 1
        if kind == .invalidResponse { contradictionCount += 1 }
        isConnectionDoubtful =
            switch kind {
            case .transport, .timedOut, .invalidResponse: true
            default: false
            }
    }

    /// Notes that some time went by before a request had its turn, which is no time of attempts.
    mutating func wait(_ duration: Duration) { start += duration }

    /// Starts count, time and corrections again: enough arrived. Credentials may end more than once in a long read.
    mutating func progress() {
        (failedCount, contradictionCount) = (0, 0)
        isConnectionDoubtful = false
        corrections = []
        start = uptime()
    }

    /// Notes that a request is sent now, with the pass that let it through, if it took one.
    mutating func begin(_ request: S3Request, _ message: SignedMessage, _ pass: RequestGate.Pass?) {
        self.message = message
        self.pass = pass
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

    /// Notes that the answer is that of a second message for the same request; returns the attempt given up for it.
    mutating func replaceWithHedge(_ message: SignedMessage) -> S3Attempt? {
        guard var lost = current else { return nil }
        lost.duration = uptime() - currentStart
        lost.failure = .cancelled
        self.message = message
        current?.purpose = .hedge
        return lost
    }

    /// Returns the attempt that a second message for the same request was, where the first one was answered.
    mutating func loseHedge() -> S3Attempt? {
        guard var lost = current else { return nil }
        (lost.purpose, lost.failure) = (.hedge, .cancelled)
        lost.duration = uptime() - currentStart
        return lost
    }

    /// Notes that bytes of the body arrived.
    mutating func received(_ byteCount: Int) { current?.receivedByteCount += byteCount }

    /// Time to the head of the answer; nil before it is there.
    var latency: Duration? { current?.latency }

    /// Returns the pass of the attempt under way, which no longer has it.
    mutating func takePass() -> RequestGate.Pass? { pass.take() }

    /// Returns the attempt that ends now, and its pass; nil where none is under way.
    mutating func end(_ failure: S3Error.Kind?) -> (S3Attempt, RequestGate.Pass?)? {
        guard var attempt = current.take() else { return nil }
        attempt.duration = uptime() - currentStart
        attempt.failure = failure
        return (attempt, pass.take())
    }

    /// Returns a text from a server without anything secret that this side sent: some answer with the request.
    func redacting(_ text: String) -> String { message?.redacting(text) ?? text }
}
