/// What to do after a failed attempt. One pure function decides it; the client carries it out.
enum NextStep: Equatable {
    /// Send the request again after a delay: what there is of the answer is gone on with.
    case again(after: Duration)
    /// Have the credentials fetched anew, and send the request again.
    case refreshCredentials
    /// Take so many seconds from the clock here, and send the request again.
    case correctClock(lead: Int64)
    /// Send the request to another region, to be found where it is nil.
    case follow(region: String?)
    /// Send the request again without naming a version of the object.
    case dropVersion
    /// Tell the caller.
    case giveUp

    /// What the attempts before say about the next one.
    struct History: Equatable {
        /// Number of attempts that failed since the last progress.
        var failedCount = 1
        /// Number of those whose answer contradicted the request or itself.
        var contradictionCount = 0
        /// Time since the last progress of the request.
        var elapsed = Duration.zero
        /// Time since the bucket last answered anything; nil where it never did.
        var sinceLastAnswer: Duration?
        /// Whether there are credentials that can be fetched anew.
        var canRefresh = true
        /// Whether the request named a version of the object.
        var hasVersion = false
        /// What was done before: a second time would be a circle.
        var done: Set<Correction> = []
    }

    /// What is done for one answer once at most, or once for each region.
    enum Correction: Hashable, Sendable {
        /// Another region was asked than this one.
        case region(left: String)
        case credentials
        case clock
    }

    /// So many regions are gone on to for one answer.
    private static let maximumRegionCount = 2

    /// Returns the step after an error. `random` lies in `0..<1`.
    static func after(_ error: S3Error, _ history: History, _ policy: RetryPolicy, random: Double) -> NextStep {
        switch error.kind {
        case .wrongRegion(let region) where mayFollow(to: region, history): return .follow(region: region)
        case .credentialsExpired where !history.done.contains(.credentials) && history.canRefresh:
            return .refreshCredentials
        case .clockSkewed where !history.done.contains(.clock):
            return error.clockLead.map { .correctClock(lead: $0) } ?? .giveUp
        // Reading by version takes a permission of its own; the tag pins the content as well.
        case .accessDenied where history.hasVersion: return .dropVersion
        default: break
        }
        // While the bucket answers others, a throttled request is only one that waits for its turn.
        let elapsed =
            error.kind == .throttled
            ? min(history.elapsed, history.sinceLastAnswer ?? history.elapsed) : history.elapsed
        let delay = policy.delay(
            after: error, attempt: history.failedCount, contradictionCount: history.contradictionCount,
            elapsed: elapsed, random: random)
        return delay.map { .again(after: $0) } ?? .giveUp
    }

    private static func mayFollow(to region: String?, _ history: History) -> Bool {
        let left = history.done.compactMap { if case .region(let name) = $0 { name } else { nil } }
        return left.count < maximumRegionCount && !left.contains { $0 == region }
    }
}
