internal import Synchronization

/// Lets the requests of all readers of a bucket through, listing and objects alike, as many at once as its limit says.
final class RequestGate: Sendable {
    /// What a request gives back when it is over.
    struct Pass: Sendable {
        fileprivate let epoch: Int
    }

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Pass?, Never>
    }

    private struct State {
        var limit: RequestLimit
        var waiters: [Waiter] = []
        var nextID = 0
        var lastAnswer: Duration?
    }

    private let state: Mutex<State>

    init(ceiling: Int) {
        state = Mutex(State(limit: RequestLimit(ceiling: ceiling)))
    }

    /// Requests that are let through at once now.
    var limit: Int { state.withLock { $0.limit.limit } }

    /// When the bucket last answered anything, by the uptime given then.
    var lastAnswer: Duration? { state.withLock { $0.lastAnswer } }

    /// Waits for its turn, in order of arrival; nil where the task is cancelled.
    func enter() async -> Pass? {
        if let pass = tryEnter() { return pass }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let pass: Pass?? = state.withLock { state in
                    // Looked at under the lock: a cancellation after it finds the waiter.
                    if Task.isCancelled { return .some(nil) }
                    if state.waiters.isEmpty, state.limit.hasRoom { return Pass(epoch: state.limit.begin()) }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return .none
                }
                if let pass { continuation.resume(returning: pass) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: nil)
        }
    }

    /// Enters where that takes no waiting.
    func tryEnter() -> Pass? {
        state.withLock { state in
            state.waiters.isEmpty && state.limit.hasRoom ? Pass(epoch: state.limit.begin()) : nil
        }
    }

    /// Gives a pass back and lets the next in.
    func leave(_ pass: Pass, _ outcome: RequestLimit.Outcome, at uptime: Duration) {
        let admitted: [(Waiter, Pass)] = state.withLock { state in
            state.limit.end(outcome, epoch: pass.epoch)
            if outcome == .answered { state.lastAnswer = uptime }
            var admitted: [(Waiter, Pass)] = []
            while !state.waiters.isEmpty, state.limit.hasRoom {
                admitted.append((state.waiters.removeFirst(), Pass(epoch: state.limit.begin())))
            }
            return admitted
        }
        for (waiter, pass) in admitted { waiter.continuation.resume(returning: pass) }
    }
}
