import Synchronization
import Testing

@testable import S3

struct RequestLimitTests {
    private func limit(_ limit: inout RequestLimit, answers: Int) -> Int {
        for _ in 0..<answers { limit.end(.answered, epoch: limit.begin()) }
        return limit.limit
    }

    @Test("half as many after each refusal, down to one; one more after fifty answers, up to the ceiling")
    func steps() {
        var limit = RequestLimit(ceiling: 8)
        var seen: [Int] = []
        for _ in 0..<4 {
            let epochs = (0..<limit.limit).map { _ in limit.begin() }
            limit.end(.throttled, epoch: epochs[0])
            for epoch in epochs.dropFirst() { limit.end(.failed, epoch: epoch) }
            seen.append(limit.limit)
        }
        #expect(seen == [4, 2, 1, 1] && limit.activeCount == 0)
        #expect(self.limit(&limit, answers: 49) == 1)
        #expect(self.limit(&limit, answers: 1) == 2)
        #expect(self.limit(&limit, answers: 1_000) == 8)
    }

    @Test("requests that were refused together halve the limit once")
    func epoch() {
        var limit = RequestLimit(ceiling: 64)
        let epochs = (0..<64).map { _ in limit.begin() }
        for epoch in epochs { limit.end(.throttled, epoch: epoch) }
        #expect(limit.limit == 32 && limit.activeCount == 0)
    }

    @Test("half of what is under way, where that is less than the limit")
    func idle() {
        var limit = RequestLimit(ceiling: 64)
        let epochs = (0..<6).map { _ in limit.begin() }
        limit.end(.throttled, epoch: epochs[0])
        #expect(limit.limit == 3)
    }
}

struct RequestGateTests {
    /// A task that tells whether it got a pass.
    private func entering(_ gate: RequestGate) -> Task<Bool, Never> {
        Task { await gate.enter() != nil }
    }

    @Test("no more are let through than the limit, in order of arrival; all are in the end")
    func order() async {
        let gate = RequestGate(ceiling: 2)
        let active = ActiveCount()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    guard let pass = await gate.enter() else { return }
                    active.begin()
                    await Task.yield()
                    active.end()
                    gate.leave(pass, .answered, at: .zero)
                }
            }
        }
        #expect(active.most == 2 && active.endedCount == 50)
    }

    @Test("a waiting task that is cancelled leaves without a pass, and the others still get theirs")
    func cancel() async throws {
        let gate = RequestGate(ceiling: 1)
        let first = try #require(await gate.enter())
        let cancelled = entering(gate)
        let waiting = entering(gate)
        cancelled.cancel()
        #expect(await cancelled.value == false)
        gate.leave(first, .failed, at: .zero)
        #expect(await waiting.value)
        #expect(gate.tryEnter() == nil)
        #expect(gate.lastAnswer == nil)
    }
}

/// How many are under way at once.
final class ActiveCount: Sendable {
    private let state = Mutex((now: 0, most: 0, ended: 0))
    var most: Int { state.withLock { $0.most } }
    var endedCount: Int { state.withLock { $0.ended } }

    func begin() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func end() {
        state.withLock { state in
            state.now -= 1
            state.ended += 1
        }
    }
}
