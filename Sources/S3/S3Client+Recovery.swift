internal import AWSAuth
internal import HTTP

extension S3Client {
    /// Returns when the request is to be sent again; otherwise throws the error.
    func recover(from error: S3Error, _ request: S3Request, _ attempts: inout Attempts) async throws(S3Error) {
        var error = error
        error.attemptCount = max(attempts.sentCount, 1)
        finish(&attempts, failure: error.kind)
        attempts.fail()
        switch error.kind {
        case .wrongRegion(let region) where !attempts.hasFollowedRegion:
            attempts.hasFollowedRegion = true
            guard try await follow(region, &attempts) else { throw error }
        case .credentialsExpired where !attempts.hasRefreshed:
            guard let credentials, let used = attempts.credentials else { throw error }
            attempts.hasRefreshed = true
            await credentials.invalidate(used)
            observer(.credentialsRefreshed)
        default:
            let delay = retry.delay(
                after: error, attempt: attempts.failedCount, elapsed: attempts.elapsed, random: clock.random())
            guard let delay else { throw error }
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
