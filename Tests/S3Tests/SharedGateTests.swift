import AWSAuth
import HTTP
import Synchronization
import Testing

@testable import S3

/// One gate for all requests of a bucket.
struct SharedGateTests {
    /// Answers pages and objects, and counts how many requests are under way at once.
    private final class Counting: HTTPTransport {
        let lists = ActiveCount()
        let all = ActiveCount()
        private let refusalCount: Int
        private let begunCount = Mutex(0)

        /// Refuses the first requests, once all of them are there.
        init(refusingFirst count: Int = 0) { refusalCount = count }

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            let isList = request.target.contains("list-type")
            if isList { lists.begin() }
            all.begin()
            let number = begunCount.withLock { count in
                count += 1
                return count
            }
            let isRefused = number <= refusalCount
            while isRefused && begunCount.withLock({ $0 }) < refusalCount { await Task.yield() }
            for _ in 0..<20 { await Task.yield() }
            all.end()
            if isList { lists.end() }
            let reply =
                isRefused
                ? .error("SlowDown", status: 503) : isList ? page(["a"]) : .answer(status: 200, body: [[1]])
            return try await ScriptedTransport([reply]).send(request)
        }
    }

    private func client(_ transport: Counting, requestCount: Int) throws -> S3Client {
        try S3Client(
            bucket: "bucket", configuration: S3Configuration(region: "eu-west-1"), credentials: nil,
            transport: transport, requestCount: requestCount,
            clock: S3Clock(
                now: { Timestamp(seconds: 1_773_500_966) }, uptime: { .zero }, sleep: { _ in }, random: { 0.5 }))
    }

    private func run(_ client: S3Client, listCount: Int, readCount: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<listCount { group.addTask { _ = try? await client.listObjects().all() } }
            for _ in 0..<readCount { group.addTask { _ = try? await client.get(ObjectKey("k")) } }
        }
    }

    @Test("listings and reads together are no more than the limit")
    func shared() async throws {
        let transport = Counting()
        await run(try client(transport, requestCount: 2), listCount: 10, readCount: 10)
        #expect(transport.all.most == 2 && transport.all.endedCount == 20 && transport.lists.endedCount == 10)
    }

    @Test("a listing that is throttled leaves room for fewer reads")
    func lowered() async throws {
        let transport = Counting(refusingFirst: 1)
        let client = try client(transport, requestCount: 16)
        _ = try await client.listObjects().all()
        #expect(client.gate.limit == 1)
        await run(client, listCount: 0, readCount: 20)
        #expect(transport.all.most == 1 && transport.all.endedCount == 22)
    }

    @Test("reads that are throttled together halve the limit once")
    func halved() async throws {
        let transport = Counting(refusingFirst: 8)
        let client = try client(transport, requestCount: 8)
        await run(client, listCount: 4, readCount: 4)
        #expect(client.gate.limit == 4 && transport.all.endedCount == 16)
    }

    @Test("time before a request has its turn is none of the time in which it may fail")
    func waiting() async throws {
        let uptime = Mutex(Duration.zero)
        let readingCount = Mutex(0)
        let client = try S3Client(
            bucket: "bucket", configuration: S3Configuration(region: "eu-west-1"), credentials: nil,
            transport: ScriptedTransport([.error("InternalError", status: 500), page(["a"])]), requestCount: 1,
            clock: S3Clock(
                now: { Timestamp(seconds: 1_773_500_966) },
                uptime: {
                    readingCount.withLock { $0 += 1 }
                    return uptime.withLock { $0 }
                }, sleep: { _ in }, random: { 0.5 }))
        let pass = try #require(client.gate.tryEnter())
        let list = Task { try await client.listObjects().all() }
        // Read when the request is thought of, and again when it comes to the gate.
        for _ in 0..<100_000 where readingCount.withLock({ $0 }) < 2 { await Task.yield() }
        uptime.withLock { $0 = RetryPolicy.standard.budget + .seconds(1) }
        client.gate.leave(pass, .failed, at: .zero)
        #expect(try await list.value.count == 1)
    }
}
