internal import ByteCore
internal import HTTP

/// Sends small requests whose whole answer is wanted: each within a time limit, again where that may help.
struct ServiceExchange: Sendable {
    let transport: any HTTPTransport
    let clock: CredentialClock
    /// Most times that a request is sent.
    var attemptCount = 3
    /// Longest time from a request to the end of its answer.
    var timeLimit: Duration = .seconds(10)
    /// Whether a request is sent again after a failure to get any answer in time.
    var repeatsTimedOut = true

    /// More than any of these answers is long.
    private static let bodyLimit = 64 << 10

    /// An answer that arrived whole.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        /// The service's time, where it tells it.
        var date: Timestamp?
        /// What showed the service who asks: a text of the answer may repeat it.
        var proofs: [String] = []
        var isSuccess: Bool { (200..<300).contains(status) }
        /// Whether the same request may get another answer a little later.
        var isTemporary: Bool { status == 429 || status >= 500 }
    }

    /// Sends a request that is made anew for each attempt; returns the last answer, whatever its status.
    ///
    /// - Parameter isTemporary: whether an answer other than those of a busy service may differ the next time.
    func send(
        isTemporary: @Sendable (Answer) -> Bool = { _ in false }, _ request: @Sendable () -> HTTPRequest
    ) async throws(HTTPError) -> Answer {
        var attempt = 1
        while true {
            let result = await sendOnce(request())
            let isFinal =
                switch result {
                case .success(let answer): !answer.isTemporary && !isTemporary(answer)
                case .failure(let error): !mayPass(error)
                }
            if isFinal || attempt >= attemptCount || Task.isCancelled { return try result.get() }
            // 100 ms, 200 ms and so on, of which chance leaves between a half and all.
            await clock.sleep(.milliseconds(100 << min(attempt - 1, 6)) * (0.5 + clock.random() / 2))
            attempt += 1
        }
    }

    private func mayPass(_ error: HTTPError) -> Bool {
        switch error.kind {
        case .timedOut: repeatsTimedOut
        case .connect, .resolve: repeatsTimedOut
        case .connectionLost: true
        case .invalidRequest, .tls, .invalidResponse, .cancelled: false
        }
    }

    /// Sends a request once; what is not done in time is cancelled.
    private func sendOnce(_ request: HTTPRequest) async -> Result<Answer, HTTPError> {
        await withTaskGroup(of: Result<Answer, HTTPError>.self) { group in
            group.addTask { await exchange(request) }
            group.addTask {
                try? await Task.sleep(for: timeLimit)
                return .failure(HTTPError(.timedOut, "\(request.host): no answer within \(timeLimit)"))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(HTTPError(.cancelled, "cancelled"))
        }
    }

    private func exchange(_ request: HTTPRequest) async -> Result<Answer, HTTPError> {
        do throws(HTTPError) {
            let response = try await transport.send(request)
            let (bytes, failure) = await response.body.collect(limit: Self.bodyLimit)
            if let failure { return .failure(failure) }
            let date = response[header: "Date"].flatMap { Timestamp(httpDate: $0) }
            return .success(
                Answer(status: response.status, body: Array(bytes), date: date, proofs: Self.proofs(of: request)))
        } catch {
            return .failure(error)
        }
    }
}

extension ServiceExchange {
    /// Returns the signature of a request, and the token that is made for it alone.
    private static func proofs(of request: HTTPRequest) -> [String] {
        request.headers.compactMap { header in
            switch header.name.lowercased() {
            case "authorization": header.value.split(separator: "Signature=").last.map { String($0) }
            case "dpop": header.value
            default: nil
            }
        }
    }
}

extension String {
    /// Returns the text with each occurrence of the secrets replaced.
    ///
    /// Secrets of fewer than four bytes are in no real credentials and in many words, and stay.
    func hiding(_ secrets: [String]) -> String {
        var text = self
        for secret in secrets where secret.utf8.count >= 4 {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[redacted]")
        }
        return text
    }

    /// Returns a text of somebody else's on one line, cut to a length, without the secrets named.
    func quotable(hiding secrets: [String] = []) -> String {
        let line = split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
            // Before it is cut: a part of a secret is not found.
            .joined(separator: " ").hiding(secrets)
        return line.count > 300 ? line.prefix(300) + "…" : line
    }
}
