internal import AWSAuth
internal import HTTP

extension S3Client {
    /// Returns when the request is to be sent again; otherwise throws the error.
    func recover(from error: S3Error, _ request: S3Request, _ attempts: inout Attempts) async throws(S3Error) {
        var error = error
        error.attemptCount = max(attempts.sentCount, 1)
        finish(&attempts, failure: error.kind)
        attempts.fail()
        if error.isExhausted { throw error }
        var last = error
        last.isExhausted = true
        switch error.kind {
        case .wrongRegion(let region) where !attempts.hasFollowedRegion:
            attempts.hasFollowedRegion = true
            guard try await follow(region, &attempts) else { throw last }
        case .credentialsExpired where !attempts.hasRefreshed:
            guard let credentials, let used = attempts.credentials else { throw last }
            attempts.hasRefreshed = true
            if !(await session.invalidate(used)) { await credentials.invalidate(used) }
            observer(.credentialsRefreshed)
        case .clockSkewed:
            guard let lead = error.clockLead, !attempts.hasCorrectedClock else { throw last }
            attempts.hasCorrectedClock = true
            if clockLead.take(lead) { observer(.clockCorrected(seconds: lead)) }
        default:
            let delay = retry.delay(
                after: error, attempt: attempts.failedCount, elapsed: attempts.elapsed, random: clock.random())
            guard let delay else { throw last }
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
}
