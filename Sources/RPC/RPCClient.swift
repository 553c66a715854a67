public import ByteCore
import CGRPC
import Synchronization

/// A connection to a gRPC server, without TLS, made when first needed and again when lost.
///
/// Calls may be made from any number of tasks. Cancelling a task cancels the call it awaits.
public final class RPCClient: Sendable {
    private let channel: Channel

    /// Creates a client of a server named `unix:///path`, `unix:path`, `host:port`, `dns:///host:port` or `[v6]:port`.
    ///
    /// A call waits for the connection for at most `connectTimeout`; meanwhile a server may still come up.
    public init(
        target: String, maximumMessageByteCount: Int = 100 << 20, connectTimeout: Duration = .seconds(20)
    ) {
        channel = Channel(
            target: target, maximumMessageByteCount: maximumMessageByteCount, connectTimeout: connectTimeout)
    }

    deinit { channel.close() }

    /// Sends one message and returns the one answer.
    ///
    /// - Throws: the status of the call when it is not OK; UNAVAILABLE naming the target when it cannot be reached.
    public func call(_ method: String, _ request: Bytes) async throws(RPCStatus) -> Bytes {
        try await clientStream(method, [[request]])
    }

    /// Sends one message; the answers are read from the stream returned.
    ///
    /// - Throws: UNAVAILABLE naming the target when it cannot be reached. All else comes from the stream.
    public func serverStream(_ method: String, _ request: Bytes) async throws(RPCStatus) -> RPCMessageStream {
        try await channel.connect()
        let call = try ClientCall(method, on: channel)
        let sending = Batch(call.core)
        sending.sendInitialMetadata()
        sending.send([request])
        sending.sendClose()
        sending.receiveInitialMetadata()
        try sending.start()
        return RPCMessageStream(call, client: self)
    }

    /// Sends all messages, each the concatenation of its parts, then returns the one answer.
    ///
    /// - Throws: the status of the call when it is not OK; UNAVAILABLE naming the target when it cannot be reached.
    public func clientStream(_ method: String, _ messages: [[Bytes]]) async throws(RPCStatus) -> Bytes {
        try await channel.connect()
        let call = try ClientCall(method, on: channel)
        let receiving = Batch(call.core)
        receiving.receiveInitialMetadata()
        receiving.receiveMessage()
        try receiving.start()
        // Without messages there is still a batch, which only says so.
        for index in 0..<max(messages.count, 1) {
            let sending = Batch(call.core)
            if index == 0 { sending.sendInitialMetadata() }
            if index < messages.count { sending.send(messages[index]) }
            if index >= messages.count - 1 { sending.sendClose() }
            try sending.start()
            // A failure means that the call has ended: its status says why.
            guard await call.end(of: sending) else { break }
        }
        let answer = await call.end(of: receiving) ? try receiving.message() : nil
        try await call.requireOK()
        guard let answer else { throw RPCStatus(.internal, "\(method) ended without an answer") }
        return answer
    }

    /// Closes the connection; calls under way end with CANCELLED, later ones with UNAVAILABLE.
    public func close() { channel.close() }
}

/// Messages of a server, read one after another.
///
/// Letting go of the stream before its end cancels the call.
public final class RPCMessageStream: Sendable {
    private let call: ClientCall
    /// A client let go of while the stream is read stays connected.
    private let client: RPCClient

    fileprivate init(_ call: ClientCall, client: RPCClient) {
        self.call = call
        self.client = client
    }

    /// Returns the next message; nil after the last when the call ended with status OK.
    ///
    /// One task reads. The server is held back by what is not read.
    ///
    /// - Throws: the status of the call when it is not OK; CANCELLED when the task is cancelled.
    public func next() async throws(RPCStatus) -> Bytes? {
        let receiving = Batch(call.core)
        receiving.receiveMessage()
        try receiving.start()
        if await call.end(of: receiving), let message = try receiving.message() { return message }
        try await call.requireOK()
        return nil
    }
}

/// One call of a client, whose status is awaited from the start; one that is let go of is cancelled.
private final class ClientCall: Sendable {
    let core: CoreCall
    private let ending: Batch

    init(_ method: String, on channel: Channel) throws(RPCStatus) {
        let core = try channel.call(method)
        self.core = core
        ending = Batch(core, onEnd: { _ in channel.forget(core) })
        ending.receiveStatus()
        try ending.start()
    }

    deinit { core.cancel() }

    /// Awaits a batch of this call; cancelling the task cancels the call, which ends the batch.
    func end(of batch: Batch) async -> Bool {
        await withTaskCancellationHandler {
            await batch.end()
        } onCancel: {
            core.cancel()
        }
    }

    /// Awaits the end of the call; throws its status unless that is OK.
    func requireOK() async throws(RPCStatus) {
        _ = await end(of: ending)
        let status = ending.status
        guard status.code == .ok else { throw status }
    }
}
