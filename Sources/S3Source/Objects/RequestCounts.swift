import Logging
import S3
import Synchronization

/// Requests to S3, counted for one sync, for each of its tables, or for one object.
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

        mutating func add(_ event: S3Event) {
            switch event {
            case .attempt(let attempt):
                requests[attempt.operation, default: 0] += 1
                statusClasses[(attempt.status ?? 0) / 100, default: 0] += 1
                receivedByteCount += attempt.receivedByteCount
                if attempt.purpose == .resumption { resumedByteCount += attempt.receivedByteCount }
            case .delivered(_, let byteCount): wantedByteCount += byteCount
            case .retry(let error, _, let delay):
                retries[RequestCounts.name(of: error.kind), default: 0] += 1
                if error.kind == .throttled { throttledTime += delay }
            case .credentialsRefreshed: credentialRefreshCount += 1
            case .regionChanged, .regionFound, .clockCorrected, .rangesIgnored: break
            }
        }

        var logged: Logger.Metadata {
            var fields: Logger.Metadata = [
                "bytes_wanted": "\(wantedByteCount)", "bytes_received": "\(receivedByteCount)",
                "requests": "\(requests.values.reduce(0, +))", "retries": "\(retries.values.reduce(0, +))",
            ]
            for (operation, count) in requests { fields["requests_\(operation.rawValue)"] = "\(count)" }
            for (digit, count) in statusClasses {
                fields[digit == 0 ? "requests_unanswered" : "requests_\(digit)xx"] = "\(count)"
            }
            for (cause, count) in retries { fields["retries_\(cause)"] = "\(count)" }
            if resumedByteCount > 0 { fields["bytes_resumed"] = "\(resumedByteCount)" }
            if throttledTime > .zero {
                fields["throttled_seconds"] = "\(Int((throttledTime / .seconds(1)).rounded(.up)))"
            }
            if credentialRefreshCount > 0 { fields["credential_refreshes"] = "\(credentialRefreshCount)" }
            return fields
        }
    }

    private let whole: RequestCounts?
    private let table: String?
    private let state = Mutex((all: State(), tables: [String: State]()))

    /// Creates counts that are part of the present task's, and there of a table's.
    init(table: String? = nil) {
        whole = Self.current
        self.table = table
    }

    /// Counts what happened, for a table where it is known of which.
    func add(_ event: S3Event, of table: String? = nil) {
        let table = table ?? self.table
        whole?.add(event, of: table)
        state.withLock { state in
            state.all.add(event)
            if let table { state.tables[table, default: State()].add(event) }
        }
    }

    /// Number of requests of one kind.
    func requestCount(of operation: S3Operation) -> Int { state.withLock { $0.all.requests[operation] ?? 0 } }

    /// The counts as fields of a log line: requests by kind and status, retries by cause; what did not happen is left
    /// out.
    var logged: Logger.Metadata { state.withLock { $0.all.logged } }

    /// The counts of a table as fields of a log line.
    func logged(of table: String) -> Logger.Metadata { state.withLock { ($0.tables[table] ?? State()).logged } }

    fileprivate static func name(of kind: S3Error.Kind) -> String {
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
