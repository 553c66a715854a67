/// Bytes that may be held at once by all objects being read.
///
/// Waiting is first come, first served. A request above the whole budget is admitted alone rather than never, and who
/// holds bytes never waits for more, so that no two can wait for each other.
actor MemoryBudget {
    private struct Waiter {
        let id: Int
        let byteCount: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// The whole budget in bytes.
    nonisolated let byteCount: Int
    /// Bytes not held now; negative where pages turned out larger than the footer said.
    private(set) var available: Int
    private var held: [Int: Int] = [:]
    private var waiters: [Waiter] = []
    private var nextID = 0

    /// Number of leases that wait for bytes.
    var waitingCount: Int { waiters.count }

    init(byteCount: Int) {
        precondition(byteCount > 0, "MemoryBudget: no bytes")
        self.byteCount = byteCount
        available = byteCount
    }

    /// Runs `body` with a lease, which holds nothing at first; what it holds in the end is given back.
    nonisolated func withLease<Result>(_ body: (MemoryLease) async throws -> Result) async throws -> Result {
        let lease = MemoryLease(budget: self, id: await open())
        do {
            let result = try await body(lease)
            await close(lease.id)
            return result
        } catch {
            await close(lease.id)
            throw error
        }
    }

    private func open() -> Int {
        nextID += 1
        held[nextID] = 0
        return nextID
    }

    private func close(_ id: Int) {
        available += held.removeValue(forKey: id) ?? 0
        admitWaiters()
    }

    fileprivate func acquire(_ wanted: Int, for id: Int) async throws -> Int {
        precondition(held[id] == 0, "MemoryBudget: waiting while holding")
        let byteCount = min(max(wanted, 1), self.byteCount)
        try await wait(for: byteCount)
        held[id] = byteCount
        return byteCount
    }

    fileprivate func tryAcquire(_ byteCount: Int, for id: Int) -> Bool {
        guard waiters.isEmpty, available >= byteCount else { return false }
        change(by: byteCount, for: id)
        return true
    }

    fileprivate func change(by byteCount: Int, for id: Int) {
        held[id, default: 0] += byteCount
        available -= byteCount
        admitWaiters()
    }

    private func wait(for byteCount: Int) async throws {
        try Task.checkCancellation()
        if waiters.isEmpty, available >= byteCount {
            available -= byteCount
            return
        }
        nextID += 1
        let id = nextID
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

/// What one object holds of a memory budget.
struct MemoryLease: Sendable {
    fileprivate let budget: MemoryBudget
    fileprivate let id: Int

    /// Waits until `byteCount` bytes, or the whole budget where that is less, are free, and holds them; the lease must
    /// hold nothing before.
    ///
    /// - Returns: how many bytes it holds now.
    /// - Throws: `CancellationError` when cancelled while waiting.
    func acquire(_ byteCount: Int) async throws -> Int { try await budget.acquire(byteCount, for: id) }

    /// Holds `byteCount` bytes more if they are free and nobody waits for any.
    func tryAcquire(_ byteCount: Int) async -> Bool { await budget.tryAcquire(byteCount, for: id) }

    /// Holds `byteCount` bytes more, free or not: for memory that is in use already. Negative: gives bytes back.
    func change(by byteCount: Int) async { await budget.change(by: byteCount, for: id) }
}
