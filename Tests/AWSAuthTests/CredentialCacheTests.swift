import Synchronization
import Testing

@testable import AWSAuth

struct CredentialCacheTests {
    /// A source whose answers wait until the test lets them go, under a clock that the test moves.
    private final class Source: CredentialSource {
        struct State {
            var now: Int64 = 1_000_000
            var fetchCount = 0
            var invalidated: [String] = []
            var isOpen = true
            var error: CredentialError?
            var lifetime: Int64? = 3_600
        }

        let state = Mutex(State())

        var fetchCount: Int { state.withLock { $0.fetchCount } }
        var clock: CredentialClock {
            CredentialClock(
                now: { [self] in Timestamp(seconds: state.withLock { $0.now }) }, sleep: { _ in }, random: { 0.5 })
        }

        func pass(_ seconds: Int64) { state.withLock { $0.now += seconds } }

        func credentials() async throws(CredentialError) -> Credentials {
            let number = state.withLock { state in
                state.fetchCount += 1
                return state.fetchCount
            }
            while !state.withLock({ $0.isOpen }) { await Task.yield() }
            if let error = state.withLock({ $0.error }) { throw error }
            let end = state.withLock { state in state.lifetime.map { state.now + $0 } }
            return Credentials(
                accessKeyID: "\(number)", secretAccessKey: "s", expiration: end.map { Timestamp(seconds: $0) })
        }

        func invalidate(_ credentials: Credentials) async {
            state.withLock { $0.invalidated.append(credentials.accessKeyID) }
        }
    }

    private let error = CredentialError(.unavailable, "no answer")

    private func make() -> (Source, CredentialCache) {
        let source = Source()
        return (source, CredentialCache(source, clock: source.clock))
    }

    private func id(_ cache: CredentialCache) async throws -> String { try await cache.credentials().accessKeyID }

    @Test("a thousand callers at once are one question to the source, answered or not", arguments: [true, false])
    func singleFlight(isFailing: Bool) async throws {
        let (source, cache) = make()
        source.state.withLock { $0.error = isFailing ? error : nil }
        source.state.withLock { $0.isOpen = false }
        await withTaskGroup(of: Result<Credentials, CredentialError>.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    do throws(CredentialError) {
                        return .success(try await cache.credentials())
                    } catch {
                        return .failure(error)
                    }
                }
            }
            while source.fetchCount == 0 { await Task.yield() }
            source.state.withLock { $0.isOpen = true }
            for await result in group {
                switch result {
                case .success(let found): #expect(!isFailing && found.accessKeyID == "1")
                case .failure(let found): #expect(isFailing && found == error)
                }
            }
        }
        #expect(source.fetchCount == 1)
    }

    @Test("a caller that is cancelled does not take the answer from the others")
    func cancellation() async throws {
        let (source, cache) = make()
        source.state.withLock { $0.isOpen = false }
        let first = Task { try await cache.credentials() }
        while source.fetchCount == 0 { await Task.yield() }
        let second = Task { try await cache.credentials() }
        first.cancel()
        source.state.withLock { $0.isOpen = true }
        #expect(try await second.value.accessKeyID == "1" && source.fetchCount == 1)
    }

    @Test("credentials without an end are kept for ever")
    func unending() async throws {
        let (source, cache) = make()
        source.state.withLock { $0.lifetime = nil }
        _ = try await id(cache)
        source.pass(1 << 40)
        #expect(try await id(cache) == "1")
    }

    @Test("new ones are fetched ahead of the end while nobody waits for them")
    func refreshAhead() async throws {
        let (source, cache) = make()
        #expect(try await id(cache) == "1")
        // A fifth of an hour before its end.
        source.pass(3_600 - 721)
        #expect(try await id(cache) == "1" && source.fetchCount == 1)
        source.pass(2)
        source.state.withLock { $0.isOpen = false }
        for _ in 0..<10 { #expect(try await id(cache) == "1") }
        while source.fetchCount < 2 { await Task.yield() }
        #expect(try await id(cache) == "1")
        source.state.withLock { $0.isOpen = true }
        while try await id(cache) == "1" { await Task.yield() }
        #expect(try await id(cache) == "2" && source.fetchCount == 2)
    }

    @Test("in the last minute callers wait, and get the old ones only where no new ones come")
    func lastMinute() async throws {
        let (source, cache) = make()
        _ = try await id(cache)
        source.pass(3_600 - 59)
        #expect(try await id(cache) == "2")
        source.pass(3_600 - 59)
        source.state.withLock { $0.error = error }
        #expect(try await id(cache) == "2" && source.fetchCount == 3)
        // Within the pause the source is left alone.
        source.pass(4)
        #expect(try await id(cache) == "2" && source.fetchCount == 3)
        source.pass(56)
        await #expect(throws: error) { try await id(cache) }
    }

    @Test("a failure is told for some seconds, then the source is asked again, less and less often")
    func pauses() async throws {
        let (source, cache) = make()
        source.state.withLock { $0.error = error }
        for (count, pause) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60)] {
            await #expect(throws: error) { try await id(cache) }
            source.pass(Int64(pause) - 1)
            await #expect(throws: error) { try await id(cache) }
            #expect(source.fetchCount == count)
            source.pass(1)
        }
        source.state.withLock { $0.error = nil }
        #expect(try await id(cache) == "7")
        // The next failure is the first again.
        source.pass(3_600)
        source.state.withLock { $0.error = error }
        await #expect(throws: error) { try await id(cache) }
        source.pass(5)
        source.state.withLock { $0.error = nil }
        #expect(try await id(cache) == "9")
    }

    @Test("what a service refused is replaced; what replaced it before is not")
    func invalidation() async throws {
        let (source, cache) = make()
        let first = try await cache.credentials()
        await cache.invalidate(first)
        #expect(try await id(cache) == "2")
        await cache.invalidate(first)
        #expect(try await id(cache) == "2" && source.fetchCount == 2)
        #expect(source.state.withLock { $0.invalidated } == ["1", "1"])
        // After a refusal nothing is left to fall back on.
        await cache.invalidate(try await cache.credentials())
        source.state.withLock { $0.error = error }
        await #expect(throws: error) { try await id(cache) }
    }

    @Test("a source that gives the same short rest again, or credentials that have ended, is asked every five seconds")
    func shortLives() async throws {
        for lifetime in [30, 0, -600] as [Int64] {
            let (source, cache) = make()
            source.state.withLock { $0.lifetime = lifetime }
            for _ in 0..<100 { #expect(try await id(cache) == "1") }
            #expect(source.fetchCount == 1)
            source.pass(lifetime > 0 ? 15 : 5)
            _ = try await id(cache)
            #expect(source.fetchCount == 2)
        }
    }
}
