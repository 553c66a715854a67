import AWSAuth
import ByteCore
import HTTP
import Synchronization
import Testing

@testable import S3

struct HedgingTests {
    /// Answers fresh connections at once and the others only when they are cancelled, where it is told to.
    private final class Late: HTTPTransport {
        private let state = Mutex((isLate: false, requests: [HTTPRequest](), cancelledCount: 0))
        var requests: [HTTPRequest] { state.withLock { $0.requests } }
        var cancelledCount: Int { state.withLock { $0.cancelledCount } }

        func setLate() { state.withLock { $0.isLate = true } }

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            let isLate = state.withLock { state in
                state.requests.append(request)
                return state.isLate && !request.usesFreshConnection
            }
            if isLate {
                while !Task.isCancelled { await Task.yield() }
                state.withLock { $0.cancelledCount += 1 }
                throw HTTPError(.cancelled, "cancelled")
            }
            let answer = ScriptedTransport([
                .answer(status: 206, headers: ["Content-Range": "bytes 0-1/9", "ETag": "\"e\""], body: [[1, 2]])
            ])
            return try await answer.send(request)
        }
    }

    private let transport = Late()
    private let events = EventLog()

    private func client(_ hedging: Hedging) throws -> S3Client {
        try S3Client(
            bucket: "bucket", configuration: S3Configuration(region: "eu-west-1"), credentials: TestClient.credentials,
            transport: transport, hedging: hedging,
            clock: S3Clock(
                now: { Timestamp(seconds: 1_773_500_966) }, uptime: { .zero },
                sleep: { _ in for _ in 0..<100 { await Task.yield() } }, random: { 0.5 }),
            observer: { [events] in events.add($0) })
    }

    @Test("a late small request is sent again on a connection of its own, and the answer is taken")
    func late() async throws {
        let client = try client(Hedging(budget: 1))
        transport.setLate()
        #expect(try await client.get(ObjectKey("k"), range: 0..<2) == Bytes([1, 2]))
        #expect(transport.requests.map(\.usesFreshConnection) == [false, true] && transport.cancelledCount == 1)
        #expect(transport.requests.allSatisfy { $0[header: "Authorization"] != nil })
        #expect(events.attempts.map(\.purpose) == [.first, .hedge])
        #expect(events.attempts.map(\.failure) == [.cancelled, nil])
        #expect(client.gate.limit == 64 && (0..<64).allSatisfy { _ in client.gate.tryEnter() != nil })
    }

    @Test("no more than the budget are sent twice")
    func budget() async throws {
        let client = try client(Hedging(budget: 0.02))
        for _ in 0..<49 { _ = try await client.get(ObjectKey("k"), range: 0..<2) }
        transport.setLate()
        _ = try await client.get(ObjectKey("k"), range: 0..<2)
        #expect(transport.requests.count == 51 && transport.requests.last?.usesFreshConnection == true)
        // Nothing is left for another one, which then has no answer.
        let late = Task { try? await client.get(ObjectKey("k"), range: 0..<2) }
        while transport.requests.count < 52 { await Task.yield() }
        for _ in 0..<5_000 { await Task.yield() }
        late.cancel()
        #expect(await late.value == nil && transport.requests.count == 52)
        let budget = HedgeBudget(Hedging())
        var taken = 0
        for _ in 0..<1_000 {
            budget.countRequest()
            if budget.take() { taken += 1 }
        }
        #expect(taken == 20)
    }

    @Test("late is three times what most take, and half a second at least; large answers are never late")
    func delay() {
        let budget = HedgeBudget(Hedging())
        #expect(budget.delay(byteCount: 10) == .milliseconds(500))
        for count in 1...100 { budget.note(latency: .milliseconds(count * 10)) }
        #expect(budget.delay(byteCount: 1 << 20) == .milliseconds(2_850))
        #expect(budget.delay(byteCount: (1 << 20) + 1) == nil)
        for _ in 0..<256 { budget.note(latency: .milliseconds(10)) }
        #expect(budget.delay(byteCount: 10) == .milliseconds(500))
    }
}

/// Keeps what a client tells.
final class EventLog: Sendable {
    private let state = Mutex<[S3Event]>([])
    var events: [S3Event] { state.withLock { $0 } }
    var attempts: [S3Attempt] { events.compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } } }
    func add(_ event: S3Event) { state.withLock { $0.append(event) } }
}
