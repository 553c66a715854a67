internal import AWSAuth
internal import Synchronization

/// Where the requests to a bucket go: it changes when the server names another region.
final class BucketRoute: Sendable {
    struct Current: Sendable {
        let endpoint: S3Endpoint
        /// Signs with credentials that were configured.
        let signer: SigV4Signer
        /// Signs with the credentials of a session, where the service has such.
        let sessionSigner: SigV4Signer?

        init(_ endpoint: S3Endpoint) {
            self.endpoint = endpoint
            let service = endpoint.service.rawValue
            signer = SigV4Signer(region: endpoint.region, service: service, rules: .s3)
            sessionSigner =
                endpoint.service == .s3Express
                ? SigV4Signer(region: endpoint.region, service: service, rules: .s3ExpressSession) : nil
        }
    }

    private let state: Mutex<Current>

    init(_ endpoint: S3Endpoint) {
        state = Mutex(Current(endpoint))
    }

    var current: Current { state.withLock { $0 } }

    /// Changes the endpoint; returns false where another request did so before.
    func change(to endpoint: S3Endpoint) -> Bool {
        state.withLock { state in
            guard state.endpoint != endpoint else { return false }
            state = Current(endpoint)
            return true
        }
    }
}
