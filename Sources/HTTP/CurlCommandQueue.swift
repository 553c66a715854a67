import CCurl
import Synchronization

/// Commands to the event thread, in order.
@safe
final class CurlCommandQueue: Sendable {
    enum Command: Sendable {
        case start(HTTPRequest, ResponseStream)
        case resume(ResponseStream)
        case cancel(ResponseStream)
        case stop
    }

    private struct State {
        var commands: [Command] = []
        var isClosed = false
    }

    // libcurl allows curl_multi_wakeup, and nothing else, from any thread; it is called with the lock held and never
    // after `close`, so the handle is alive.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
    private let state = Mutex(State())

    init(multi: UnsafeMutableRawPointer) {
        unsafe self.multi = multi
    }

    /// Appends a command and wakes the event thread; false where the queue is closed.
    @discardableResult
    func send(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.commands.append(command)
            // A command before this one has already woken the thread.
            if state.commands.count == 1 { unsafe _ = curl_multi_wakeup(multi) }
            return true
        }
    }

    /// Returns and forgets all commands.
    func take() -> [Command] {
        state.withLock { state in
            let commands = state.commands
            state.commands = []
            return commands
        }
    }

    /// Refuses further commands and returns those not taken.
    func close() -> [Command] {
        state.withLock { state in state.isClosed = true }
        return take()
    }
}
