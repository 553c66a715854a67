import CGRPC
import Synchronization

/// What answers the calls of a server.
public protocol RPCService: Sendable {
    /// Answers one call, of whatever method: a service that does not know it throws UNIMPLEMENTED.
    ///
    /// Returning ends the call with status OK, throwing an `RPCStatus` with that status, any other error with UNKNOWN
    /// and its description. The task is cancelled as soon as the call has ended for the client.
    func handle(_ call: ServerCall) async throws
}

/// A gRPC server without TLS.
///
/// It serves until it is shut down or goes away; a server that goes away cancels its calls.
public final class RPCServer: Sendable {
    /// Port bound to; nil on a unix socket.
    public let port: Int?
    private let core: CoreServer

    /// Binds and listens; calls are answered from here on.
    ///
    /// - Throws: UNAVAILABLE with the reason when the address cannot be listened on.
    public init(
        listening address: ListenAddress, service: any RPCService, maximumMessageByteCount: Int = 200 << 20
    ) throws(RPCStatus) {
        core = CoreServer(service: service, maximumMessageByteCount: maximumMessageByteCount)
        do {
            port = try core.listen(on: address)
        } catch {
            core.stopListening()
            throw error
        }
        core.start()
    }

    deinit {
        core.stopListening()
        core.cancelCalls()
    }

    /// Stops listening, lets calls under way end within `grace`, then cancels them; returns when all have ended.
    ///
    /// A cancelled call has ended once its handler has returned. The file of a unix socket is removed.
    public func shutdown(grace: Duration) async {
        core.stopListening()
        let timer = Task { [core] in
            try await Task.sleep(for: grace)
            core.cancelCalls()
        }
        _ = await core.end.end()
        timer.cancel()
    }

    /// Returns when the server has been shut down and all calls have ended.
    public func waitUntilShutdown() async { _ = await core.end.end() }
}

/// A server as gRPC knows it.
///
/// The request for the next call, the calls and the notice of the shutdown keep it alive, so that it is freed after
/// the last of them.
@safe
private final class CoreServer: @unchecked Sendable {
    /// Completes when the server no longer listens and the last call has ended.
    let end = Completion()
    private let pointer: OpaquePointer
    private let queue = CompletionQueue()
    private let service: any RPCService
    private let maximumMessageByteCount: Int

    private struct State {
        var isShuttingDown = false
        /// What `end` awaits: the transport is one, each call another.
        var liveCount = 1
    }
    private let state = Mutex(State())

    init(service: any RPCService, maximumMessageByteCount: Int) {
        self.service = service
        self.maximumMessageByteCount = maximumMessageByteCount
        var arguments = ChannelArguments(maximumMessageByteCount: maximumMessageByteCount)
        // A port in use must be an error, not one shared with another process.
        arguments.set(GRPC_ARG_ALLOW_REUSEPORT, 0)
        // Clients may ping as often as they like: grpc-go does while data flows.
        arguments.set(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0)
        arguments.set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 0)
        arguments.set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1)
        unsafe pointer = arguments.withCoreArguments { unsafe grpc_server_create($0, nil) }
        unsafe grpc_server_register_completion_queue(pointer, queue.pointer, nil)
    }

    deinit { unsafe grpc_server_destroy(pointer) }

    /// Binds; returns the port, nil for a unix socket.
    func listen(on address: ListenAddress) throws(RPCStatus) -> Int? {
        switch address {
        case .unix(let path):
            guard !address.isAnswered else {
                throw RPCStatus(.unavailable, "cannot listen on \(address): Address already in use")
            }
            _ = try bind("unix:" + path.percentEncoded(), for: address)
            return nil
        case .tcp(let host, let port):
            guard (0...65_535).contains(port) else {
                throw RPCStatus(.invalidArgument, "cannot listen on \(address): no such port")
            }
            guard host == "localhost" else {
                let host = host.isEmpty ? "::" : host
                return try bind("\(ListenAddress.tcp(host: host, port: port))", for: address)
            }
            let bound = try bind("127.0.0.1:\(port)", for: address)
            // A machine without IPv6 is served all the same.
            _ = try? bind("[::1]:\(bound)", for: address)
            return bound
        }
    }

    private func bind(_ uri: String, for address: ListenAddress) throws(RPCStatus) -> Int {
        let (port, reason) = CoreLog.withReason { () -> Int32 in
            let credentials = unsafe grpc_insecure_server_credentials_create()
            defer { unsafe grpc_server_credentials_release(credentials) }
            return unsafe grpc_server_add_http2_port(pointer, uri, credentials)
        }
        guard port > 0 else { throw RPCStatus(.unavailable, "cannot listen on \(address): \(reason)") }
        return Int(port)
    }

    func start() {
        unsafe grpc_server_start(pointer)
        requestCall()
    }

    /// Asks for the next call; once the server is shutting down the request ends in failure.
    private func requestCall() {
        let request = CallRequest { [self] request in
            requestCall()
            accept(request)
        }
        let tag = unsafe CompletionQueue.tag(request)
        let refusal = unsafe rpc_call_request_start(request.memory, pointer, queue.pointer, tag)
        if refusal != GRPC_CALL_OK { unsafe CompletionQueue.drop(tag) }
    }

    private func accept(_ request: CallRequest) {
        guard let core = request.takeCall(queue: queue) else { return }
        state.withLock { $0.liveCount += 1 }
        let call = ServerCall(
            method: request.method, core: core, maximumMessageByteCount: maximumMessageByteCount)
        call.run(service, onEnd: { self.leave() })
    }

    private func leave() {
        let isLast = state.withLock { state in
            state.liveCount -= 1
            return state.liveCount == 0
        }
        if isLast { end.complete(true) }
    }

    func stopListening() {
        let isFirst = state.withLock { state in
            defer { state.isShuttingDown = true }
            return !state.isShuttingDown
        }
        guard isFirst else { return }
        let notice = Completion(onEnd: { _ in self.leave() })
        unsafe grpc_server_shutdown_and_notify(pointer, queue.pointer, CompletionQueue.tag(notice))
    }

    /// Cancels all calls of a server that is shutting down.
    func cancelCalls() { unsafe grpc_server_cancel_all_calls(pointer) }
}

/// A request for the next call, and the memory gRPC writes the call to.
@safe
private final class CallRequest: Completion, @unchecked Sendable {
    fileprivate let memory: UnsafeMutablePointer<rpc_call_request>
    private let onCall: @Sendable (CallRequest) -> Void

    init(onCall: @escaping @Sendable (CallRequest) -> Void) {
        self.onCall = onCall
        unsafe memory = rpc_call_request_create()
        super.init()
    }

    deinit { unsafe rpc_call_request_destroy(memory) }

    override func complete(_ succeeded: Bool) {
        if succeeded { onCall(self) }
        super.complete(succeeded)
    }

    var method: String { unsafe MessageSlices.text(memory.pointee.details.method) }

    func takeCall(queue: CompletionQueue) -> CoreCall? {
        guard let call = unsafe memory.pointee.call else { return nil }
        return unsafe CoreCall(owning: call, queue: queue)
    }
}
