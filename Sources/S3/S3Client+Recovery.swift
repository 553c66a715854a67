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
        attempts.fail()
        let uptime = clock.uptime()
        let history = NextStep.History(
            failedCount: attempts.failedCount, elapsed: attempts.elapsed,
            sinceLastAnswer: gate.lastAnswer.map { uptime - $0 },
            canRefresh: credentials != nil && attempts.credentials != nil, hasVersion: request.versionID != nil,
            done: attempts.corrections)
        switch NextStep.after(error, history, retry, random: clock.random()) {
        case .again(let delay): try await pause(delay, after: error, request, attempts)
        case .refreshCredentials:
            guard let credentials, let used = attempts.credentials else { throw error }
            attempts.corrections.insert(.credentials)
            await credentials.invalidate(used)
            observer(.credentialsRefreshed)
        case .correctClock(let seconds):
            attempts.corrections.insert(.clock)
            if clockCorrection.set(seconds: seconds) { observer(.clockCorrected(seconds: seconds)) }
        case .follow(let region):
            attempts.corrections.insert(.region)
            guard try await follow(region, &attempts) else { throw error }
        case .dropVersion: pin?.refuseVersion()
        case .giveUp: throw error
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

    /// Goes on in another region; false where none is known or it is the one that was asked.
    private func follow(_ named: String?, _ attempts: inout Attempts) async throws(S3Error) -> Bool {
        let asked = attempts.region
        var region = named
        if region == nil {
            // Any answer to this request names the region, whatever its status.
            let response = try await exchange(.headBucket, &attempts)
            response.body.cancel()
            finish(&attempts)
            region = response[header: regionHeader]
        }
        guard let region, region != asked,
            let endpoint = try? S3Endpoint(bucket: bucket, configuration: configuration, region: region)
        else { return false }
        if route.change(to: endpoint) { observer(.regionChanged(from: asked, to: region)) }
        return true
    }
}
