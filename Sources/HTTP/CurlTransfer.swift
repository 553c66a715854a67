import CCurl

/// One request under way, on the event thread: its libcurl handle, what libcurl reports, and its time limits.
@safe
final class CurlTransfer {
    /// How far a request is.
    private enum Stage {
        /// Resolving or connecting.
        case connecting
        /// In the TLS handshake.
        case securing
        /// Sent, in whole or in part, and not answered.
        case sent(deadline: ContinuousClock.Instant, byteCount: Int)
        /// The response has begun.
        case receiving(ThroughputWatchdog)
        /// The reader is behind: what the peer does now says nothing about it.
        case paused
    }

    let request: HTTPRequest
    let stream: ResponseStream
    let easy: UnsafeMutableRawPointer
    let configuration: CurlTransport.Configuration
    /// Header lines in libcurl's form, which must live as long as the handle.
    var headerLines: UnsafeMutablePointer<curl_slist>?
    /// Addresses in libcurl's form, which must live as long as the handle.
    var addressLines: UnsafeMutablePointer<curl_slist>?
    /// Where libcurl writes its message.
    let errorText: UnsafeMutablePointer<CChar>

    private var stage = Stage.connecting
    private var head = ResponseHead()
    private var receivedByteCount = 0
    /// Bytes received before the last call of `takeUncountedByteCount`.
    private var countedByteCount = 0
    private var hasNews = false
    /// Why this side gave up, which libcurl only knows as a refused write.
    private var fault: HTTPError?

    /// Creates a transfer; nil where there is no memory for it.
    init?(_ request: HTTPRequest, _ stream: ResponseStream, configuration: CurlTransport.Configuration) {
        guard let easy = unsafe curl_easy_init() else { return nil }
        unsafe self.easy = easy
        self.request = request
        self.stream = stream
        self.configuration = configuration
        unsafe headerLines = nil
        unsafe addressLines = nil
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headerLines)
        unsafe curl_slist_free_all(addressLines)
        unsafe errorText.deallocate()
    }

    /// Returns the transfer that a handle belongs to.
    static func of(easy: UnsafeMutableRawPointer?) -> CurlTransfer? {
        var context: UnsafeMutableRawPointer?
        guard unsafe ccurl_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK else { return nil }
        return unsafe of(context: context)
    }

    /// Returns the transfer that libcurl was given as the context of its calls.
    static func of(context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Wakes the reader if something arrived since the last call.
    func publish() {
        guard hasNews else { return }
        hasNews = false
        stream.publish()
    }

    /// Whether bytes of the response are expected now.
    var isReceiving: Bool {
        if case .receiving = stage { true } else { false }
    }

    /// Returns the number of bytes received since the last call.
    func takeUncountedByteCount() -> Int {
        defer { countedByteCount = receivedByteCount }
        return receivedByteCount - countedByteCount
    }

    /// Receives again after a pause.
    func resume() {
        guard case .paused = stage else { return }
        watchThroughput()
        unsafe _ = ccurl_resume(easy)
    }

    /// Returns how the response ended, given libcurl's code.
    func end(_ code: CURLcode) -> Result<Void, HTTPError> {
        if let fault { return .failure(fault) }
        if code == CURLE_OK, head.isComplete { return .success(()) }
        return .failure(failure(code))
    }

    private func failure(_ code: CURLcode) -> HTTPError {
        let peer = request.peer
        let isStarted = receivedByteCount > 0
        guard code != CURLE_OPERATION_TIMEDOUT else {
            return HTTPError(.timedOut, "\(peer): \(timeLimit)", responseStarted: isStarted)
        }
        var proxyStatus = 0
        var systemError = 0
        unsafe ccurl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &proxyStatus)
        unsafe ccurl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        return CurlFailure(
            code: code, systemError: Int32(truncatingIfNeeded: systemError), proxyStatus: proxyStatus,
            text: unsafe String(cString: errorText)
        ).error(peer: peer, responseStarted: isStarted)
    }

    private var firstByteTimeout: Duration { request.firstByteTimeout ?? configuration.firstByteTimeout }

    private var timeLimit: String {
        switch stage {
        case .connecting: "no connection within \(configuration.connectTimeout)"
        case .securing: "no TLS session within \(configuration.tlsTimeout)"
        case .sent: "no response within \(firstByteTimeout)"
        case .receiving, .paused:
            "too slow over \(configuration.throughputPeriod)"
        }
    }
}

/// What libcurl reports.
extension CurlTransfer {
    /// The TLS handshake begins; from now on its own limit counts.
    func willStartTLS() {
        stage = .securing
        let limit = configuration.connectTimeout + configuration.tlsTimeout
        unsafe _ = ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, limit.milliseconds)
    }

    /// The connection stands and the request is about to be written.
    func willSendRequest() {
        stage = .sent(deadline: .now + firstByteTimeout, byteCount: 0)
    }

    /// Takes a line of the head, or of the trailers, which are dropped; false gives up.
    func receive(headLine line: UnsafeRawBufferPointer) -> Bool {
        count(line.count)
        guard !head.isComplete else { return true }
        do {
            try head.append(line: unsafe Array(line)[...])
        } catch {
            let reason = error == .tooLong ? "is longer than \(ResponseHead.byteLimit) bytes" : "is malformed"
            fault = HTTPError(.invalidResponse, "\(request.peer): the response head \(reason)", responseStarted: true)
            return false
        }
        if head.isComplete {
            hasNews = true
            stream.receive(head, byteCount: bodyByteCount)
        }
        return true
    }

    /// Takes bytes of the body.
    func receive(body bytes: UnsafeRawBufferPointer) -> ResponseStream.Reception {
        let reception = stream.receive(unsafe bytes.bytes)
        switch reception {
        case .taken:
            count(bytes.count)
            hasNews = true
        case .paused:
            stage = .paused
        case .refused:
            break
        }
        return reception
    }

    /// Length of the body as the head says it.
    private var bodyByteCount: Int? {
        guard request.method != "HEAD", head.status != 204, head.status != 304 else { return 0 }
        var byteCount: curl_off_t = -1
        unsafe ccurl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &byteCount)
        return byteCount >= 0 ? Int(byteCount) : nil
    }

    private func count(_ byteCount: Int) {
        if receivedByteCount == 0 { watchThroughput() }
        receivedByteCount += byteCount
    }

    private func watchThroughput() {
        stage = .receiving(
            ThroughputWatchdog(
                period: configuration.throughputPeriod,
                byteCount: receivedByteCount, now: .now))
    }

    /// Returns whether a time limit that libcurl does not watch has passed.
    func isExpired(now: ContinuousClock.Instant, bytesPerSecond: Int) -> Bool {
        switch stage {
        case .connecting, .securing, .paused:
            return false
        case .sent(let deadline, let byteCount):
            var sentByteCount: curl_off_t = 0
            unsafe ccurl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sentByteCount)
            if Int(sentByteCount) > byteCount {
                stage = .sent(deadline: now + firstByteTimeout, byteCount: Int(sentByteCount))
                return false
            }
            return now >= deadline
        case .receiving(var watchdog):
            let isTooSlow = watchdog.isTooSlow(
                byteCount: receivedByteCount, bytesPerSecond: bytesPerSecond, now: now)
            stage = .receiving(watchdog)
            return isTooSlow
        }
    }
}
