import ByteCore
import HTTP
import Testing

/// Connections: reuse, number, and the window of each.
@Suite struct ConnectionTests {
    @Test("requests one after the other use one connection")
    func reuse() async throws {
        try await withServer({ _ in [.response("abc")] }) { server, transport in
            for _ in 0..<20 {
                let text = try await transport.text(of: request(port: server.port))
                #expect(text == "abc")
            }
            #expect(server.connectionCount == 1)
            #expect(server.requests.map(\.index) == Array(0..<20))
        }
    }

    @Test("a request may ask for a connection of its own")
    func fresh() async throws {
        try await withServer({ _ in [.response("abc")] }) { server, transport in
            for isFresh in [false, false, true, false] {
                var request = request(port: server.port)
                request.usesFreshConnection = isFresh
                let text = try await transport.text(of: request)
                #expect(text == "abc")
            }
            #expect(server.connectionCount == 2)
        }
    }

    @Test("a kept connection that the server has closed is replaced without an error", arguments: [true, false])
    func closedIdle(_ isReset: Bool) async throws {
        // The second request of a connection is read and then dropped: the client cannot know before it sends.
        try await withServer({ received in
            received.index == 0 ? [.response("abc")] : [isReset ? .reset : .close]
        }) { server, transport in
            for _ in 0..<5 {
                let text = try await transport.text(of: request(port: server.port))
                #expect(text == "abc")
            }
            #expect(server.connectionCount == 5)
        }
    }

    @Test("a response that announces the end of its connection is the last on it")
    func connectionClose() async throws {
        try await withServer({ _ in [.response("abc", headers: "Connection: close\r\n"), .close] }) {
            server, transport in
            for _ in 0..<3 {
                let text = try await transport.text(of: request(port: server.port))
                #expect(text == "abc")
            }
            #expect(server.connectionCount == 3)
        }
    }

    @Test("many requests at once all succeed", arguments: [nil, 1, 8])
    func concurrent(_ limit: Int?) async throws {
        try await withServer(
            { received in [.response(received.target)] }, configure: { $0.maxConnectionsPerHost = limit }
        ) { server, transport in
            let port = server.port
            try await withThrowingTaskGroup { group in
                for index in 0..<300 {
                    group.addTask {
                        let text = try await transport.text(of: request(port: port, target: "/\(index)"))
                        #expect(text == "/\(index)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.requests.count == 300)
            if let limit { #expect(server.mostOpenConnections <= limit) }
        }
    }

    @Test("hosts do not wait for each other")
    func hosts() async throws {
        let gate = Gate()
        try await withServer(
            { _ in [.wait(gate), .response("slow")] }, configure: { $0.maxConnectionsPerHost = 1 }
        ) { slow, transport in
            try await withServer({ _ in [.response("fast")] }) { fast, _ in
                let sent = request(port: slow.port)
                let waiting = Task { try await transport.text(of: sent) }
                let text = try await transport.text(of: request(port: fast.port))
                #expect(text == "fast")
                gate.open()
                let slowText = try await waiting.value
                #expect(slowText == "slow")
            }
        }
    }

    @Test("a reader that stops stops the server, is not mistaken for a slow peer, and loses nothing")
    func backPressure() async throws {
        let byteCount = 48 << 20
        let stalled = Gate()
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(byteCount)\r\n\r\n"
        try await withServer(
            { _ in [.send(head), .stream(byteCount: byteCount, stalled: stalled)] },
            configure: {
                $0.windowByteCount = 256 * 1024
                // Shorter than the server's own wait: a watchdog that counted the pause would end the request.
                $0.throughputPeriod = .milliseconds(100)
                $0.minimumThroughput = 1
            }
        ) { server, transport in
            let body = try await transport.send(request(port: server.port)).body
            await stalled.opened()
            // What the window and the kernel's buffers of both sides hold is far less than the body.
            let taken = try #require(server.stalledByteCount)
            #expect(taken < byteCount / 2)
            let first = try #require(try await body.next())
            #expect(first.count <= 256 * 1024)
            let (rest, error) = await body.readUntilFailure()
            #expect(error == nil)
            let expected = RawServer.pattern(byteCount: byteCount)
            #expect(first == expected[0..<first.count])
            #expect(rest == expected[first.count..<byteCount])
        }
    }

    @Test("a window smaller than what arrives at once still passes everything")
    func smallWindow() async throws {
        let byteCount = 4 << 20
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(byteCount)\r\n\r\n"
        try await withServer(
            { _ in [.send(head), .stream(byteCount: byteCount, stalled: Gate())] },
            configure: { $0.windowByteCount = 1 }
        ) { server, transport in
            let (bytes, error) = await (try await transport.send(request(port: server.port))).body.readUntilFailure()
            #expect(error == nil)
            #expect(bytes == RawServer.pattern(byteCount: byteCount))
        }
    }

    @Test("a paused body can be collected")
    func collectPaused() async throws {
        let byteCount = 24 << 20
        let stalled = Gate()
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(byteCount)\r\n\r\n"
        try await withServer({ _ in [.send(head), .stream(byteCount: byteCount, stalled: stalled)] }) {
            server, transport in
            let body = try await transport.send(request(port: server.port)).body
            await stalled.opened()
            let (bytes, failure) = await body.collect(limit: byteCount)
            #expect(failure == nil)
            #expect(bytes == RawServer.pattern(byteCount: byteCount))
        }
    }
}
