import ByteCore
import Synchronization

/// One response on its way from the event thread to its reader, and the back-pressure between them.
final class ResponseStream: Sendable {
    /// What became of bytes offered by the event thread.
    enum Reception {
        /// The bytes were taken.
        case taken
        /// No byte was taken: offer them again after a `resume` command.
        case paused
        /// Nobody wants the rest.
        case refused
    }

    /// What the reader waits for. The end satisfies every need.
    enum Need {
        case head
        case bytes
        case end
    }

    struct Waiter: Sendable {
        let need: Need
        let continuation: CheckedContinuation<Void, Never>
    }

    struct State: ~Copyable {
        var head: ResponseHead?
        /// Bytes of the body still to come; nil where the head does not say.
        var missingByteCount: Int?
        /// What has arrived and not been read. Not optional: `optional?.mutate()` on a nil noncopyable value runs the
        /// method in unoptimised code of Swift 6.3.1.
        var buffer = ByteBuilder()
        /// Most bytes buffered before receiving pauses, or fails where the reader waits for the end.
        var windowByteCount: Int
        var isCollecting = false
        var isPaused = false
        /// How the response ended.
        var end: Result<Void, HTTPError>?
        var waiter: Waiter?

        init(windowByteCount: Int) { self.windowByteCount = windowByteCount }

        /// Returns what has arrived and begins a new buffer.
        mutating func takeBuffer() -> Bytes {
            var taken = ByteBuilder()
            swap(&taken, &buffer)
            return taken.freeze()
        }

        func satisfies(_ need: Need) -> Bool {
            if end != nil { return true }
            switch need {
            case .head: return head != nil
            case .bytes: return buffer.count > 0
            case .end: return false
            }
        }
    }

    let peer: String
    let commands: CurlCommandQueue
    let state: Mutex<State>

    init(peer: String, windowByteCount: Int, commands: CurlCommandQueue) {
        self.peer = peer
        self.commands = commands
        state = Mutex(State(windowByteCount: windowByteCount))
    }

    /// Gives up what has not been read: the reader gets `cancelled`, and the event thread drops the request.
    func cancel() {
        let (waiter, wasOver) = state.withLock { state in
            let wasOver = state.end != nil
            state.end = .failure(
                HTTPError(.cancelled, "\(peer): cancelled", responseStarted: state.head != nil))
            _ = state.takeBuffer()
            return (state.waiter.take(), wasOver)
        }
        if !wasOver { commands.send(.cancel(self)) }
        waiter?.continuation.resume()
    }
}
