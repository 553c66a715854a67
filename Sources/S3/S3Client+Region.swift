internal import HTTP

extension S3Client {
    /// Finds the region of a bucket of which none is configured, before the first request that is signed.
    ///
    /// Any answer of any region names it. Where none does, the guess stays, and the next answer tells.
    func findRegion() async throws(S3Error) {
        let named = try await askRegion(.findRegion)
        let endpoint = try S3Endpoint(
            bucket: bucket, configuration: configuration, region: named ?? S3Endpoint.defaultRegion)
        if route.change(to: endpoint), named != nil { observer(.regionFound(endpoint.region)) }
    }

    /// Goes on in another region, which the bucket is asked for where it is nil; false where none is known or it is the
    /// one that was asked.
    func follow(_ named: String?, from asked: String) async throws(S3Error) -> Bool {
        var region = named
        if region == nil { region = try await askRegion(.headBucket) }
        guard let region, region != asked,
            let endpoint = try? S3Endpoint(bucket: bucket, configuration: configuration, region: region),
            // An access point stays in the region of its ARN.
            endpoint.region == region
        else { return false }
        if route.change(to: endpoint) { observer(.regionChanged(from: asked, to: region)) }
        return true
    }

    /// Returns the region that an answer to a request names, whatever its status; nil where it names none.
    private func askRegion(_ request: S3Request) async throws(S3Error) -> String? {
        var attempts = Attempts(clock)
        while true {
            do throws(S3Error) {
                let response = try await exchange(request, &attempts)
                response.body.cancel()
                let named = response[header: regionHeader]
                if named == nil && (response.status == 404 || response.status == 429 || response.status >= 500) {
                    throw failure(response, body: [], request, attempts)
                }
                finish(&attempts)
                return named
            } catch {
                try await recover(from: error, request, &attempts)
            }
        }
    }
}
