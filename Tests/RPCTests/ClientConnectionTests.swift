import ByteCore
import Glibc
import RPC
import Testing

@Suite("Clients: connecting", .timeLimit(.minutes(1)))
struct ClientConnectionTests {
    @Test("A server that cannot be reached is UNAVAILABLE, naming the target and the reason")
    func unreachable() async throws {
        let path = freshSocketPath()
        let client = RPCClient(target: "unix://\(path)", connectTimeout: .milliseconds(200))
        for _ in 0..<2 {
            let status = await failure { try await client.call("/t.S/M", Bytes()) }
            #expect(status?.code == .unavailable)
            #expect(status?.message.contains("unix://\(path)") == true, "\(String(describing: status))")
            #expect(status?.message.contains("No such file or directory") == true, "\(String(describing: status))")
        }
        let stream = await failure { try await client.serverStream("/t.S/M", Bytes()) }
        #expect(stream?.code == .unavailable)
    }

    @Test("A refused TCP connection and an unknown host say so")
    func refused() async throws {
        let server = try RPCServer(listening: .tcp(host: "127.0.0.1", port: 0), service: TestService.echo)
        let port = try #require(server.port)
        await server.shutdown(grace: .zero)
        for (target, reason) in [("127.0.0.1:\(port)", "refused"), ("no-such-host.invalid:1", "no-such-host.invalid")] {
            let client = RPCClient(target: target, connectTimeout: .milliseconds(500))
            let status = await failure { try await client.call("/t.S/M", Bytes()) }
            #expect(status?.code == .unavailable)
            #expect(status?.message.contains(target) == true, "\(String(describing: status))")
            #expect(status?.message.contains(reason) == true, "\(String(describing: status))")
        }
    }

    @Test(
        "A target that makes no sense is an error, not a crash", arguments: ["", "nonsense:///x", "unix:", "[::1", ":"])
    func senseless(target: String) async throws {
        let client = RPCClient(target: target, connectTimeout: .milliseconds(200))
        let status = await failure { try await client.call("/t.S/M", Bytes()) }
        #expect(status?.code == .unavailable, "\(String(describing: status))")
        #expect(status?.message.isEmpty == false)
    }

    @Test("A server that does not speak HTTP/2 is UNAVAILABLE after the time allowed")
    func silent() async throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(descriptor) }
        try #require(listen(descriptor, 5) == 0)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe getsockname(descriptor, address, &size)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        let client = RPCClient(target: "127.0.0.1:\(port)", connectTimeout: .milliseconds(300))
        let began = ContinuousClock.now
        let status = await failure { try await client.call("/t.S/M", Bytes()) }
        #expect(status?.code == .unavailable)
        #expect(status?.message.contains("127.0.0.1:\(port)") == true)
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test("A client made before its server waits for it")
    func serverComesLater() async throws {
        let path = freshSocketPath()
        let client = RPCClient(target: "unix://\(path)")
        let calling = Task { try await client.call("/t.S/Echo", Bytes(utf8: "early")) }
        try await Task.sleep(for: .milliseconds(300))
        let server = try RPCServer(listening: .unix(path: path), service: TestService.echo)
        let answer = try await calling.value
        #expect(answer.text == "early")
        await server.shutdown(grace: .seconds(5))
    }

    @Test("A client connects again to a server that was restarted")
    func restart() async throws {
        let path = freshSocketPath()
        let client = RPCClient(target: "unix://\(path)")
        for index in 0..<5 {
            let server = try RPCServer(listening: .unix(path: path), service: TestService.echo)
            // A call made before the client has noticed the end of its connection may still fail, but no other.
            while true {
                do throws(RPCStatus) {
                    let answer = try await client.call("/t.S/Echo", Bytes(utf8: "\(index)"))
                    #expect(answer.text == "\(index)")
                    break
                } catch {
                    #expect(error.code == .unavailable)
                }
            }
            await server.shutdown(grace: .zero)
        }
    }

    @Test("Closing ends the calls under way, and later ones are refused")
    func close() async throws {
        let started = Signal()
        let service = TestService { _ in
            started.set()
            try await Task.sleep(for: .seconds(3600))
        }
        try await withServer(service) { client in
            let calling = Task { try await client.call("/t.S/M", Bytes()) }
            await started.wait()
            client.close()
            let status = await failure { try await calling.value }
            #expect(status?.code == .cancelled)
            client.close()
            await expect(RPCStatus(.unavailable, "the client is closed")) { try await client.call("/t.S/M", Bytes()) }
        }
    }

    @Test("Closing ends the wait for a connection")
    func closeWhileConnecting() async throws {
        let client = RPCClient(target: "unix://\(freshSocketPath())")
        let calling = Task { try await client.call("/t.S/M", Bytes()) }
        try await Task.sleep(for: .milliseconds(50))
        client.close()
        await expect(RPCStatus(.unavailable, "the client is closed")) { try await calling.value }
    }

    @Test("Cancelling the task ends the wait for a connection")
    func cancelWhileConnecting() async throws {
        let client = RPCClient(target: "unix://\(freshSocketPath())")
        let calling = Task { try await client.call("/t.S/M", Bytes()) }
        try await Task.sleep(for: .milliseconds(50))
        calling.cancel()
        let status = await failure { try await calling.value }
        #expect(status?.code == .cancelled)
    }

    @Test("A stream is read to its end though the client was let go of")
    func streamKeepsClient() async throws {
        let address = ListenAddress.unix(path: freshSocketPath())
        let service = TestService { call in
            for index in 0..<100 { try await call.send([.pattern(count: 50_000, seed: UInt64(index))]) }
        }
        let server = try RPCServer(listening: address, service: service)
        let stream = try await RPCClient(target: target(of: server, on: address)).serverStream("/t.S/M", Bytes())
        let messages = try await stream.all()
        #expect(messages.count == 100)
        await server.shutdown(grace: .seconds(5))
    }
}
