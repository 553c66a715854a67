import ByteCore
import Synchronization

/// The side of the event thread.
extension ResponseStream {
    /// First capacity of a buffer when the length of the body is unknown.
    private static let capacityOfUnknown = 64 * 1024

    /// Whether the end is known, so that nothing more is taken.
    var isOver: Bool { state.withLock { $0.end != nil } }

    /// Takes the head. `byteCount` is the length of the body, nil where the head does not say.
    func receive(_ head: ResponseHead, byteCount: Int?) {
        state.withLock { state in
            state.head = head
            state.missingByteCount = byteCount
        }
    }

    /// Takes bytes of the body if the window has room for all of them; an empty window always has.
    func receive(_ bytes: RawSpan) -> Reception {
        state.withLock { state in
            guard state.end == nil else { return .refused }
            let room = state.windowByteCount - state.buffer.count
            if bytes.byteCount > room {
                if state.isCollecting {
                    state.end = .failure(.tooLong(limit: state.windowByteCount))
                    return .refused
                }
                if state.buffer.count > 0 {
                    state.isPaused = true
                    return .paused
                }
            }
            if state.buffer.count == 0 {
                state.buffer.reserve(min(state.missingByteCount ?? Self.capacityOfUnknown, state.windowByteCount))
            }
            state.buffer.append(contentsOf: bytes)
            if let missing = state.missingByteCount { state.missingByteCount = max(0, missing - bytes.byteCount) }
            return .taken
        }
    }

    /// Wakes the reader if what it waits for is there. Called once per pass of the event loop, not per piece received.
    func publish() {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter, state.satisfies(waiter.need) else { return nil as Waiter? }
            state.waiter = nil
            return waiter
        }
        waiter?.continuation.resume()
    }

    /// Ends the response and wakes the reader. Bytes already received stay readable.
    func finish(_ end: Result<Void, HTTPError>) {
        state.withLock { state in
            if state.end == nil { state.end = end }
        }
        publish()
    }
}
