/// Credentials of another source, replaced ahead of their end; the source is asked once, however many wait.
public actor CredentialCache: CredentialSource {
    /// Callers wait for new credentials where the old ones have less than this left. Units: seconds.
    private static let shortRest: Int64 = 60
    /// Shortest and longest time between two questions to a source that fails, or gives the same again. Units: seconds.
    private static let pauses: ClosedRange<Int64> = 5...60

    private let source: any CredentialSource
    private let clock: CredentialClock
    private var kept: Credentials?
    /// When the source is next asked though `kept` is good or the last question failed. Units: seconds since 1970.
    private var nextFetch = Int64.min
    private var failure: CredentialError?
    private var failureCount = 0
    private var fetch: Task<Result<Credentials, CredentialError>, Never>?

    /// Creates an empty cache before a source.
    public init(_ source: any CredentialSource) {
        self.init(source, clock: .system)
    }

    init(_ source: any CredentialSource, clock: CredentialClock) {
        self.source = source
        self.clock = clock
    }

    /// Returns the kept credentials, or fresh ones.
    ///
    /// - Throws: what the source throws, where no credentials are left; for some seconds without asking it again.
    public func credentials() async throws(CredentialError) -> Credentials {
        let now = clock.now().seconds
        if now < nextFetch {
            if let kept, failure == nil || isGood(kept, at: now) { return kept }
            if let failure { throw failure }
        }
        let running = fetch ?? startFetch()
        if let kept, isGood(kept, at: now + Self.shortRest) { return kept }
        switch await running.value {
        case .success(let fresh): return fresh
        case .failure(let error):
            // Better than none: they work to their end.
            if let kept, isGood(kept, at: clock.now().seconds) { return kept }
            throw error
        }
    }

    /// Forgets these credentials; newer ones stay.
    public func invalidate(_ credentials: Credentials) async {
        if kept == credentials {
            kept = nil
            if failure == nil { nextFetch = .min }
        }
        await source.invalidate(credentials)
    }

    private func isGood(_ credentials: Credentials, at time: Int64) -> Bool {
        credentials.expiration.map { time < $0.seconds } ?? true
    }

    private func startFetch() -> Task<Result<Credentials, CredentialError>, Never> {
        let task = Task {
            let result: Result<Credentials, CredentialError>
            do throws(CredentialError) {
                result = .success(try await source.credentials())
            } catch {
                result = .failure(error)
            }
            finish(result)
            return result
        }
        fetch = task
        return task
    }

    private func finish(_ result: Result<Credentials, CredentialError>) {
        fetch = nil
        let now = clock.now().seconds
        switch result {
        case .success(let fresh):
            kept = fresh
            (failure, failureCount) = (nil, 0)
            nextFetch = max(refreshTime(fresh, at: now), now + Self.pauses.lowerBound)
        case .failure(let error):
            failure = error
            failureCount += 1
            nextFetch = now + min(Self.pauses.lowerBound << min(failureCount - 1, 6), Self.pauses.upperBound)
        }
    }

    /// Returns when to ask for the next credentials: ten minutes or a fifth of the time they have before they end,
    /// give or take a tenth so that many machines do not ask at once, and never in the first half of that time.
    private func refreshTime(_ credentials: Credentials, at now: Int64) -> Int64 {
        guard let end = credentials.expiration?.seconds else { return .max }
        let rest = max(0, end - now)
        let lead = Double(max(600, rest / 5)) * (0.9 + clock.random() / 5)
        return end - min(Int64(lead), rest / 2)
    }
}
