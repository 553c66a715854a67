import ByteCore
import HTTP
import Testing

/// What a broken peer causes.
@Suite struct FaultTests {
    @Test("a body shorter than its length is readable up to where the connection was lost")
    func short() async throws {
        try await withServer({ _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcd"), .close] }) {
            server, transport in
            let body = try await transport.send(request(port: server.port)).body
            let (bytes, error) = await body.readUntilFailure()
            #expect(bytes == Bytes("abcd".utf8))
            #expect(error?.kind == .connectionLost)
            #expect(error?.responseStarted == true)
            // The failure stays.
            #expect(await body.readUntilFailure().error == error)

            let collected = try await transport.send(request(port: server.port)).body.collect(limit: 10)
            #expect(collected.bytes == Bytes("abcd".utf8))
            #expect(collected.failure?.kind == .connectionLost)
        }
    }

    @Test("a chunked body without its last chunk is a lost connection")
    func shortChunks() async throws {
        let reply = RawServer.Step.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        try await withServer({ _ in [reply, .close] }) { server, transport in
            let (bytes, error) = await (try await transport.send(request(port: server.port))).body.readUntilFailure()
            #expect(bytes == Bytes("hello".utf8))
            #expect(error?.kind == .connectionLost)
        }
    }

    @Test("a reset in the body is a lost connection")
    func resetInBody() async throws {
        let gate = Gate()
        try await withServer({ _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcd"), .wait(gate), .reset]
        }) { server, transport in
            let body = try await transport.send(request(port: server.port)).body
            let first = try await body.next()
            #expect(first == Bytes("abcd".utf8))
            gate.open()
            let error = await body.readUntilFailure().error
            #expect(error?.kind == .connectionLost)
            #expect(error?.responseStarted == true)
        }
    }

    @Test("a peer that closes or resets instead of answering is a lost connection", arguments: [true, false])
    func noResponse(_ isReset: Bool) async throws {
        try await withServer({ _ in [isReset ? .reset : .close] }) { server, transport in
            let error = try #require(await transport.failure(of: request(port: server.port, target: "/k?secret=1")))
            #expect(error.kind == .connectionLost)
            #expect(error.responseStarted == false)
            #expect(error.message.hasPrefix("127.0.0.1:\(server.port): "))
            #expect(!error.message.contains("secret"))
        }
    }

    @Test("a head that is cut off is a lost connection")
    func shortHead() async throws {
        try await withServer({ _ in [.send("HTTP/1.1 200 OK\r\nContent-Le"), .close] }) { server, transport in
            let error = await transport.failure(of: request(port: server.port))
            #expect(error?.kind == .connectionLost || error?.kind == .invalidResponse)
        }
    }

    @Test(
        "what is not HTTP is an invalid response",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\0garbage that goes on\r\n\r\n", "<html>no head</html>\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA\0B: c\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        ])
    func garbage(_ reply: String) async throws {
        try await withServer({ _ in [.send(reply), .close] }) { server, transport in
            let error = try #require(await transport.failure(of: request(port: server.port)))
            #expect(error.kind == .invalidResponse, "\(error)")
        }
    }

    @Test("a head without end is refused at its limit")
    func endlessHead() async throws {
        let line = "X-A: " + String(repeating: "a", count: 1_000) + "\r\n"
        let lines = RawServer.Step.send(String(repeating: line, count: 1_000))
        try await withServer({ _ in [.send("HTTP/1.1 200 OK\r\n"), lines, .close] }) { server, transport in
            let error = await transport.failure(of: request(port: server.port))
            #expect(error?.kind == .invalidResponse)
            #expect(error?.message.contains("longer than 262144 bytes") == true)
        }
    }

    @Test("a length beyond any body does not take memory before bytes come")
    func hugeLength() async throws {
        let closed = Gate()
        try await withServer({ received in
            [
                .send("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nab"),
                received.target == "/hold" ? .untilClosed(closed) : .close,
            ]
        }) { server, transport in
            let body = try await transport.send(request(port: server.port)).body
            #expect(await body.readUntilFailure().error?.kind == .connectionLost)
            let held = try await transport.send(request(port: server.port, target: "/hold")).body
            #expect(await held.collect(limit: 1 << 20).failure?.kind == .invalidResponse)
            await closed.opened()
        }
    }

