internal import AWSAuth
internal import HTTP

/// A request as it is sent, with what it was signed with.
struct SignedMessage: Sendable {
    var http: HTTPRequest
    /// The region it is signed for.
    let region: String
    /// The credentials; nil where it is not signed.
    var credentials: Credentials?
    var signature: String?
    /// The key that it sends along.
    let customerKey: CustomerKey?

    /// Returns a text from a server without anything secret that the message holds: some answer with the request.
    func redacting(_ text: String) -> String {
        var text = credentials?.redacting(text) ?? text
        if let customerKey { text = customerKey.redacting(text) }
        guard let signature else { return text }
        return text.split(separator: signature, omittingEmptySubsequences: false).joined(separator: "[redacted]")
    }
}

extension S3Client {
    /// Makes the message of a request, signed where there are credentials.
    func sign(_ request: S3Request) async throws(S3Error) -> SignedMessage {
        if request.isSigned && route.current.endpoint.isRegionGuessed { try await findRegion() }
        let current = route.current
        var message = SignedMessage(
            http: request.http(to: current.endpoint), region: current.endpoint.region,
            customerKey: configuration.customerKey)
        message.http.headers += configuration.headers(for: request.operation)
        if request.operation == .listObjects, listsRestored {
            message.http.headers.append(HTTPHeader("x-amz-optional-object-attributes", "RestoreStatus"))
        }
        let time = clockLead.corrected(clock.now())
        if request.isSigned, let (signer, used) = try await signer(for: request, current, at: time) {
            message.credentials = used
            message.signature = signer.sign(&message.http, with: used, at: time).hex
        }
        // Not signed: proxies on the way may change them.
        message.http.headers.append(HTTPHeader("Accept-Encoding", "identity"))
        message.http.headers.append(HTTPHeader("User-Agent", configuration.userAgent))
        return message
    }

    /// Returns what signs a request; nil where there are no credentials.
    private func signer(
        for request: S3Request, _ current: BucketRoute.Current, at time: Timestamp
    ) async throws(S3Error) -> (SigV4Signer, Credentials)? {
        guard let credentials else { return nil }
        if let signer = current.sessionSigner, request.operation != .createSession {
            return (signer, try await session.credentials(at: time, create: createSession))
        }
        do throws(CredentialError) {
            return (current.signer, try await credentials.credentials())
        } catch {
            throw failure(.unauthenticated, request, detail: error.description)
        }
    }
}
