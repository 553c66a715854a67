/// Bytes that may be held at once by all objects being read.
///
/// Waiting is first come, first served, but those that go on come before those that begin: few objects are read to their
/// end rather than many begun. A request above the whole budget is admitted alone rather than never, and who holds bytes
/// never waits for more, so that no two can wait for each other.
actor MemoryBudget {
    private struct Waiter {
        let id: Int
        let byteCount: Int
        /// Whether it held bytes until now.
        let goesOn: Bool
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

    fileprivate func exchange(_ given: Int, for wanted: Int, of id: Int) async throws -> Int {
        precondition(held[id] == given, "MemoryBudget: waiting while holding")
        let byteCount = min(max(wanted, 1), self.byteCount)
        held[id] = 0
        available += given
        // What is given back goes to nobody else first.
        let goesOn = given > 0
        if available >= byteCount, !waiters.contains(where: { $0.goesOn || !goesOn }) {
            available -= byteCount
        } else {
            try await wait(for: byteCount, goesOn: goesOn)
        }
        held[id] = byteCount
        admitWaiters()
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

    private func wait(for byteCount: Int, goesOn: Bool) async throws {
        try Task.checkCancellation()
        nextID += 1
        let id = nextID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    let place = goesOn ? waiters.firstIndex { !$0.goesOn } ?? waiters.endIndex : waiters.endIndex
                    waiters.insert(
                        Waiter(id: id, byteCount: byteCount, goesOn: goesOn, continuation: continuation), at: place)
                    // What was given back for it may be enough for the first.
                    admitWaiters()
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
    func acquire(_ byteCount: Int) async throws -> Int { try await exchange(0, for: byteCount) }

    /// Gives back the `given` bytes that it holds, which must be all, and waits for others before those that hold none.
    func exchange(_ given: Int, for byteCount: Int) async throws -> Int {
        try await budget.exchange(given, for: byteCount, of: id)
    }

    /// Holds `byteCount` bytes more if they are free and nobody waits for any.
    func tryAcquire(_ byteCount: Int) async -> Bool { await budget.tryAcquire(byteCount, for: id) }

    /// Holds `byteCount` bytes more, free or not: for memory that is in use already. Negative: gives bytes back.
    func change(by byteCount: Int) async { await budget.change(by: byteCount, for: id) }
}
