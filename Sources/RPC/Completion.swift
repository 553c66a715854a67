import Synchronization

/// Something asked of gRPC, whose end a completion queue announces; any number of tasks may await it.
///
/// Open to subclasses that carry the memory gRPC writes to until the end. Queue and gRPC keep it alive until then.
class Completion: @unchecked Sendable {
    /// How a wait ended.
    enum Outcome {
        case succeeded
        case failed
        /// The waiting task was cancelled; what was asked for is still under way.
        case abandoned
    }

    private struct State {
        var outcome: Outcome?
        var waiters: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
        var lastWaiter: UInt64 = 0
        var abandoned: Set<UInt64> = []
    }

    private let state = Mutex(State())
    private let onEnd: (@Sendable (Bool) -> Void)?

    /// Creates one that calls `onEnd` on the queue's thread, before any waiting task resumes.
    init(onEnd: (@Sendable (Bool) -> Void)? = nil) { self.onEnd = onEnd }

    /// Announces the end; called once.
    func complete(_ succeeded: Bool) {
        onEnd?(succeeded)
        let outcome = succeeded ? Outcome.succeeded : .failed
        let waiters = state.withLock { state in
            state.outcome = outcome
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: outcome) }
    }

    /// Awaits the end, whether or not the task is cancelled.
    func end() async -> Bool { await wait(as: register()) == .succeeded }

    /// Awaits the end or the cancellation of the task, whichever comes first.
    func endOrCancellation() async -> Outcome {
        let waiter = register()
        return await withTaskCancellationHandler {
            await wait(as: waiter)
        } onCancel: {
            state.withLock { state in
                state.abandoned.insert(waiter)
                return state.waiters.removeValue(forKey: waiter)
            }?.resume(returning: .abandoned)
        }
    }

    private func register() -> UInt64 {
        state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
    }

    private func wait(as waiter: UInt64) async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome: Outcome? = state.withLock { state in
                if let outcome = state.outcome { return outcome }
                if state.abandoned.contains(waiter) { return .abandoned }
                state.waiters[waiter] = continuation
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }
}
