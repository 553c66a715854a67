import ByteCore
import RPC
import Testing

@Suite("Back-pressure and limits", .timeLimit(.minutes(2)))
struct BackPressureTests {
    @Test("Sends wait while the client does not read: what is under way is bounded", arguments: Network.allCases)
    func slowReader(network: Network) async throws {
        let message = Bytes.pattern(count: 64 << 10)
        let sent = Counter()
        let service = TestService { call in
            for _ in 0..<800 {
                try await call.send([message])
                sent.increment()
            }
        }
        try await withServer(on: network.address, service) { client in
            let stream = try await client.serverStream("/t.S/M", Bytes())
            // The sender has had every chance to run ahead once its count stands still.
            for read in 1...5 {
                _ = try await stream.next()
                let ahead = await sent.settled() - read
                // 16 MiB of 50 MiB: buffers of the sockets and windows of HTTP/2 are all there is.
                #expect(ahead < 256, "\(ahead) messages of 64 KiB ahead of the reader")
            }
            let rest = try await stream.all()
            #expect(rest.count == 795)
        }
        #expect(sent.value == 800)
    }

    @Test("Clients too wait while the server does not read")
    func slowService() async throws {
        let read = Counter()
        let go = Signal()
        let service = TestService { call in
            await go.wait()
            while try await call.receive() != nil { read.increment() }
            try await call.send([Bytes(utf8: "\(read.value)")])
        }
        let owners = Counter()
        try await withServer(service) { client in
            let calling = Task {
                // Each message has an owner that says when gRPC is done with it.
                let messages = (0..<200).map { _ in [tracked(byteCount: 64 << 10, released: owners)] }
                return try await client.clientStream("/t.S/M", messages)
            }
            let released = await owners.settled()
            #expect(released == 0)
            go.set()
            let answer = try await calling.value
            #expect(answer.text == "200")
        }
        await owners.wait(for: 200)
    }

    @Test("Memory handed over is released once sent")
    func release() async throws {
        let released = Counter()
        let service = TestService { call in
            for _ in 0..<10 { try await call.send([tracked(byteCount: 300_000, released: released)]) }
        }
        try await withServer(service) { client in
            let messages = try await client.serverStream("/t.S/M", Bytes()).all()
            #expect(messages.count == 10)
            await released.wait(for: 10)
        }
        #expect(released.value == 10)
    }

    @Test("Memory handed over is released when the client goes away instead")
    func releaseAfterCancellation() async throws {
        let released = Counter()
        let made = Counter()
        let service = TestService { call in
            while true {
                made.increment()
                try await call.send([tracked(byteCount: 300_000, released: released)])
            }
        }
        try await withServer(service) { client in
            var stream: RPCMessageStream? = try await client.serverStream("/t.S/M", Bytes())
            _ = try await stream?.next()
            stream = nil
        }
        await released.wait(for: made.value)
    }

    @Test("Large messages arrive whole, both ways", arguments: Network.allCases, [8 << 20, 100 << 20])
    func large(network: Network, byteCount: Int) async throws {
        try await withServer(on: network.address, .echo) { client in
            let message = Bytes.pattern(count: byteCount)
            let answer = try await client.call("/t.S/Echo", message)
            #expect(answer == message)
        }
    }

    @Test("A message exactly at the limit passes, one byte more does not", arguments: [0, 1])
    func limitOfServerReceiving(excess: Int) async throws {
        let limit = 1 << 20
        try await withServer(.echo, serverLimit: limit) { client in
            let message = Bytes.pattern(count: limit + excess)
            if excess == 0 {
                let answer = try await client.call("/t.S/Echo", message)
                #expect(answer == message)
            } else {
                let status = await failure { try await client.call("/t.S/Echo", message) }
                #expect(status?.code == .resourceExhausted)
                #expect(status?.message.contains("1048577") == true, "\(String(describing: status))")
            }
            // The connection is as good as before.
            let answer = try await client.call("/t.S/Echo", Bytes(utf8: "next"))
            #expect(answer.text == "next")
        }
    }

    @Test("A message over the client's limit is RESOURCE_EXHAUSTED for its caller", arguments: [true, false])
    func limitOfClient(isSent: Bool) async throws {
        let service = TestService { call in
            _ = try await call.receive()
            try await call.send([.pattern(count: 2000)])
        }
        try await withServer(service, clientLimit: 1000) { client in
            let request = Bytes.pattern(count: isSent ? 2000 : 1)
            let unary = await failure { try await client.call("/t.S/M", request) }
            #expect(unary?.code == .resourceExhausted)
            #expect(unary?.message.contains("2000") == true, "\(String(describing: unary))")
            let stream = await failure { try await client.serverStream("/t.S/M", request).all() }
            #expect(stream?.code == .resourceExhausted)
        }
    }

    @Test("A send over the server's limit is refused, and the call goes on")
    func limitOfServerSending() async throws {
        let service = TestService { call in
            let refusal = await failure { try await call.send([.pattern(count: 600), .pattern(count: 401)]) }
            #expect(refusal?.code == .resourceExhausted)
            #expect(refusal?.message == "a message of 1001 bytes is over the limit of 1000 bytes")
            try await call.send([.pattern(count: 600), .pattern(count: 400)])
        }
        try await withServer(service, serverLimit: 1000) { client in
            let messages = try await client.serverStream("/t.S/M", Bytes()).all()
            #expect(messages.map(\.count) == [1000])
        }
    }
}

/// Bytes that count themselves when their memory is released.
private func tracked(byteCount: Int, released: Counter) -> Bytes {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 8)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 7)
    let address = UInt(bitPattern: memory.baseAddress)
    return unsafe Bytes(borrowing: UnsafeRawBufferPointer(memory)) {
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
        released.increment()
    }
}

extension Counter {
    /// The value, once it has not changed for a fifth of a second.
    fileprivate func settled() async -> Int {
        var last = value
        while true {
            try? await Task.sleep(for: .milliseconds(200))
            let now = value
            if now == last { return now }
            last = now
        }
    }
}
