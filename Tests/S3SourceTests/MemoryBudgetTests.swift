import Synchronization
import Testing

@testable import S3Source

struct MemoryBudgetTests {
    /// Counts the bytes held now and the most ever held.
    private final class Meter: Sendable {
        private let state = Mutex((held: 0, most: 0))

        var most: Int { state.withLock { $0.most } }

        func add(_ byteCount: Int) {
            state.withLock {
                $0.held += byteCount
                $0.most = max($0.most, $0.held)
            }
        }
    }

    @Test("tasks never hold more than the budget, and it is whole again at the end")
    func bounded() async throws {
        let budget = MemoryBudget(byteCount: 100)
        let meter = Meter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                let byteCount = 1 + index * 37 % 100
                group.addTask {
                    try await budget.withBytes(byteCount) {
                        meter.add(byteCount)
                        await Task.yield()
                        meter.add(-byteCount)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(meter.most <= 100)
        #expect(await budget.available == 100)
    }

    @Test("a request above the whole budget is admitted alone")
    func oversized() async throws {
        let budget = MemoryBudget(byteCount: 10)
        let available = try await budget.withBytes(1_000) { await budget.available }
        #expect(available == 0)
        #expect(await budget.available == 10)
    }

    @Test("a cancelled wait throws and leaves the budget whole")
    func cancelled() async throws {
        let budget = MemoryBudget(byteCount: 10)
        try await budget.withBytes(10) {
            let waiter = Task { try await budget.withBytes(1) {} }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
        }
        #expect(await budget.available == 10)
    }

    @Test("bytes come back when the body throws")
    func throwing() async {
        struct Failure: Error {}
        let budget = MemoryBudget(byteCount: 10)
        await #expect(throws: Failure.self) { try await budget.withBytes(5) { throw Failure() } }
        #expect(await budget.available == 10)
    }
}
