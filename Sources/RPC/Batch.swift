import ByteCore
import CGRPC
import Synchronization

/// One call as gRPC knows it, on either side.
@safe
final class CoreCall: @unchecked Sendable {
    private let pointer: OpaquePointer
    fileprivate let queue: CompletionQueue
    private let starting = Mutex<Void>(())

    /// Takes over a reference to a call whose operations complete on `queue`.
    init(owning pointer: OpaquePointer, queue: CompletionQueue) {
        unsafe self.pointer = pointer
        self.queue = queue
    }

    deinit { unsafe grpc_call_unref(pointer) }

    /// Ends the call with CANCELLED; operations under way then fail. Does nothing to a call that has ended.
    func cancel() { unsafe grpc_call_cancel(pointer, nil) }

    /// Whether receiving found no message because of a failure, not because the other side has sent its last.
    var hasFailedToReceive: Bool { unsafe grpc_call_failed_before_recv_message(pointer) != 0 }

    /// Starts a batch.
    ///
    /// - Throws: INTERNAL where gRPC refuses it: an operation of its kind is under way or may not follow the earlier.
    func start(_ batch: Batch) throws(RPCStatus) {
        let tag = unsafe CompletionQueue.tag(batch)
        // gRPC wants the starts of one call one after another.
        let refusal = starting.withLock { _ in unsafe rpc_batch_start(batch.memory, pointer, tag) }
        guard refusal != GRPC_CALL_OK else { return }
        unsafe CompletionQueue.drop(tag)
        let reason = unsafe grpc_call_error_to_string(refusal).map { unsafe String(cString: $0) } ?? "\(refusal)"
        throw RPCStatus(.internal, "gRPC refused an operation: \(reason)")
    }
}

/// Operations started together on one call, which complete together.
@safe
final class Batch: Completion, @unchecked Sendable {
    private let call: CoreCall
    fileprivate let memory: UnsafeMutablePointer<rpc_batch>

    /// Creates a batch of no operations; it keeps the call alive.
    init(_ call: CoreCall, onEnd: (@Sendable (Bool) -> Void)? = nil) {
        self.call = call
        unsafe memory = rpc_batch_create()
        super.init(onEnd: onEnd)
    }

    deinit { unsafe rpc_batch_destroy(memory) }

    func sendInitialMetadata() { unsafe rpc_batch_send_initial_metadata(memory) }
    func send(_ message: [Bytes]) { unsafe rpc_batch_send_message(memory, MessageSlices.buffer(message)) }
    func sendClose() { unsafe rpc_batch_send_close(memory) }
    func send(_ status: RPCStatus) {
        unsafe rpc_batch_send_status(memory, status.code.rawValue, MessageSlices.slice(status.sentMessage))
    }
    func receiveInitialMetadata() { unsafe rpc_batch_receive_initial_metadata(memory) }
    func receiveMessage() { unsafe rpc_batch_receive_message(memory) }
    func receiveStatus() { unsafe rpc_batch_receive_status(memory) }
    func receiveClose() { unsafe rpc_batch_receive_close(memory) }

    /// Starts the operations.
    func start() throws(RPCStatus) { try call.start(self) }

    /// The message received, once the batch has completed; nil if there was none.
    func message() throws(RPCStatus) -> Bytes? {
        guard let received = unsafe memory.pointee.received_message else { return nil }
        return try unsafe MessageSlices.bytes(received, library: call.queue.library)
    }

    /// The status received, once the batch has completed.
    var status: RPCStatus {
        unsafe RPCStatus(
            RPCStatus.Code(rawValue: memory.pointee.received_status_code.rawValue),
            MessageSlices.text(memory.pointee.received_status_message))
    }
}
