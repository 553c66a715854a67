import ByteCore
import Synchronization

/// The side of the reader. A task that is cancelled while it waits here cancels the response.
extension ResponseStream {
    /// A window filled to less than this part of its memory is copied out, so that a small piece never pins the rest.
    private static let copiedPart = 4

    /// Returns the head when it has arrived.
    func head() async throws(HTTPError) -> ResponseHead {
        await wait(for: .head)
        let result = state.withLock { state -> Result<ResponseHead, HTTPError> in
            if case .failure(let error) = state.end, state.head == nil || error.kind == .cancelled {
                return .failure(error)
            }
            guard let head = state.head else {
                return .failure(HTTPError(.invalidResponse, "\(peer): the response has no head", responseStarted: true))
            }
            return .success(head)
        }
        return try result.get()
    }

    /// Returns everything buffered, at least one byte, as soon as there is any; nil at the end.
    func next() async throws(HTTPError) -> Bytes? {
        await wait(for: .bytes)
        let (bytes, end, wasPaused) = state.withLock { state in
            (Self.takePart(&state), state.end, Self.takePause(&state))
        }
        if wasPaused { commands.send(.resume(self)) }
        if let bytes { return bytes }
        try end?.get()
        return nil
    }

    /// Returns the rest of the body once it is complete, received into one block of memory.
    func collect(limit: Int) async -> (bytes: Bytes, failure: HTTPError?) {
        let (isTooLong, wasPaused) = state.withLock { state in
            state.isCollecting = true
            state.windowByteCount = limit
            guard state.end == nil else { return (state.buffer.count > limit, false) }
            let missing = state.missingByteCount ?? 0
            guard state.buffer.count <= limit, missing <= limit - state.buffer.count else {
                return (true, false)
            }
            state.buffer.reserve(missing)
            return (false, Self.takePause(&state))
        }
        guard !isTooLong else {
            cancel()
            return (Bytes(), .tooLong(limit: limit))
        }
        if wasPaused { commands.send(.resume(self)) }
        await wait(for: .end)
        return state.withLock { state in
            let bytes = state.takeBuffer()
            if case .failure(let error) = state.end { return (bytes, error) }
            return (bytes, nil)
        }
    }

    private func wait(for need: Need) async {
        await withTaskCancellationHandler {
            guard !state.withLock({ $0.satisfies(need) }) else { return }
            await withCheckedContinuation { continuation in
                let isSatisfied = state.withLock { state in
                    if state.satisfies(need) { return true }
                    precondition(state.waiter == nil, "a body has one reader")
                    state.waiter = Waiter(need: need, continuation: continuation)
                    return false
                }
                if isSatisfied { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
    }

    private static func takePart(_ state: inout State) -> Bytes? {
        guard state.buffer.count > 0 else { return nil }
        guard state.buffer.count < state.buffer.capacity / copiedPart else { return state.takeBuffer() }
        let bytes = Bytes(copying: state.buffer.span)
        state.buffer.truncate(to: 0)
        return bytes
    }

    private static func takePause(_ state: inout State) -> Bool {
        defer { state.isPaused = false }
        return state.isPaused
    }
}
