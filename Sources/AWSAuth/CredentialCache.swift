/// Credentials of another source, kept until shortly before they expire; asked for once however many wait.
public actor CredentialCache: CredentialSource {
    /// Credentials are replaced when they have less than this left.
    private static let margin: Int64 = 300

    private let source: any CredentialSource
    private let now: @Sendable () -> Timestamp
    private var kept: Credentials?
    private var fetch: Task<Result<Credentials, CredentialError>, Never>?

    /// Creates an empty cache before a source.
    public init(_ source: any CredentialSource, now: @escaping @Sendable () -> Timestamp = { Timestamp.now }) {
        self.source = source
        self.now = now
    }

    /// Returns the kept credentials, or fresh ones.
    public func credentials() async throws(CredentialError) -> Credentials {
        if let kept, !isExpiring(kept) { return kept }
        if let fetch { return try await fetch.value.get() }
        let source = source
        let task = Task { () -> Result<Credentials, CredentialError> in
            do throws(CredentialError) {
                return .success(try await source.credentials())
            } catch {
                return .failure(error)
            }
        }
        fetch = task
        let result = await task.value
        fetch = nil
        if case .success(let fresh) = result { kept = fresh }
        return try result.get()
    }

    /// Forgets these credentials; newer ones stay.
    public func invalidate(_ credentials: Credentials) async {
        if kept == credentials { kept = nil }
        await source.invalidate(credentials)
    }

    private func isExpiring(_ credentials: Credentials) -> Bool {
        guard let expiration = credentials.expiration else { return false }
        return expiration.seconds - now().seconds < Self.margin
    }
}
