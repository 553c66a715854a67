internal import AWSAuth
internal import ByteCore
internal import HTTP

/// Longest body of an error that is read.
private let maximumErrorByteCount = 64 << 10
/// Longest text of a server that an error repeats.
private let maximumMessageCharacterCount = 300

extension S3Client {
    /// Sends a request once; returns an answer whose status is a success.
    func send(_ request: S3Request, _ attempts: inout Attempts) async throws(S3Error) -> HTTPResponse {
        let response = try await exchange(request, &attempts)
        if (200..<300).contains(response.status) { return response }
        // Where the body does not arrive whole, the status still says what matters.
        let (body, _) = await response.body.collect(limit: maximumErrorByteCount)
        attempts.received(body.count)
        throw failure(response, body: Array(body), request, attempts)
    }

    /// Signs and sends a request once, when its turn comes; returns any answer.
    func exchange(_ request: S3Request, _ attempts: inout Attempts) async throws(S3Error) -> HTTPResponse {
        let arrival = clock.uptime()
        let pass = request.takesPass ? await gate.enter() : nil
        if request.takesPass && pass == nil { throw failure(.cancelled, request) }
        attempts.wait(clock.uptime() - arrival)
        var message: SignedMessage
        do throws(S3Error) {
            message = try await sign(request)
        } catch {
            if let pass { gate.leave(pass, .failed, at: clock.uptime()) }
            throw error
        }
        message.http.firstByteTimeout = Self.firstByteTimeout(request, failedCount: attempts.failedCount)
        message.http.usesFreshConnection = attempts.isConnectionDoubtful
        attempts.begin(request, message, pass)
        hedges?.countRequest()
        do throws(HTTPError) {
            let response = try await answer(to: message, request, &attempts)
            attempts.answered(status: response.status)
            if let latency = attempts.latency, response.status < 300 { hedges?.note(latency: latency) }
            return response
        } catch {
            throw failure(error, request)
        }
    }

    private func answer(
        to message: SignedMessage, _ request: S3Request, _ attempts: inout Attempts
    ) async throws(HTTPError) -> HTTPResponse {
        guard let byteCount = request.expectedByteCount, let delay = hedges?.delay(byteCount: byteCount) else {
            return try await transport.send(message.http)
        }
        let result = await sendHedged(message.http, request, after: delay)
        if let hedge = result.hedge {
            let lost = result.isHedge ? attempts.replaceWithHedge(hedge) : attempts.loseHedge()
            if let lost { observer(.attempt(lost)) }
        }
        return try result.response.get()
    }

    /// Returns how long to wait for an answer to begin: a page of a listing takes the server long, an object does not,
    /// unless the server shows that it does.
    private static func firstByteTimeout(_ request: S3Request, failedCount: Int) -> Duration {
        let longest = Duration.seconds(30)
        guard request.operation == .getObject else { return longest }
        return min(.seconds(5) * (1 << min(failedCount, 3)), longest)
    }

    /// Notes that the attempt under way is over.
    func finish(_ attempts: inout Attempts, failure: S3Error.Kind? = nil) {
        guard let (attempt, pass) = attempts.end(failure) else { return }
        let outcome: RequestLimit.Outcome =
            failure == .throttled ? .throttled : attempt.status != nil ? .answered : .failed
        if let pass { gate.leave(pass, outcome, at: clock.uptime()) }
        observer(.attempt(attempt))
    }

    /// Lets another request through while the answer to this one is read.
    func leaveGate(_ attempts: inout Attempts) {
        if let pass = attempts.takePass() { gate.leave(pass, .answered, at: clock.uptime()) }
    }

    /// Reads a whole body.
    func read(
        _ body: any HTTPBody, limit: Int, _ request: S3Request, _ attempts: inout Attempts
    ) async throws(S3Error) -> Bytes {
        let (bytes, error) = await body.collect(limit: limit)
        attempts.received(bytes.count)
        if let error { throw failure(error, request) }
        return bytes
    }

    /// Returns the next bytes of a body.
    func next(of body: any HTTPBody, _ request: S3Request) async throws(S3Error) -> Bytes? {
        do throws(HTTPError) {
            return try await body.next()
        } catch {
            throw failure(error, request)
        }
    }
}

// MARK: - Errors

extension S3Client {
    /// Returns an error about a request.
    func failure(_ kind: S3Error.Kind, _ request: S3Request, detail: String? = nil) -> S3Error {
        var error = S3Error(kind, operation: request.operation, bucket: bucket, key: request.key, detail: detail)
        error.region = region
        return error
    }

    /// Returns an error about an answer, told in words that the server may have chosen.
    func failure(_ kind: S3Error.Kind, _ request: S3Request, quoting text: String, _ attempts: Attempts) -> S3Error {
        failure(kind, request, detail: Self.message(text, attempts))
    }

