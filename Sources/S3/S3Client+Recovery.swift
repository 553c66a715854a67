internal import AWSAuth
internal import HTTP

extension S3Client {
    /// Returns when the request is to be sent again; otherwise throws the error.
    func recover(
        from error: S3Error, _ request: S3Request, _ attempts: inout Attempts, pin: ObjectPin? = nil
    ) async throws(S3Error) {
        var error = error
        error.attemptCount = max(attempts.sentCount, 1)
        finish(&attempts, failure: error.kind)
        attempts.fail(error.kind)
        if error.isExhausted { throw error }
        var last = error
        last.isExhausted = true
        let uptime = clock.uptime()
        let history = NextStep.History(
            failedCount: attempts.failedCount, contradictionCount: attempts.contradictionCount,
            elapsed: attempts.elapsed,
            sinceLastAnswer: gate.lastAnswer.map { uptime - $0 },
            canRefresh: credentials != nil && attempts.credentials != nil, hasVersion: request.versionID != nil,
            done: attempts.corrections)
        switch NextStep.after(error, history, retry, random: clock.random()) {
        case .again(let delay): try await pause(delay, after: error, request, attempts)
        case .refreshCredentials:
            guard let credentials, let used = attempts.credentials else { throw last }
            attempts.corrections.insert(.credentials)
            if !(await session.invalidate(used)) { await credentials.invalidate(used) }
            observer(.credentialsRefreshed)
        case .correctClock(let lead):
            attempts.corrections.insert(.clock)
            if clockLead.take(lead) { observer(.clockCorrected(seconds: lead)) }
        case .follow(let region):
            let asked = attempts.region
            attempts.corrections.insert(.region(left: asked))
            guard try await follow(region, from: asked) else { throw last }
        case .dropVersion: pin?.refuseVersion()
        case .giveUp: throw last
        }
    }

    private func pause(
        _ delay: Duration, after error: S3Error, _ request: S3Request, _ attempts: Attempts
    ) async throws(S3Error) {
        observer(.retry(error, attempt: attempts.failedCount, delay: delay))
        let isCancelled: Bool
        do {
            try await clock.sleep(delay)
            isCancelled = Task.isCancelled
        } catch {
            isCancelled = true
        }
        if isCancelled { throw failure(.cancelled, request) }
    }
}