    @Test("silence after the request ends it at the limit for the first byte")
    func slowHead() async throws {
        let closed = Gate()
        try await withServer(
            { _ in [.untilClosed(closed)] }, configure: { $0.firstByteTimeout = .milliseconds(100) }
        ) { server, transport in
            let error = await transport.failure(of: request(port: server.port))
            #expect(error?.kind == .timedOut)
            #expect(error?.responseStarted == false)
            #expect(error?.message == "127.0.0.1:\(server.port): no response within 0.1 seconds")
            await closed.opened()
        }
    }

    @Test("a request may have a limit of its own for the first byte")
    func ownLimit() async throws {
        let closed = Gate()
        try await withServer({ _ in [.untilClosed(closed)] }) { server, transport in
            var request = request(port: server.port)
            request.firstByteTimeout = .milliseconds(100)
            let error = await transport.failure(of: request)
            #expect(error?.message == "127.0.0.1:\(server.port): no response within 0.1 seconds")
            await closed.opened()
        }
    }

    @Test("silence in the head or in the body ends the request by the throughput limit", arguments: [true, false])
    func stall(_ isInBody: Bool) async throws {
        let closed = Gate()
        let start = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n" + (isInBody ? "\r\nabcd" : "")
        try await withServer(
            { _ in [.send(start), .untilClosed(closed)] }, configure: { $0.throughputPeriod = .milliseconds(100) }
        ) { server, transport in
            do throws(HTTPError) {
                let (bytes, error) = await (try await transport.send(request(port: server.port))).body
                    .readUntilFailure()
                #expect(isInBody)
                #expect(bytes == Bytes("abcd".utf8))
                if let error { throw error }
                Issue.record("the stall was not noticed")
            } catch {
                #expect(error.kind == .timedOut)
                #expect(error.responseStarted)
            }
            await closed.opened()
        }
    }

    @Test("a trickle on a lone connection ends it, while more than that is all that a slow line carries")
    func trickle() async throws {
        // 100 bytes each 20 ms: 5 kB/s.
        let (piece, pause) = (String(repeating: "a", count: 100), RawServer.Step.pause(milliseconds: 20))
        let steps = (0..<50).flatMap { _ in [RawServer.Step.send(piece), pause] }
        try await withServer(
            { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")] + steps },
            configure: { $0.throughputPeriod = .milliseconds(200) }
        ) { server, transport in
            var ended: [HTTPError.Kind?] = []
            for _ in 0..<10 where ended.last != .some(nil) {
                let (bytes, error) = await (try await transport.send(request(port: server.port))).body
                    .readUntilFailure()
                #expect(!bytes.isEmpty)
                ended.append(error?.kind)
            }
            // Asked for 64 KiB a second, then for half as much each time.
            #expect(ended.count > 1 && ended.dropLast().allSatisfy { $0 == .timedOut } && ended.last == .some(nil))
        }
    }

    @Test("a port on which nobody listens cannot be connected to")
    func refused() async throws {
        let server = try RawServer { _ in [] }
        server.stop()
        let transport = CurlTransport()
        // The listener stays bound until the server goes, but no longer listens.
        let error = await transport.failure(of: request(port: server.port))
        #expect(error == HTTPError(.connect, "127.0.0.1:\(server.port): cannot connect: Connection refused"))
    }

    @Test("a name that cannot exist cannot be resolved")
    func unresolved() async throws {
        var sent = request(port: 80)
        sent.host = String(repeating: "a", count: 64) + ".invalid"
        let error = await CurlTransport().failure(of: sent)
        #expect(error?.kind == .resolve)
    }

    @Test("a connection that is never accepted times out")
    func connectTimeout() async throws {
        let (listener, port) = try listeningSocket(backlog: 0)
        var configuration = CurlTransport.Configuration()
        configuration.proxy = .none
        configuration.connectTimeout = .milliseconds(300)
        let transport = CurlTransport(configuration: configuration)
        // Linux completes one connection for a backlog of 0 and drops the SYN of every other.
        let errors = await withTaskGroup { group in
            for _ in 0..<4 { group.addTask { await transport.failure(of: request(port: port)) } }
            // One connection stands and waits for an answer that never comes: its limit is another one.
            var errors: [HTTPError] = []
            for await error in group {
                if let error { errors.append(error) }
                if errors.count == 2 { group.cancelAll() }
            }
            return errors
        }
        #expect(
            errors.prefix(2).allSatisfy {
                $0 == HTTPError(.timedOut, "127.0.0.1:\(port): no connection within 0.3 seconds")
            }, "\(errors)")
        closeSocket(listener)
    }
}