    /// Returns the error of a request that got no answer.
    func failure(_ error: HTTPError, _ request: S3Request) -> S3Error {
        failure(S3Error.kind(of: error), request, detail: error.message)
    }

    /// Returns the error of an answer that is not a success.
    func failure(
        _ response: HTTPResponse, body: [UInt8], _ request: S3Request, _ attempts: Attempts
    ) -> S3Error {
        let document = ErrorDocument(parsing: body)
        var error = failure(response, document, request, attempts)
        if document == nil && !body.isEmpty {
            error.message = Self.message(
                String(decoding: body.prefix(4 * maximumMessageCharacterCount), as: UTF8.self), attempts)
        }
        return error
    }

    /// Returns the error of an answer that is not a success, or says so in a document.
    func failure(
        _ response: HTTPResponse, _ document: ErrorDocument?, _ request: S3Request, _ attempts: Attempts
    ) -> S3Error {
        let code = document?.code.isEmpty == false ? document?.code : nil
        var kind = S3Error.kind(
            of: S3Error.Answer(
                status: response.status, code: code,
                region: Self.region(named: response[header: regionHeader] ?? document?.region)
                    ?? Self.region(ofHost: document?.endpoint ?? Self.redirectHost(response)),
                signedRegion: attempts.region, hasKey: request.key != nil,
                isDeleteMarker: response[header: "x-amz-delete-marker"] == "true"))
        let time = response[header: "Date"].flatMap { Timestamp(httpDate: $0) }
        // An answer without a body says no more than its status and time.
        if kind == .accessDenied, code == nil, let time,
            abs(clockLead.corrected(clock.now()).seconds - time.seconds) > ClockLead.tolerance
        {
            kind = .clockSkewed
        }
        var error = failure(kind, request)
        error.status = response.status
        error.code = code.map { Self.message($0, attempts) }
        error.message = (document?.message).map { Self.message($0, attempts) }
        error.requestID = (response[header: "x-amz-request-id"] ?? document?.requestID).map {
            Self.message($0, attempts)
        }
        error.extendedRequestID = response[header: "x-amz-id-2"].map { Self.message($0, attempts) }
        error.retryAfter = Self.retryAfter(response)
        if response[header: "x-amz-delete-marker"] == "true" { error.detail = "its latest version is a delete marker" }
        if kind == .clockSkewed, let time {
            let lead = clock.now().seconds - time.seconds
            error.clockLead = lead
            error.detail = "it is \(abs(lead)) seconds \(lead < 0 ? "behind" : "ahead of") the server's"
        }
        return error
    }

    /// Returns a region that an answer names; nil for a text that cannot be the name of one, which may be anything.
    private static func region(named text: String?) -> String? {
        text.flatMap { HostName.isLabel($0) ? $0 : nil }
    }

    /// Returns the region in the host `bucket.s3.REGION.amazonaws.com`.
    private static func region(ofHost host: String?) -> String? {
        guard let labels = host?.split(separator: "."), let domain = labels.firstIndex(of: "amazonaws"), domain > 0
        else { return nil }
        let label = labels[domain - 1]
        let region = label.hasPrefix("s3-") ? label.dropFirst(3) : label
        // Regions are numbered; `s3` and `s3-accelerate` are hosts for any.
        return region != "s3" && region.last?.isNumber == true ? String(region) : nil
    }

    /// Returns the host that an answer sends us to. Only its name is used: no request goes where a server says.
    private static func redirectHost(_ response: HTTPResponse) -> String? {
        response[header: "Location"].flatMap { ServerAddress(parsing: String($0.prefix { $0 != "?" })) }?.host
    }

    /// Returns a text of a server on one line, cut to a length, without anything secret.
    private static func message(_ text: String, _ attempts: Attempts) -> String {
        let line = text.split { $0.isWhitespace }.joined(separator: " ")
        // Redacted before it is cut: a part of a secret is not found.
        let shown = attempts.redacting(line)
        let cut =
            shown.count > maximumMessageCharacterCount ? shown.prefix(maximumMessageCharacterCount) + "…" : shown[...]
        return ObjectKey(String(cut)).description
    }

    /// Returns how long the server asks to wait.
    private static func retryAfter(_ response: HTTPResponse) -> Duration? {
        if let text = response[header: "x-amz-retry-after"], let milliseconds = Int64(text), milliseconds >= 0 {
            return .milliseconds(min(milliseconds, 3_600_000))
        }
        if let text = response[header: "Retry-After"], let seconds = Int64(text), seconds >= 0 {
            return .seconds(min(seconds, 3_600))
        }
        // A moment, by the clock of whoever names it.
        if let end = response[header: "Retry-After"].flatMap({ Timestamp(httpDate: $0) }),
            let now = response[header: "Date"].flatMap({ Timestamp(httpDate: $0) })
        {
            return .seconds(min(max(end.seconds - now.seconds, 0), 3_600))
        }
        return nil
    }
}
