internal import Synchronization

/// When a small request that is late is sent a second time: the answer that comes first counts.
///
/// Of many requests a few meet a slow server, and a sync waits for its slowest. Spec: "Best practices design patterns:
/// optimizing Amazon S3 performance", timeouts and retries for latency-sensitive applications.
public struct Hedging: Hashable, Sendable {
    /// The longest answer that is asked for twice.
    public var maximumByteCount: Int
    /// No request counts as late before this time.
    public var minimumDelay: Duration
    /// A request counts as late after so many times the latency that 95 of 100 stay under.
    public var latencyFactor: Int
    /// Most second requests, as a part of all requests.
    public var budget: Double

    /// Creates a policy.
    public init(
        maximumByteCount: Int = 1 << 20, minimumDelay: Duration = .milliseconds(500), latencyFactor: Int = 3,
        budget: Double = 0.02
    ) {
        self.maximumByteCount = maximumByteCount
        self.minimumDelay = minimumDelay
        self.latencyFactor = latencyFactor
        self.budget = budget
    }
}

/// What is known of a bucket's latency, and how many requests were sent twice.
final class HedgeBudget: Sendable {
    private static let sampleCount = 256

    private struct State {
        var latencies: [Duration] = []
        var next = 0
        var requestCount = 0
        var hedgeCount = 0
    }

    private let policy: Hedging
    private let state = Mutex(State())

    init(_ policy: Hedging) {
        self.policy = policy
    }

    /// Returns after what time a request for so many bytes counts as late; nil where it is never sent twice.
    func delay(byteCount: Int) -> Duration? {
        guard byteCount <= policy.maximumByteCount else { return nil }
        return state.withLock { state in
            guard !state.latencies.isEmpty else { return policy.minimumDelay }
            let common = state.latencies.sorted()[(state.latencies.count * 95 - 1) / 100]
            return max(common * policy.latencyFactor, policy.minimumDelay)
        }
    }

    /// Takes note of a request that is sent.
    func countRequest() { state.withLock { $0.requestCount += 1 } }

    /// Takes note of the time to the head of an answer.
    func note(latency: Duration) {
        state.withLock { state in
            if state.latencies.count < Self.sampleCount {
                state.latencies.append(latency)
            } else {
                state.latencies[state.next] = latency
                state.next = (state.next + 1) % Self.sampleCount
            }
        }
    }

    /// Returns whether one more request may be sent twice, and counts it.
    func take() -> Bool {
        state.withLock { state in
            guard Double(state.hedgeCount + 1) <= Double(state.requestCount) * policy.budget else { return false }
            state.hedgeCount += 1
            return true
        }
    }
}
