/// Bytes that may be held at once by all objects being read.
///
/// Waiting is first come, first served, but those that go on come before those that begin: few objects are read to their
/// end rather than many begun. A request above the whole budget is admitted alone rather than never. Bytes are asked for
/// in one of two ways:
/// - All at once: who holds such bytes never waits for more, so that no two can wait for each other.
/// - As a claim, for what arrives bit by bit and holds only what has arrived. Since claims are half full on the average,
///   twice as much may be claimed as there is; a claim grows only where all of them can still be completed, one after the
///   other (the banker's algorithm), those with the least missing first.
actor MemoryBudget {
    private struct Waiter {
        enum Wish { case bytes, claim, growth }

        let id: Int
        let lease: Int
        let wish: Wish
        let byteCount: Int
        /// Whether its object holds bytes, or did until now.
        let goesOn: Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Claim {
        var held = 0
        var missing: Int
    }

    /// So many times the bytes that no one holds outside of claims may be claimed.
    private static let claimedFactor = 2

    /// The whole budget in bytes.
    nonisolated let byteCount: Int
    /// Bytes not held now; negative where pages turned out larger than the footer said.
    private(set) var available: Int
    /// By lease, what it holds outside of its claim.
    private var held: [Int: Int] = [:]
    /// By lease.
    private var claims: [Int: Claim] = [:]
    /// Those who wish a claim to grow, in no order; then who goes on, and then who begins.
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
        available += (held.removeValue(forKey: id) ?? 0) + (claims.removeValue(forKey: id)?.held ?? 0)
        admitWaiters()
    }

    // MARK: - All at once

    fileprivate func exchange(_ given: Int, for wanted: Int, of id: Int) async throws -> Int {
        precondition(held[id] == given, "MemoryBudget: waiting while holding")
        let byteCount = min(max(wanted, 1), self.byteCount)
        held[id] = 0
        available += given
        // What is given back goes to nobody else first.
        let goesOn = given > 0
        if mayPass(goesOn: goesOn), available >= byteCount {
            available -= byteCount
        } else {
            try await wait(for: byteCount, as: .bytes, goesOn: goesOn, of: id)
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

    // MARK: - Claims

    fileprivate func claim(_ byteCount: Int, goesOn: Bool, of id: Int) async throws {
        precondition(claims[id] == nil, "MemoryBudget: two claims")
        let byteCount = min(max(byteCount, 1), self.byteCount)
        if mayPass(goesOn: goesOn), mayClaim(byteCount) {
            claims[id] = Claim(missing: byteCount)
        } else {
            try await wait(for: byteCount, as: .claim, goesOn: goesOn, of: id)
        }
    }

    fileprivate func growClaim(by wanted: Int, of id: Int) async throws {
        guard let claim = claims[id] else { preconditionFailure("MemoryBudget: no claim") }
        let byteCount = min(wanted, claim.missing)
        if !waiters.contains(where: { $0.wish == .growth }), mayGrow(id, by: byteCount) {
            grow(id, by: byteCount)
        } else {
            try await wait(for: byteCount, as: .growth, goesOn: true, of: id)
        }
    }

    fileprivate func raiseClaim(to byteCount: Int, of id: Int) {
        guard var claim = claims[id] else { preconditionFailure("MemoryBudget: no claim") }
        claim.missing = max(claim.missing, min(byteCount, self.byteCount) - claim.held)
        var raised = claims
        raised[id] = claim
        if canComplete(raised) { claims = raised }
    }

    fileprivate func settleClaim(of id: Int) -> Int {
        let byteCount = claims.removeValue(forKey: id)?.held ?? 0
        held[id, default: 0] += byteCount
        // What others can count on has changed.
        admitWaiters()
        return byteCount
    }

    private func mayClaim(_ byteCount: Int) -> Bool {
        let claimed = claims.values.reduce(byteCount) { $0 + $1.held + $1.missing }
        let heldByOthers = self.byteCount - available - claims.values.reduce(0) { $0 + $1.held }
        return heldByOthers + claimed / Self.claimedFactor <= self.byteCount
    }

    /// Whether there are so many bytes, and whether all claims can be completed after this one has them.
    private func mayGrow(_ id: Int, by byteCount: Int) -> Bool {
        guard available >= byteCount else { return false }
        var others = claims
        others[id]?.held += byteCount
        others[id]?.missing -= byteCount
        return canComplete(others)
    }

    /// Whether claims can be completed one after the other. What is held outside of them is given back without waiting
    /// for anything.
    private func canComplete(_ claims: [Int: Claim]) -> Bool {
        var free = self.byteCount - claims.values.reduce(0) { $0 + $1.held }
        for claim in claims.values.sorted(by: { $0.missing < $1.missing }) {
            guard claim.missing <= free else { return false }
            free += claim.held
        }
        return true
    }

    private func grow(_ id: Int, by byteCount: Int) {
        claims[id]?.held += byteCount
        claims[id]?.missing -= byteCount
        available -= byteCount
    }

    // MARK: - Waiting

    /// Whether nobody waits who comes first.
    private func mayPass(goesOn: Bool) -> Bool { !waiters.contains { $0.goesOn || !goesOn } }

    private func wait(for byteCount: Int, as wish: Waiter.Wish, goesOn: Bool, of lease: Int) async throws {
        try Task.checkCancellation()
        nextID += 1
        let id = nextID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    let place =
                        switch wish {
                        case .growth: 0
                        case .bytes, .claim:
                            goesOn ? waiters.firstIndex { !$0.goesOn } ?? waiters.endIndex : waiters.endIndex
                        }
                    waiters.insert(
                        Waiter(
                            id: id, lease: lease, wish: wish, byteCount: byteCount, goesOn: goesOn,
                            continuation: continuation),
                        at: place)
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
        while let index = nextWaiter, admit(waiters[index]) { waiters.remove(at: index).continuation.resume() }
    }

    /// Index of the one whose turn it is.
    private var nextWaiter: Int? {
        let growing = waiters.prefix { $0.wish == .growth }.indices
        return growing.min { missing(of: waiters[$0]) < missing(of: waiters[$1]) } ?? waiters.indices.first
    }

    private func missing(of waiter: Waiter) -> Int { claims[waiter.lease]?.missing ?? 0 }

    /// Gives a waiter what it waits for, if that may be.
    private func admit(_ waiter: Waiter) -> Bool {
        switch waiter.wish {
        case .bytes:
            guard available >= waiter.byteCount else { return false }
            available -= waiter.byteCount
        case .claim:
            guard mayClaim(waiter.byteCount) else { return false }
            claims[waiter.lease] = Claim(missing: waiter.byteCount)
        case .growth:
            guard mayGrow(waiter.lease, by: waiter.byteCount) else { return false }
            grow(waiter.lease, by: waiter.byteCount)
        }
        return true
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

    /// Waits until `byteCount` bytes, or the whole budget where that is less, may be claimed; the lease must have no
    /// claim before. It may hold bytes that it gives back without waiting for the claim.
    ///
    /// - Parameter goesOn: whether the object has begun.
    /// - Throws: `CancellationError` when cancelled while waiting.
    func claim(_ byteCount: Int, goesOn: Bool) async throws {
        try await budget.claim(byteCount, goesOn: goesOn, of: id)
    }

    /// Waits until `byteCount` bytes of the claim, or what is missing of it where that is less, can be held.
    ///
    /// - Throws: `CancellationError` when cancelled while waiting.
    func growClaim(by byteCount: Int) async throws { try await budget.growClaim(by: byteCount, of: id) }

    /// Makes the claim one for `byteCount` bytes, where it is for fewer and all claims can still be completed.
    func raiseClaim(to byteCount: Int) async { await budget.raiseClaim(to: byteCount, of: id) }

    /// Ends the claim, and holds on to what it has; returns how many bytes that is.
    func settleClaim() async -> Int { await budget.settleClaim(of: id) }
}
