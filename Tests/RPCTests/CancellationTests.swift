import ByteCore
import RPC
import Testing

@Suite("Cancellation", .timeLimit(.minutes(1)))
struct CancellationTests {
    /// How a client goes away.
    enum Departure: CaseIterable {
        case taskCancelled
        case streamLetGo
        case clientClosed
    }

    @Test(
        "A client that goes away cancels the handler's task, sending or not", arguments: Departure.allCases,
        [true, false])
    func clientLeaves(departure: Departure, isSending: Bool) async throws {
        let ended = Signal()
        let service = TestService { call in
            defer {
                #expect(Task.isCancelled)
                #expect(call.isCancelled)
                ended.set()
            }
            #expect(!call.isCancelled)
            try await call.send([Bytes(utf8: "started")])
            while isSending { try await call.send([.pattern(count: 100_000)]) }
            try await Task.sleep(for: .seconds(3600))
        }
        try await withServer(service) { client in
            var stream: RPCMessageStream? = try await client.serverStream("/t.S/M", Bytes())
            _ = try await stream?.next()
            switch departure {
            case .taskCancelled:
                let reading = Task { [stream] in
                    while try await stream?.next() != nil {}
                }
                reading.cancel()
                let status = await failure { try await reading.value }
                #expect(status?.code == .cancelled)
            case .streamLetGo: stream = nil
            case .clientClosed: client.close()
            }
            await ended.wait()
        }
    }

    @Test("A client that goes away cancels the handler's task while it receives")
    func clientLeavesReceiver() async throws {
        let received = Counter()
        let ended = Signal()
        let service = TestService { call in
            defer { ended.set() }
            do {
                while try await call.receive() != nil { received.increment() }
                Issue.record("the client never says that it has sent everything")
            } catch {
                #expect((error as? RPCStatus)?.code == .cancelled)
                throw error
            }
        }
        try await withServer(service) { client in
            let sending = Task {
                let messages = [[Bytes]](repeating: [.pattern(count: 10_000)], count: 10_000_000)
                return try await client.clientStream("/t.S/M", messages)
            }
            await received.wait(for: 10)
            sending.cancel()
            let status = await failure { try await sending.value }
            #expect(status?.code == .cancelled)
            await ended.wait()
        }
    }

    @Test("A cancelled unary call returns at once, though the server does not answer")
    func unary() async throws {
        let started = Signal()
        let ended = Signal()
        let service = TestService { _ in
            started.set()
            defer { ended.set() }
            try await Task.sleep(for: .seconds(3600))
        }
        try await withServer(service) { client in
            let calling = Task { try await client.call("/t.S/M", Bytes()) }
            await started.wait()
            calling.cancel()
            let status = await failure { try await calling.value }
            #expect(status?.code == .cancelled)
            await ended.wait()
        }
    }

    @Test("A call made by a cancelled task is CANCELLED")
    func cancelledBefore() async throws {
        try await withServer(.echo) { client in
            let calling = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return try await client.call("/t.S/M", Bytes())
            }
            let status = await failure { try await calling.value }
            #expect(status?.code == .cancelled)
        }
    }

    @Test("A handler's cancelled child task stops waiting to send, and the handler's status still arrives")
    func cancelledChild() async throws {
        let sent = Counter()
        let gaveUp = Signal()
        let service = TestService { call in
            await withTaskGroup { group in
                // Three wait: one for the transport, the others for their turn.
                for _ in 0..<3 {
                    group.addTask {
                        do {
                            while true {
                                try await call.send([.pattern(count: 50_000)])
                                sent.increment()
                            }
                        } catch {
                            #expect((error as? RPCStatus)?.code == .cancelled)
                        }
                    }
                }
                await sent.wait(for: 1)
                group.cancelAll()
            }
            #expect(!call.isCancelled)
            gaveUp.set()
            throw RPCStatus(.aborted, "changed my mind")
        }
        try await withServer(service) { client in
            let stream = try await client.serverStream("/t.S/M", Bytes())
            // Nothing is read before the senders have given up.
            await gaveUp.wait()
            await expect(RPCStatus(.aborted, "changed my mind")) { try await stream.all() }
        }
    }

    @Test("Cancelling one call leaves the others of the client alone")
    func oneOfTwo() async throws {
        try await withServer(.echo) { client in
            var first: RPCMessageStream? = try await client.serverStream("/t.S/M", Bytes(utf8: "1"))
            let second = try await client.serverStream("/t.S/M", Bytes(utf8: "2"))
            _ = try await first?.next()
            first = nil
            let messages = try await second.all()
            #expect(messages.map(\.text) == ["2"])
        }
    }
}
