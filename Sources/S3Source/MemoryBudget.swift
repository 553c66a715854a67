/// Bytes that may be held at once by all objects being read.
///
/// Waiting is first come, first served. A request above the whole budget is admitted alone rather than never, and a
/// task that holds bytes must not ask for more, so tasks cannot wait for each other.
actor MemoryBudget {
    private struct Waiter {
        let id: Int
        let byteCount: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// The whole budget in bytes.
    let byteCount: Int
    /// Bytes not held now.
    private(set) var available: Int
    private var waiters: [Waiter] = []
    private var nextID = 0

    init(byteCount: Int) {
        precondition(byteCount > 0, "MemoryBudget: no bytes")
        self.byteCount = byteCount
        available = byteCount
    }

    /// Runs `body` while holding `byteCount` bytes of the budget.
    ///
    /// - Throws: `CancellationError` when cancelled while waiting; what `body` throws.
    nonisolated func withBytes<Result>(
        _ byteCount: Int, _ body: () async throws -> Result
    ) async throws -> Result {
        let held = min(max(byteCount, 1), self.byteCount)
        try await acquire(held)
        do {
            let result = try await body()
            await release(held)
            return result
        } catch {
            await release(held)
            throw error
        }
    }

    private func acquire(_ byteCount: Int) async throws {
        try Task.checkCancellation()
        if waiters.isEmpty, available >= byteCount {
            available -= byteCount
            return
        }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters.append(Waiter(id: id, byteCount: byteCount, continuation: continuation))
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    private func release(_ byteCount: Int) {
        available += byteCount
        admitWaiters()
    }

    private func abandon(_ id: Int) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: CancellationError())
        admitWaiters()
    }

    private func admitWaiters() {
        while let first = waiters.first, available >= first.byteCount {
            available -= first.byteCount
            waiters.removeFirst().continuation.resume()
        }
    }
}
