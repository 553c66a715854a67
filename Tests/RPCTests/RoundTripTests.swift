import ByteCore
import RPC
import Testing

@Suite("Messages between our client and our server")
struct RoundTripTests {
    @Test("A unary call brings request and answer, unchanged", arguments: Network.allCases)
    func unary(network: Network) async throws {
        try await withServer(on: network.address, .echo) { client in
            for count in [0, 1, 5, 23, 24, 255, 256, 4095, 4096, 16_384, 65_536, 1_000_003] {
                let request = Bytes.pattern(count: count)
                let answer = try await client.call("/t.S/Echo", request)
                #expect(answer == request, "\(count) bytes")
            }
        }
    }

    @Test("The service sees the method asked for")
    func method() async throws {
        let service = TestService { call in
            _ = try await call.receive()
            try await call.send([Bytes(utf8: call.method)])
        }
        try await withServer(service) { client in
            let answer = try await client.call("/a.b.v1.S/M", Bytes())
            #expect(answer.text == "/a.b.v1.S/M")
        }
    }

    @Test("A message is the concatenation of its parts, small and large", arguments: Network.allCases)
    func parts(network: Network) async throws {
        let parts = [Bytes(), Bytes(utf8: "head"), .pattern(count: 300_000), Bytes(utf8: "-"), .pattern(count: 700)]
        var whole = ByteBuilder()
        for part in parts { whole.append(contentsOf: part) }
        let expected = whole.freeze()
        let service = TestService { call in
            guard let request = try await call.receive() else { return }
            #expect(request == expected)
            try await call.send(parts)
        }
        try await withServer(on: network.address, service) { client in
            let answer = try await client.clientStream("/t.S/M", [parts])
            #expect(answer == expected)
        }
    }

    @Test("A server stream keeps order and ends with nil, again and again", arguments: Network.allCases)
    func serverStream(network: Network) async throws {
        let service = TestService { call in
            guard let request = try await call.receive() else { return }
            let afterHalfClose = try await call.receive()
            #expect(afterHalfClose == nil)
            for index in 0..<500 { try await call.send([request, Bytes(utf8: "\(index)")]) }
        }
        try await withServer(on: network.address, service) { client in
            let stream = try await client.serverStream("/t.S/Count", Bytes(utf8: "n"))
            let messages = try await stream.all()
            #expect(messages.map(\.text) == (0..<500).map { "n\($0)" })
            for _ in 0..<2 {
                let afterEnd = try await stream.next()
                #expect(afterEnd == nil)
            }
        }
    }

    @Test("A client stream arrives in order, then the half-close, then comes the answer", arguments: Network.allCases)
    func clientStream(network: Network) async throws {
        let service = TestService { call in
            var count = 0
            while let message = try await call.receive() {
                #expect(message == .pattern(count: count * 1000, seed: UInt64(count)))
                count += 1
            }
            try await call.send([Bytes(utf8: "\(count)")])
        }
        try await withServer(on: network.address, service) { client in
            for count in [0, 1, 100] {
                let messages = (0..<count).map { [Bytes.pattern(count: $0 * 1000, seed: UInt64($0))] }
                let answer = try await client.clientStream("/t.S/Sum", messages)
                #expect(answer.text == "\(count)")
            }
        }
    }

    @Test("The answer may come before the client has sent everything")
    func earlyAnswer() async throws {
        let service = TestService { call in
            _ = try await call.receive()
            try await call.send([Bytes(utf8: "enough")])
        }
        try await withServer(service) { client in
            let messages = [[Bytes]](repeating: [.pattern(count: 100_000)], count: 100)
            let answer = try await client.clientStream("/t.S/First", messages)
            #expect(answer.text == "enough")
        }
    }

    @Test("A hundred calls at once each get their own answer", arguments: Network.allCases)
    func concurrentCalls(network: Network) async throws {
        let arrived = Counter()
        let service = TestService { call in
            let request = try await call.receive() ?? Bytes()
            arrived.increment()
            // Nobody is answered before all have asked: the calls are under way at the same time.
            await arrived.wait(for: 100)
            try await call.send([request])
        }
        try await withServer(on: network.address, service) { client in
            try await withThrowingTaskGroup { group in
                for index in 0..<100 {
                    group.addTask {
                        let request = Bytes.pattern(count: 1000 + index, seed: UInt64(index))
                        let answer = try await client.call("/t.S/Echo", request)
                        #expect(answer == request)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("Sends of several tasks are taken in turn; none is lost or cut")
    func concurrentSends() async throws {
        let service = TestService { call in
            _ = try await call.receive()
            try await withThrowingTaskGroup { group in
                for index in 0..<50 {
                    group.addTask { try await call.send([.pattern(count: 20_000, seed: UInt64(index))]) }
                }
                try await group.waitForAll()
            }
        }
        try await withServer(service) { client in
            let stream = try await client.serverStream("/t.S/Many", Bytes())
            let messages = try await stream.all()
            #expect(messages.count == 50)
            for index in 0..<50 {
                #expect(messages.contains(.pattern(count: 20_000, seed: UInt64(index))), "message \(index)")
            }
        }
    }

    @Test("Received bytes outlive the call, the client and the server")
    func bytesOutliveEverything() async throws {
        let sent = (0..<20).map { Bytes.pattern(count: 5000, seed: $0) }
        let received = try await withServer(.echo) { client in
            var received: [Bytes] = []
            for message in sent { received.append(try await client.call("/t.S/Echo", message)) }
            return received
        }
        #expect(received == sent)
    }
}
