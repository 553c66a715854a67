import CGRPC
import Synchronization

/// The connection of a client, as gRPC knows it, and the calls on it.
@safe
final class Channel: @unchecked Sendable {
    private let target: String
    private let connectTimeout: Duration
    private let queue = CompletionQueue()

    @safe
    private struct State {
        /// Nil once closed.
        var channel: OpaquePointer?
        var calls: [ObjectIdentifier: CoreCall] = [:]
    }
    private let state: Mutex<State>

    init(target: String, maximumMessageByteCount: Int, connectTimeout: Duration) {
        self.target = target
        self.connectTimeout = connectTimeout
        var arguments = ChannelArguments(maximumMessageByteCount: maximumMessageByteCount)
        // A connection of its own, which close() closes.
        arguments.set(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1)
        arguments.set(GRPC_ARG_ENABLE_HTTP_PROXY, 0)
        arguments.set(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1)
        // A server that is just starting is tried again soon.
        arguments.set(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100)
        arguments.set(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000)
        var uri = target
        if target.hasPrefix("unix:") {
            arguments.set(GRPC_ARG_DEFAULT_AUTHORITY, "localhost")
            uri = "unix:" + String(target.dropFirst("unix:".count)).percentEncoded(keepingPercent: true)
        }
        let channel = unsafe arguments.withCoreArguments { arguments in
            let credentials = unsafe grpc_insecure_credentials_create()
            defer { unsafe grpc_channel_credentials_release(credentials) }
            return unsafe grpc_channel_create(uri, credentials, arguments)
        }
        unsafe state = Mutex(State(channel: channel))
    }

    deinit { close() }

    func close() {
        let (channel, calls) = unsafe state.withLock { state in
            defer { unsafe state = State(channel: nil) }
            return unsafe (state.channel, state.calls)
        }
        for call in calls.values { call.cancel() }
        if let channel = unsafe channel { unsafe grpc_channel_destroy(channel) }
    }

    /// Waits until the channel is connected, for at most the time allowed.
    ///
    /// - Throws: UNAVAILABLE with the target and the reason; CANCELLED when the task is cancelled.
    func connect() async throws(RPCStatus) {
        let deadline = Self.deadline(after: connectTimeout)
        while let change = try connectivityChange(until: deadline) {
            switch await change.endOrCancellation() {
            case .succeeded: continue
            case .failed: return try await explainFailure()
            case .abandoned: throw Self.taskCancelled
            }
        }
    }

    /// Returns what completes when the connectivity has changed, in failure at the deadline; nil when connected.
    private func connectivityChange(until deadline: gpr_timespec) throws(RPCStatus) -> Completion? {
        try unsafe withChannel { channel throws(RPCStatus) -> Completion? in
            let connectivity = unsafe grpc_channel_check_connectivity_state(channel, 1)
            guard connectivity != GRPC_CHANNEL_READY else { return nil }
            let change = Completion()
            // Not to be watched: gRPC could make nothing of the target.
            guard unsafe grpc_channel_support_connectivity_watcher(channel) != 0 else {
                change.complete(false)
                return change
            }
            unsafe grpc_channel_watch_connectivity_state(
                channel, connectivity, deadline, queue.pointer, CompletionQueue.tag(change))
            return change
        }
    }

    /// Makes a call that does not wait, because only the status of a call gives the reason of a failed connection.
    private func explainFailure() async throws(RPCStatus) {
        let probe = Batch(try core("/", until: Self.deadline(after: .milliseconds(200))))
        probe.sendInitialMetadata()
        probe.sendClose()
        probe.receiveInitialMetadata()
        probe.receiveStatus()
        try probe.start()
        if await probe.endOrCancellation() == .abandoned { throw Self.taskCancelled }
        let isConnected = try unsafe withChannel {
            unsafe grpc_channel_check_connectivity_state($0, 0) == GRPC_CHANNEL_READY
        }
        if isConnected { return }
        let reason = probe.status.code == .deadlineExceeded ? "no answer" : probe.status.message
        throw RPCStatus(.unavailable, "cannot connect to \(target) within \(connectTimeout): \(reason)")
    }

    /// Creates a call, which `forget` takes off the list of those that closing cancels.
    func call(_ method: String) throws(RPCStatus) -> CoreCall {
        let call = try core(method, until: gpr_inf_future(GPR_CLOCK_MONOTONIC))
        state.withLock { $0.calls[ObjectIdentifier(call)] = call }
        return call
    }

    func forget(_ call: CoreCall) {
        state.withLock { $0.calls[ObjectIdentifier(call)] = nil }
    }

    private func core(_ method: String, until deadline: gpr_timespec) throws(RPCStatus) -> CoreCall {
        try unsafe withChannel { channel throws(RPCStatus) -> CoreCall in
            let method = unsafe MessageSlices.slice(method)
            defer { unsafe grpc_slice_unref(method) }
            let call = unsafe grpc_channel_create_call(channel, nil, 0, queue.pointer, method, nil, deadline, nil)
            guard let call = unsafe call else { throw RPCStatus(.internal, "gRPC made no call") }
            return unsafe CoreCall(owning: call, queue: queue)
        }
    }

    private func withChannel<Result: Sendable>(
        _ body: (OpaquePointer) throws(RPCStatus) -> Result
    ) throws(RPCStatus) -> Result {
        try state.withLock { state throws(RPCStatus) in
            guard let channel = unsafe state.channel else { throw RPCStatus(.unavailable, "the client is closed") }
            return unsafe try body(channel)
        }
    }

    private static func deadline(after time: Duration) -> gpr_timespec {
        let (seconds, attoseconds) = time.components
        let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) / 1e9
        return gpr_time_add(
            gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(Int64(clamping: Int(nanoseconds)), GPR_TIMESPAN))
    }

    private static let taskCancelled = RPCStatus(.cancelled, "the task was cancelled")
}
