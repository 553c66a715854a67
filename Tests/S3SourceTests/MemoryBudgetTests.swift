import Synchronization
import TestSupport
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

    /// Names in the order in which they came.
    private final class Order: Sendable {
        private let state = Mutex<[String]>([])

        var names: [String] { state.withLock { $0 } }

        func add(_ name: String) { state.withLock { $0.append(name) } }
    }

    @Test("leases never hold more than the budget, and it is whole again at the end")
    func bounded() async throws {
        let budget = MemoryBudget(byteCount: 100)
        let meter = Meter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                let byteCount = 1 + index * 37 % 100
                group.addTask {
                    try await budget.withLease { lease in
                        let held = try await lease.acquire(byteCount)
                        #expect(held == byteCount)
                        meter.add(byteCount)
                        await Task.yield()
                        let isMore = await lease.tryAcquire(byteCount / 2)
                        if isMore { meter.add(byteCount / 2) }
                        await Task.yield()
                        meter.add(-(byteCount + (isMore ? byteCount / 2 : 0)))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(meter.most <= 100)
        #expect(await budget.available == 100)
    }

    @Test("claims beyond the budget are all completed, and never hold more than it has", arguments: UInt64(0)..<20)
    func claims(seed: UInt64) async throws {
        let budget = MemoryBudget(byteCount: 100)
        let meter = Meter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                var generator = SeededGenerator(seed: seed << 8 + UInt64(index))
                group.addTask {
                    try await budget.withLease { lease in
                        var goesOn = false
                        for _ in 0..<3 {
                            let byteCount = Int.random(in: 1...100, using: &generator)
                            try await lease.claim(byteCount, goesOn: goesOn)
                            goesOn = true
                            var missing = byteCount
                            while missing > 0 {
                                let part = min(missing, Int.random(in: 1...40, using: &generator))
                                try await lease.growClaim(by: part)
                                meter.add(part)
                                missing -= part
                                if Bool.random(using: &generator) { await Task.yield() }
                            }
                            let held = await lease.settleClaim()
                            #expect(held == byteCount, "seed \(seed)")
                            let isMore = await lease.tryAcquire(5)
                            if isMore { meter.add(5) }
                            await Task.yield()
                            meter.add(-byteCount - (isMore ? 5 : 0))
                            await lease.change(by: -byteCount - (isMore ? 5 : 0))
                        }
                    }
                }
                group.addTask {
                    try await budget.withLease { lease in
                        let byteCount = 1 + index * 37 % 100
                        _ = try await lease.acquire(byteCount)
                        meter.add(byteCount)
                        await Task.yield()
                        meter.add(-byteCount)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(meter.most <= 100, "seed \(seed)")
        #expect(await budget.available == 100, "seed \(seed)")
    }

    @Test("claims are twice what there is; the last bytes go to the claim with the least missing")
    func claimsTwice() async throws {
        let budget = MemoryBudget(byteCount: 100)
        let third = Task { [budget] in
            while await budget.available != 30 { await Task.yield() }
            try await budget.withLease { try await $0.claim(30, goesOn: false) }
        }
        try await budget.withLease { first in
            try await first.claim(80, goesOn: false)
            try await first.growClaim(by: 50)
            try await budget.withLease { second in
                try await second.claim(120, goesOn: false)
                try await second.growClaim(by: 20)
                while await budget.waitingCount < 1 { await Task.yield() }
                // 30 bytes are free, and with 1 fewer the first could not be completed.
                let waiting = Task { try await second.growClaim(by: 1) }
                while await budget.waitingCount < 2 { await Task.yield() }
                try await first.growClaim(by: 30)
                #expect(await budget.available == 0)
                let held = await first.settleClaim()
                #expect(held == 80)
                await first.change(by: -held)
                try await waiting.value
                try await second.growClaim(by: .max)
                #expect(await second.settleClaim() == 100, "no more than all")
            }
        }
        try await third.value
        #expect(await budget.available == 100)
    }

    @Test("a claim is raised where all can still be completed, and to no more than there is")
    func raised() async throws {
        let budget = MemoryBudget(byteCount: 100)
        try await budget.withLease { first in
            try await first.claim(60, goesOn: false)
            try await first.growClaim(by: 50)
            try await budget.withLease { second in
                try await second.claim(60, goesOn: false)
                try await second.growClaim(by: 30)
                // 20 bytes are free: with up to 20 missing the first goes first, with more neither could go.
                await second.raiseClaim(to: 200)
                await first.raiseClaim(to: 71)
                await first.raiseClaim(to: 70)
                await first.raiseClaim(to: 50)
                try await first.growClaim(by: .max)
                #expect(await first.settleClaim() == 70)
                await first.change(by: -70)
                try await second.growClaim(by: .max)
                #expect(await second.settleClaim() == 100)
            }
        }
        #expect(await budget.available == 100)
    }

    @Test("a claim that waits to grow ends when it is cancelled, and leaves the budget whole")
    func cancelledClaim() async throws {
        let budget = MemoryBudget(byteCount: 10)
        try await budget.withLease { lease in
            _ = try await lease.acquire(8)
            let growing = Task {
                try await budget.withLease { other in
                    try await other.claim(4, goesOn: true)
                    try await other.growClaim(by: 3)
                }
            }
            let claiming = Task { try await budget.withLease { try await $0.claim(4, goesOn: false) } }
            while await budget.waitingCount < 2 { await Task.yield() }
            growing.cancel()
            claiming.cancel()
            await #expect(throws: CancellationError.self) { try await growing.value }
            await #expect(throws: CancellationError.self) { try await claiming.value }
        }
        #expect(await budget.available == 10)
    }

    @Test("a request above the whole budget is admitted alone")
    func oversized() async throws {
        let budget = MemoryBudget(byteCount: 10)
        try await budget.withLease { lease in
            let held = try await lease.acquire(1_000)
            #expect(held == 10)
            #expect(await budget.available == 0)
        }
        #expect(await budget.available == 10)
    }

    @Test("a cancelled wait throws and leaves the budget whole")
    func cancelled() async throws {
        let budget = MemoryBudget(byteCount: 10)
        try await budget.withLease { lease in
            _ = try await lease.acquire(10)
            let waiter = Task { try await budget.withLease { _ = try await $0.acquire(1) } }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
        }
        #expect(await budget.available == 10)
    }

    @Test("bytes come back when the body throws")
    func throwing() async {
        struct Failure: Error {}
        let budget = MemoryBudget(byteCount: 10)
        await #expect(throws: Failure.self) {
            try await budget.withLease { lease in
                _ = try await lease.acquire(5)
                throw Failure()
            }
        }
        #expect(await budget.available == 10)
    }

    @Test("bytes given back admit who waits; more than the budget has keeps others out; nobody overtakes a waiter")
    func changing() async throws {
        let budget = MemoryBudget(byteCount: 10)
        try await budget.withLease { lease in
            _ = try await lease.acquire(8)
            await lease.change(by: 7)
            #expect(await budget.available == -5)
            let waiter = Task { try await budget.withLease { try await $0.acquire(4) } }
            while await budget.waitingCount == 0 { await Task.yield() }
            await lease.change(by: -8)
            #expect(await budget.available == 3)
            #expect(await lease.tryAcquire(1) == false)
            await lease.change(by: -1)
            let admitted = try await waiter.value
            #expect(admitted == 4)
        }
        #expect(await budget.available == 10)
    }

    @Test("who goes on comes before those who begin, and what is given back goes to nobody else first")
    func exchange() async throws {
        let budget = MemoryBudget(byteCount: 10)
        try await budget.withLease { lease in
            let held = try await lease.acquire(6)
            let other = Task { try await budget.withLease { try await $0.acquire(5) } }
            while await budget.waitingCount < 1 { await Task.yield() }
            #expect(try await lease.exchange(held, for: 10) == 10, "at once, although another waits")
            #expect(await budget.waitingCount == 1)
            #expect(try await lease.exchange(10, for: 4) == 4)
            #expect(try await other.value == 5)
        }
        #expect(await budget.available == 10)
    }

    @Test("those who go on wait in order, before all who begin")
    func exchangeInOrder() async throws {
        let budget = MemoryBudget(byteCount: 10)
        let order = Order()
        try await budget.withLease { first in
            let held = try await first.acquire(5)
            let second = Task {
                try await budget.withLease { lease in
                    let held = try await lease.acquire(5)
                    _ = try await lease.exchange(held, for: 8)
                    order.add("goes on")
                }
            }
            while await budget.waitingCount < 1 { await Task.yield() }
            let third = Task {
                try await budget.withLease { lease in
                    _ = try await lease.acquire(5)
                    order.add("begins")
                }
            }
            while await budget.waitingCount < 2 { await Task.yield() }
            await first.change(by: -held)
            try await second.value
            try await third.value
        }
        #expect(order.names == ["goes on", "begins"])
    }
}
