import CCurl
import Glibc

/// Runs every transfer of a transport on the thread that calls `run`.
@safe
final class CurlEventLoop {
    /// Unused connections kept for reuse, of all hosts together.
    private static let idleConnectionLimit = 512
    /// How often time limits are checked while there are transfers. Units: milliseconds.
    private static let checkInterval: Int32 = 50
    /// Longest sleep without transfers; a command ends it. Units: milliseconds.
    private static let idleInterval: Int32 = 600_000

    /// libcurl's tables, set up once per process.
    private static let isLibraryReady = ccurl_global_init() == CURLE_OK

    let commands: CurlCommandQueue
    private let configuration: CurlTransport.Configuration
    private let multi: UnsafeMutableRawPointer
    /// TLS sessions, which libcurl would otherwise keep apart for each request.
    private let share: UnsafeMutableRawPointer
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    private var admission: AdmissionQueue<(HTTPRequest, ResponseStream)>
    private var nextCheck = ContinuousClock.now
    private var line: LineRate

    /// Prepares libcurl; nil where there is no memory for it.
    init?(configuration: CurlTransport.Configuration) {
        guard Self.isLibraryReady, let multi = unsafe curl_multi_init() else { return nil }
        guard let share = unsafe curl_share_init() else {
            unsafe curl_multi_cleanup(multi)
            return nil
        }
        unsafe ccurl_share_tls_sessions(share)
        unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.idleConnectionLimit)
        unsafe ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, 0)
        unsafe self.multi = multi
        unsafe self.share = share
        self.configuration = configuration
        commands = unsafe CurlCommandQueue(multi: multi)
        line = LineRate(most: configuration.minimumThroughput, now: .now)
        admission = AdmissionQueue(limit: configuration.maxConnectionsPerHost)
    }

    deinit {
        _ = commands.close()
        unsafe curl_multi_cleanup(multi)
        unsafe curl_share_cleanup(share)
    }

    /// Works until a `stop` command, then ends everything under way.
    func run() {
        while apply(commands.take()) {
            var runningCount: Int32 = 0
            unsafe curl_multi_perform(multi, &runningCount)
            endCompleted()
            for transfer in transfers.values { transfer.publish() }
            checkTimeLimits()
            let wait = transfers.isEmpty ? Self.idleInterval : Self.checkInterval
            unsafe curl_multi_poll(multi, nil, 0, wait, nil)
        }
        endAll()
    }

    /// Carries out commands; false at `stop`.
    private func apply(_ commands: [CurlCommandQueue.Command]) -> Bool {
        for command in commands {
            switch command {
            case .start(let request, let stream):
                if admission.admit((request, stream), peer: request.peer) { start(request, stream) }
            case .resume(let stream):
                transfers[ObjectIdentifier(stream)]?.resume()
            case .cancel(let stream):
                // One that still waits for admission is passed over when its turn comes.
                if let transfer = transfers[ObjectIdentifier(stream)] { end(transfer, CURLE_ABORTED_BY_CALLBACK) }
            case .stop:
                return false
            }
        }
        return true
    }

    private func start(_ request: HTTPRequest, _ stream: ResponseStream) {
        guard !stream.isOver else { return replace(peer: request.peer) }
        guard let transfer = CurlTransfer(request, stream, configuration: configuration) else {
            stream.finish(.failure(HTTPError(.connect, "\(request.peer): no memory for a request")))
            return replace(peer: request.peer)
        }
        transfers[ObjectIdentifier(stream)] = transfer
        let code = unsafe transfer.setOptions(share: share)
        guard code == CURLE_OK, unsafe curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            return end(transfer, code == CURLE_OK ? CURLE_FAILED_INIT : code)
        }
    }

    /// Begins the request that waited for the place of one that ended.
    private func replace(peer: String) {
        if let (request, stream) = admission.replace(peer: peer) { start(request, stream) }
    }

    private func end(_ transfer: CurlTransfer, _ code: CURLcode) {
        transfers[ObjectIdentifier(transfer.stream)] = nil
        line.add(transfer.takeUncountedByteCount(), now: .now)
        let end = transfer.end(code)
        // Only an unfinished transfer loses its connection here.
        unsafe curl_multi_remove_handle(multi, transfer.easy)
        transfer.stream.finish(end)
        replace(peer: transfer.request.peer)
    }

    private func endCompleted() {
        var messageCount: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &messageCount) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            let code = unsafe message.pointee.data.result
            if let transfer = unsafe CurlTransfer.of(easy: message.pointee.easy_handle) { end(transfer, code) }
        }
    }

    private func checkTimeLimits() {
        let now = ContinuousClock.now
        guard now >= nextCheck else { return }
        nextCheck = now + .milliseconds(Int(Self.checkInterval))
        line.add(transfers.values.reduce(0) { $0 + $1.takeUncountedByteCount() }, now: now)
        let receivingCount = transfers.values.count { $0.isReceiving }
        let rate = line.required(ofEachOf: receivingCount)
        let expired = transfers.values.filter { $0.isExpired(now: now, bytesPerSecond: rate) }
        if expired.contains(where: \.isReceiving) { line.lower(ofEachOf: receivingCount) }
        for transfer in expired { end(transfer, CURLE_OPERATION_TIMEDOUT) }
    }

    private func endAll() {
        let refused = commands.close()
        let waiting = admission.removeAll()
        for transfer in transfers.values { end(transfer, CURLE_ABORTED_BY_CALLBACK) }
        for (request, stream) in waiting { stream.finish(.failure(.shutDown(peer: request.peer))) }
        for case .start(let request, let stream) in refused { stream.finish(.failure(.shutDown(peer: request.peer))) }
    }
}
