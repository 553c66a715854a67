import Logging
import S3
import Synchronization

/// Requests to S3, counted for one sync or for one object of it.
///
/// What a task does for a sync or an object is counted where `current` says, and in all that it is part of.
final class RequestCounts: Sendable {
    /// Where the requests of the present task are counted.
    @TaskLocal static var current: RequestCounts?

    private struct State {
        var requests: [S3Operation: Int] = [:]
        /// By the first digit of the answer's status; 0 where there was no answer.
        var statusClasses: [Int: Int] = [:]
        var retries: [String: Int] = [:]
        var wantedByteCount = 0
        var receivedByteCount = 0
        var resumedByteCount = 0
        var throttledTime = Duration.zero
        var credentialRefreshCount = 0
    }

    private let whole: RequestCounts?
    private let state = Mutex(State())

    /// Creates counts that are part of the present task's.
    init() {
        whole = Self.current
    }

    /// Counts what happened.
    func add(_ event: S3Event) {
        whole?.add(event)
        state.withLock { state in
            switch event {
            case .attempt(let attempt):
                state.requests[attempt.operation, default: 0] += 1
                state.statusClasses[(attempt.status ?? 0) / 100, default: 0] += 1
                state.receivedByteCount += attempt.receivedByteCount
                if attempt.purpose == .resumption { state.resumedByteCount += attempt.receivedByteCount }
            case .delivered(_, let byteCount): state.wantedByteCount += byteCount
            case .retry(let error, _, let delay):
                state.retries[Self.name(of: error.kind), default: 0] += 1
                if error.kind == .throttled { state.throttledTime += delay }
            case .credentialsRefreshed: state.credentialRefreshCount += 1
            case .regionChanged, .regionFound, .clockCorrected: break
            }
        }
    }

    /// Number of requests of one kind.
    func requestCount(of operation: S3Operation) -> Int { state.withLock { $0.requests[operation] ?? 0 } }

    /// The counts as fields of a log line: requests by kind and status, retries by cause; what did not happen is left
    /// out.
    var logged: Logger.Metadata {
        state.withLock { state in
            var fields: Logger.Metadata = [
                "bytes_wanted": "\(state.wantedByteCount)", "bytes_received": "\(state.receivedByteCount)",
                "requests": "\(state.requests.values.reduce(0, +))", "retries": "\(state.retries.values.reduce(0, +))",
            ]
            for (operation, count) in state.requests { fields["requests_\(operation.rawValue)"] = "\(count)" }
            for (digit, count) in state.statusClasses {
                fields[digit == 0 ? "requests_unanswered" : "requests_\(digit)xx"] = "\(count)"
            }
            for (cause, count) in state.retries { fields["retries_\(cause)"] = "\(count)" }
            if state.resumedByteCount > 0 { fields["bytes_resumed"] = "\(state.resumedByteCount)" }
            if state.throttledTime > .zero {
                fields["throttled_seconds"] = "\(Int((state.throttledTime / .seconds(1)).rounded(.up)))"
            }
            if state.credentialRefreshCount > 0 {
                fields["credential_refreshes"] = "\(state.credentialRefreshCount)"
            }
            return fields
        }
    }

    private static func name(of kind: S3Error.Kind) -> String {
        switch kind {
        case .throttled: "throttled"
        case .unavailable: "unavailable"
        case .timedOut: "timed_out"
        case .transport: "transport"
        case .invalidResponse: "invalid_response"
        case .credentialsExpired: "credentials_expired"
        case .clockSkewed: "clock_skewed"
        case .wrongRegion: "wrong_region"
        case .invalidConfiguration, .notFound, .accessDenied, .unauthenticated, .changed, .archived, .keyMismatch,
            .badRequest,
            .cancelled:
            "other"
        }
    }
}
