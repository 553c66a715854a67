internal import AWSAuth
internal import ByteCore
internal import HTTP
internal import XML

/// The session in which a directory bucket is read: credentials good for minutes, asked for again before they end.
///
/// Spec: S3 API, CreateSession. However many requests wait, one asks.
actor ExpressSession {
    /// A request that is signed now is on its way for less than this. Units: seconds.
    private static let margin: Int64 = 60

    private var kept: Credentials?
    private var creation: Task<Result<Credentials, S3Error>, Never>?

    /// Returns the credentials of a session that goes on; `create` begins one.
    func credentials(
        at now: Timestamp, create: @escaping @Sendable () async throws(S3Error) -> Credentials
    ) async throws(S3Error) -> Credentials {
        if let kept, kept.expiration.map({ $0.seconds - now.seconds >= Self.margin }) ?? true { return kept }
        if let creation { return try await creation.value.get() }
        let task = Task { () -> Result<Credentials, S3Error> in
            do throws(S3Error) {
                return .success(try await create())
            } catch {
                return .failure(error)
            }
        }
        creation = task
        let result = await task.value
        creation = nil
        if case .success(let fresh) = result { kept = fresh }
        return try result.get()
    }

    /// Ends the session of these credentials; false where they are of none.
    func invalidate(_ credentials: Credentials) -> Bool {
        guard kept == credentials else { return false }
        kept = nil
        return true
    }
}

extension S3Client {
    /// Begins a session, with the credentials that are configured.
    @Sendable
    func createSession() async throws(S3Error) -> Credentials {
        var attempts = Attempts(clock)
        let request = S3Request.createSession
        while true {
            do throws(S3Error) {
                let response = try await send(request, &attempts)
                let body = try await read(response.body, limit: 64 << 10, request, &attempts)
                guard let session = Self.session(Array(body)) else {
                    throw failure(.invalidResponse, request, detail: "the answer holds no session")
                }
                finish(&attempts)
                return session
            } catch {
                try await recover(from: error, request, &attempts)
            }
        }
    }

    /// Returns the credentials in the body of an answer.
    private static func session(_ body: [UInt8]) -> Credentials? {
        guard let root = try? XMLElement(parsing: body), root.name == "CreateSessionResult",
            let fields = root["Credentials"], let id = fields["AccessKeyId"]?.string,
            let secret = fields["SecretAccessKey"]?.string, let token = fields["SessionToken"]?.string,
            !id.isEmpty, !secret.isEmpty, !token.isEmpty,
            let end = fields["Expiration"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: end)
    }
}
