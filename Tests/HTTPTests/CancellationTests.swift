import ByteCore
import HTTP
import Testing

/// Giving up, on either side of the head.
@Suite struct CancellationTests {
    @Test("cancelling the task cancels a request that has no answer, and the connection is closed")
    func beforeHead() async throws {
        let arrived = Gate()
        let closed = Gate()
        try await withServer({ _ in
            arrived.open()
            return [.untilClosed(closed)]
        }) { server, transport in
            let sent = request(port: server.port)
            let task = Task { await transport.failure(of: sent) }
            await arrived.opened()
            task.cancel()
            let error = await task.value
            #expect(error?.kind == .cancelled)
            #expect(error?.responseStarted == false)
            await closed.opened()
        }
    }

    @Test("a task already cancelled sends nothing that it waits for")
    func alreadyCancelled() async throws {
        try await withServer({ _ in [.response("")] }) { server, transport in
            let sent = request(port: server.port)
            let cancelled = Gate()
            let task = Task {
                await cancelled.opened()
                return await transport.failure(of: sent)
            }
            task.cancel()
            cancelled.open()
            #expect(await task.value?.kind == .cancelled)
        }
    }

    @Test("cancelling the task ends a wait for the body", arguments: [true, false])
    func inBody(_ isCollecting: Bool) async throws {
        let closed = Gate()
        let waiting = Gate()
        try await withServer({ _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"), .untilClosed(closed)]
        }) { server, transport in
            let body = try await transport.send(request(port: server.port)).body
            let task = Task { () -> HTTPError? in
                waiting.open()
                return isCollecting ? await body.collect(limit: 10).failure : await body.readUntilFailure().error
            }
            await waiting.opened()
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            await closed.opened()
        }
    }

    @Test("cancelling or dropping the body closes the connection", arguments: [true, false])
    func givenUp(_ isDropped: Bool) async throws {
        let closed = Gate()
        try await withServer({ _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"), .untilClosed(closed)]
        }) { server, transport in
            var body: (any HTTPBody)? = try await transport.send(request(port: server.port)).body
            if isDropped {
                body = nil
            } else {
                body?.cancel()
                #expect(await body?.readUntilFailure().error?.kind == .cancelled)
            }
            await closed.opened()
        }
    }

    @Test("a body that is complete leaves its connection usable when dropped unread")
    func droppedComplete() async throws {
        try await withServer({ _ in [.response("abc")] }) { server, transport in
            for _ in 0..<10 {
                let response = try await transport.send(request(port: server.port))
                _ = await response.body.collect(limit: 3)
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test("requests that wait for a connection can be cancelled, and the others go on")
    func whileWaiting() async throws {
        let gate = Gate()
        try await withServer(
            { _ in [.wait(gate), .response("x")] }, configure: { $0.maxConnectionsPerHost = 1 }
        ) { server, transport in
            let sent = request(port: server.port)
            let first = Task { try await transport.text(of: sent) }
            let cancelled = (0..<20).map { _ in Task { await transport.failure(of: sent) } }
            for task in cancelled { task.cancel() }
            for task in cancelled { #expect(await task.value?.kind == .cancelled) }
            let last = Task { try await transport.text(of: sent) }
            gate.open()
            let texts = try await [first.value, last.value]
            #expect(texts == ["x", "x"])
        }
    }

    @Test("shutting down ends requests under way and refuses later ones")
    func shutdown() async throws {
        let arrived = Gate()
        let closed = Gate()
        try await withServer({ _ in
            arrived.open()
            return [.untilClosed(closed)]
        }) { server, transport in
            let sent = request(port: server.port)
            let task = Task { await transport.failure(of: sent) }
            await arrived.opened()
            transport.shutdown()
            #expect(await task.value?.kind == .cancelled)
            await closed.opened()
            #expect(await transport.failure(of: sent)?.kind == .cancelled)
            transport.shutdown()
        }
    }

    @Test("a body keeps its transport alive")
    func bodyOutlivesTransport() async throws {
        let gate = Gate()
        let server = try RawServer { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), .wait(gate), .send("abc")]
        }
        defer { server.stop() }
        var transport: CurlTransport? = CurlTransport()
        let body = try #require(try await transport?.send(request(port: server.port)).body)
        transport = nil
        gate.open()
        let text = try await body.text()
        #expect(text == "abc")
    }

    @Test("a transport ends its thread")
    func threads() async throws {
        try await withServer({ _ in [.response("x")] }) { server, _ in
            for _ in 0..<200 {
                let transport = CurlTransport()
                let text = try await transport.text(of: request(port: server.port))
                #expect(text == "x")
            }
            // Other tests run at the same time, each with a transport or a few.
            #expect(try eventThreadCount() < 100)
        }
    }
}
