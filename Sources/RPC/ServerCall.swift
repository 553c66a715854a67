public import ByteCore
import Synchronization

/// One call under way on the server.
public final class ServerCall: Sendable {
    /// Full name of the method, `/package.Service/Method`.
    public let method: String
    private let core: CoreCall
    private let maximumMessageByteCount: Int

    private struct State {
        var handler: Task<Void, Never>?
        var isCancelled = false
        var hasSentInitialMetadata = false
        var hasStatus = false
        /// gRPC takes one send at a time; the others wait here.
        var isSending = false
        var waitingSends: [Batch] = []
    }
    private let state = Mutex(State())

    init(method: String, core: CoreCall, maximumMessageByteCount: Int) {
        self.method = method
        self.core = core
        self.maximumMessageByteCount = maximumMessageByteCount
    }

    /// Whether the client, a lost connection or a shutdown has ended the call.
    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Returns the next request message; nil once the client has sent its last.
    ///
    /// One task reads. Once the cancellation of that task has ended a wait, nothing more can be read.
    ///
    /// - Throws: CANCELLED when the call has ended or the task is cancelled; a message over the limit ends the call,
    ///   with RESOURCE_EXHAUSTED for the client. INTERNAL while another task waits for a message.
    public func receive() async throws(RPCStatus) -> Bytes? {
        let batch = Batch(core)
        batch.receiveMessage()
        try batch.start()
        switch await batch.endOrCancellation() {
        case .succeeded:
            if let message = try batch.message() { return message }
            if core.hasFailedToReceive { throw Self.ended }
            return nil
        case .failed: throw Self.ended
        case .abandoned: throw Self.taskCancelled
        }
    }

    /// Sends one response message, the concatenation of the parts, without copying them.
    ///
    /// Returns when the transport has taken the message: that is the back-pressure. Sends from several tasks are
    /// taken in turn. When the cancellation of the task ends the wait the message may still go out.
    ///
    /// - Throws: RESOURCE_EXHAUSTED for a message over the limit, after which the call goes on; CANCELLED when the
    ///   call has ended or the task is cancelled.
    public func send(_ message: [Bytes]) async throws(RPCStatus) {
        let byteCount = message.reduce(0) { $0 + $1.count }
        guard byteCount <= maximumMessageByteCount else {
            throw RPCStatus(
                .resourceExhausted,
                "a message of \(byteCount) bytes is over the limit of \(maximumMessageByteCount) bytes")
        }
        let batch = Batch(core, onEnd: { _ in self.sendNext() })
        batch.send(message)
        enqueue(batch)
        switch await batch.endOrCancellation() {
        case .succeeded: return
        case .failed: throw Self.ended
        case .abandoned:
            state.withLock { state in state.waitingSends.removeAll { $0 === batch } }
            throw Self.taskCancelled
        }
    }

    /// Runs the handler in a task of its own, which the end of the call cancels, then sends the status.
    func run(_ service: any RPCService, onEnd: @escaping @Sendable () -> Void) {
        let close = Batch(core, onEnd: { _ in self.cancelHandler() })
        close.receiveClose()
        start(close)
        let handler = Task {
            await finish(with: Self.status(of: service, handling: self))
            onEnd()
        }
        let isCancelled = state.withLock { state in
            if !state.hasStatus { state.handler = handler }
            return state.isCancelled
        }
        if isCancelled { handler.cancel() }
    }

    private static func status(of service: any RPCService, handling call: ServerCall) async -> RPCStatus {
        do {
            try await service.handle(call)
            return RPCStatus(.ok)
        } catch let status as RPCStatus {
            return status
        } catch is CancellationError {
            return taskCancelled
        } catch {
            return RPCStatus(.unknown, "\(error)")
        }
    }

    private func finish(with status: RPCStatus) async {
        let batch = Batch(core, onEnd: { _ in self.sendNext() })
        batch.send(status)
        state.withLock { state in
            state.hasStatus = true
            state.handler = nil
        }
        enqueue(batch)
        _ = await batch.end()
    }

    private func cancelHandler() {
        let handler = state.withLock { state in
            if !state.hasStatus { state.isCancelled = true }
            return state.handler
        }
        handler?.cancel()
    }

    private func enqueue(_ batch: Batch) {
        let startsNow = state.withLock { state in
            if !state.hasSentInitialMetadata { batch.sendInitialMetadata() }
            state.hasSentInitialMetadata = true
            if state.isSending {
                state.waitingSends.append(batch)
                return false
            }
            state.isSending = true
            return true
        }
        if startsNow { start(batch) }
    }

    private func sendNext() {
        let next: Batch? = state.withLock { state in
            state.isSending = !state.waitingSends.isEmpty
            return state.isSending ? state.waitingSends.removeFirst() : nil
        }
        if let next { start(next) }
    }

    private func start(_ batch: Batch) {
        do { try batch.start() } catch { batch.complete(false) }
    }

    private static let ended = RPCStatus(.cancelled, "the call has ended")
    private static let taskCancelled = RPCStatus(.cancelled, "the task was cancelled")
}
