internal import HTTP

extension S3Client {
    /// Finds the region of a bucket of which none is configured, before the first request that is signed.
    ///
    /// Any answer of any region names it. Where none does, the guess stays, and the next answer tells.
    func findRegion() async throws(S3Error) {
        var attempts = Attempts(clock)
        let request = S3Request.findRegion
        while true {
            do throws(S3Error) {
                let response = try await exchange(request, &attempts)
                response.body.cancel()
                let named = response[header: regionHeader]
                if named == nil && (response.status == 404 || response.status == 429 || response.status >= 500) {
                    throw failure(response, body: [], request, attempts)
                }
                finish(&attempts)
                let endpoint = try S3Endpoint(
                    bucket: bucket, configuration: configuration, region: named ?? S3Endpoint.defaultRegion)
                if route.change(to: endpoint), named != nil { observer(.regionFound(endpoint.region)) }
                return
            } catch {
                try await recover(from: error, request, &attempts)
            }
        }
    }

    /// Goes on in another region; false where none is known or it is the one that was asked.
    func follow(_ named: String?, _ attempts: inout Attempts) async throws(S3Error) -> Bool {
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
            let endpoint = try? S3Endpoint(bucket: bucket, configuration: configuration, region: region),
            // An access point stays in the region of its ARN.
            endpoint.region == region
        else { return false }
        if route.change(to: endpoint) { observer(.regionChanged(from: asked, to: region)) }
        return true
    }
}
