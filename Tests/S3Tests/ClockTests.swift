import AWSAuth
import HTTP
import Synchronization
import Testing

@testable import S3

/// Times of signatures: read once for each, and corrected where the clock is wrong.
struct ClockTests {
    /// The clock of `TestClient` says 15:09:26.
    private static let hourLater = ["Date": "Sat, 14 Mar 2026 16:09:26 GMT"]

    @Test(
        "a clock that is wrong is corrected once, and stays so",
        arguments: [
            .error("RequestTimeTooSkewed", status: 403, headers: hourLater), .answer(status: 403, headers: hourLater),
        ] as [ScriptedTransport.Reply])
    func corrected(refusal: ScriptedTransport.Reply) async throws {
        let test = try TestClient([refusal, page(["a"]), page(["b"])])
        _ = try await test.client.listObjects().all()
        _ = try await test.client.listObjects().all()
        #expect(
            test.transport.requests.map { $0[header: "X-Amz-Date"] } == [
                "20260314T150926Z", "20260314T160926Z", "20260314T160926Z",
            ])
        #expect(test.log.slept.isEmpty)
        #expect(test.log.events.filter { $0 == .clockCorrected(seconds: -3_600) }.count == 1)
    }

    @Test("a refusal at the right time is not the clock's fault")
    func rightTime() async throws {
        let test = try TestClient([.answer(status: 403, headers: ["Date": "Sat, 14 Mar 2026 15:12:26 GMT"])])
        let error = try await #require(throws: S3Error.self) { try await test.client.headBucket() }
        #expect(error.kind == .accessDenied && test.transport.requests.count == 1)
    }

    @Test("a server that refuses its own time, or names none, ends the attempts")
    func circle() async throws {
        let refusal = ScriptedTransport.Reply.error("RequestTimeTooSkewed", status: 403, headers: Self.hourLater)
        let circle = try TestClient([refusal, refusal])
        let first = try await #require(throws: S3Error.self) { try await circle.client.listObjects().all() }
        #expect(first.kind == .clockSkewed && first.attemptCount == 2)
        let silent = try TestClient([.error("RequestTimeTooSkewed", status: 403)])
        let second = try await #require(throws: S3Error.self) { try await silent.client.listObjects().all() }
        #expect(second.kind == .clockSkewed && silent.transport.requests.count == 1)
    }

    @Test("each attempt reads the clock once and has a signature of its own")
    func freshSignatures() async throws {
        let transport = ScriptedTransport([.answer(status: 503), .answer(status: 500), page(["a"])])
        let readings = Mutex<Int64>(0)
        let second: @Sendable () -> Timestamp = {
            Timestamp(
                seconds: 1_773_500_966
                    + readings.withLock {
                        $0 += 1; return $0
                    })
        }
        let client = try S3Client(
            bucket: "bucket", configuration: S3Configuration(region: "eu-west-1"),
            credentials: TestClient.credentials, transport: transport,
            clock: S3Clock(now: second, uptime: { .zero }, sleep: { _ in }, random: { 0 }))
        _ = try await client.listObjects().all()
        let times = transport.requests.map { $0[header: "X-Amz-Date"] }
        #expect(times == ["20260314T150927Z", "20260314T150928Z", "20260314T150929Z"])
        #expect(Set(transport.requests.map { $0[header: "Authorization"] }).count == 3)
    }
}
