import ByteCore
import Glibc
import RPC
import Testing

@Suite("Servers: listening and shutting down", .timeLimit(.minutes(1)))
struct ServerLifeTests {
    static let hosts = ["localhost", "127.0.0.1", "::", "0.0.0.0", "::1", ""]

    @Test("Every kind of host can be listened on, port 0 taking a free port", arguments: hosts)
    func everyHost(host: String) async throws {
        let server = try RPCServer(listening: .tcp(host: host, port: 0), service: TestService.echo)
        let port = try #require(server.port)
        #expect((1...65_535).contains(port))
        var targets = ["localhost:\(port)", "dns:///localhost:\(port)"]
        if host != "::1" { targets.append("127.0.0.1:\(port)") }
        if host != "127.0.0.1" { targets.append("[::1]:\(port)") }
        for target in targets {
            let client = RPCClient(target: target)
            let answer = try await client.call("/t.S/Echo", Bytes(utf8: target))
            #expect(answer.text == target)
        }
        await server.shutdown(grace: .seconds(5))
    }

    @Test("A port in use is an error that says so", arguments: ["127.0.0.1", "localhost", "::", "0.0.0.0"])
    func portInUse(host: String) async throws {
        let first = try RPCServer(listening: .tcp(host: host, port: 0), service: TestService.echo)
        let port = try #require(first.port)
        let address = ListenAddress.tcp(host: host, port: port)
        let status = await failure { try RPCServer(listening: address, service: TestService.echo) }
        #expect(status == RPCStatus(.unavailable, "cannot listen on \(address): Address already in use"))
        await first.shutdown(grace: .zero)
        // And free again afterwards.
        let second = try RPCServer(listening: address, service: TestService.echo)
        #expect(second.port == port)
        await second.shutdown(grace: .zero)
    }

    @Test(
        "An address that cannot be listened on is an error that says why",
        arguments: [
            (ListenAddress.unix(path: "/no/such/directory/x.sock"), "No such file or directory"),
            (.unix(path: "/tmp/" + String(repeating: "x", count: 200)), "107"),
            (.tcp(host: "no-such-host.invalid", port: 0), "not known"),
            (.tcp(host: "127.0.0.1", port: 70_000), "no such port"),
            (.tcp(host: "127.0.0.1", port: -1), "no such port"),
            (.tcp(host: "192.0.2.1", port: 0), "Cannot assign requested address"),
        ])
    func impossible(address: ListenAddress, reason: String) async throws {
        let status = await failure { try RPCServer(listening: address, service: TestService.echo) }
        #expect(status?.message.hasPrefix("cannot listen on \(address): ") == true, "\(String(describing: status))")
        #expect(status?.message.contains(reason) == true, "\(String(describing: status))")
    }

    @Test("The file of a unix socket is there from the first moment and gone after the shutdown")
    func socketFile() async throws {
        let path = freshSocketPath()
        let server = try RPCServer(listening: .unix(path: path), service: TestService.echo)
        #expect(server.port == nil)
        #expect(exists(path))
        await server.shutdown(grace: .zero)
        #expect(!exists(path))
    }

    @Test("The file a dead process left is replaced, that of a live server is not")
    func staleSocket() async throws {
        let path = freshSocketPath()
        let address = ListenAddress.unix(path: path)
        try leaveSocket(at: path)
        let server = try RPCServer(listening: address, service: TestService.echo)
        let status = await failure { try RPCServer(listening: address, service: TestService.echo) }
        #expect(status == RPCStatus(.unavailable, "cannot listen on unix:\(path): Address already in use"))
        let answer = try await RPCClient(target: "unix:\(path)").call("/t.S/Echo", Bytes(utf8: "still there"))
        #expect(answer.text == "still there")
        await server.shutdown(grace: .seconds(5))
    }

    @Test("Paths with unusual characters work", arguments: [" ", "%41", "ü", "?#", ":"])
    func oddPath(part: String) async throws {
        let path = freshSocketPath() + part
        let server = try RPCServer(listening: .unix(path: path), service: TestService.echo)
        #expect(exists(path))
        if part != "%41", part != "?#" {
            let answer = try await RPCClient(target: "unix://\(path)").call("/t.S/Echo", Bytes(utf8: "x"))
            #expect(answer.text == "x")
        }
        await server.shutdown(grace: .seconds(5))
    }

    @Test("A shutdown lets calls under way end, and takes no more")
    func graceful() async throws {
        let path = freshSocketPath()
        let started = Signal()
        let go = Signal()
        let service = TestService { call in
            started.set()
            await go.wait()
            #expect(!call.isCancelled)
            try await call.send([Bytes(utf8: "done")])
        }
        let server = try RPCServer(listening: .unix(path: path), service: service)
        let client = RPCClient(target: "unix:\(path)", connectTimeout: .milliseconds(300))
        let calling = Task { try await client.call("/t.S/M", Bytes()) }
        await started.wait()
        let shutdown = Task { await server.shutdown(grace: .seconds(50)) }
        while exists(path) { try await Task.sleep(for: .milliseconds(1)) }
        let late = RPCClient(target: "unix:\(path)", connectTimeout: .milliseconds(300))
        let status = await failure { try await late.call("/t.S/M", Bytes()) }
        #expect(status?.code == .unavailable)
        go.set()
        let answer = try await calling.value
        #expect(answer.text == "done")
        await shutdown.value
        await server.waitUntilShutdown()
    }

    @Test("After the grace calls under way are cancelled", arguments: [Duration.zero, .milliseconds(100)])
    func forced(grace: Duration) async throws {
        let path = freshSocketPath()
        let started = Signal()
        let service = TestService { call in
            started.set()
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                #expect(call.isCancelled)
                throw error
            }
        }
        let server = try RPCServer(listening: .unix(path: path), service: service)
        let client = RPCClient(target: "unix:\(path)")
        let calling = Task { try await client.call("/t.S/M", Bytes()) }
        await started.wait()
        let began = ContinuousClock.now
        await server.shutdown(grace: grace)
        let took = ContinuousClock.now - began
        #expect(took >= grace && took < .seconds(10), "\(took)")
        let status = await failure { try await calling.value }
        #expect(status?.code == .unavailable || status?.code == .cancelled, "\(String(describing: status))")
    }

    @Test("A shutdown asked for several times, and waited for elsewhere, is one shutdown")
    func repeatedShutdown() async throws {
        let server = try RPCServer(listening: .tcp(host: "127.0.0.1", port: 0), service: TestService.echo)
        async let waiting: Void = server.waitUntilShutdown()
        await withTaskGroup { group in
            for _ in 0..<5 { group.addTask { await server.shutdown(grace: .seconds(1)) } }
        }
        await waiting
        await server.shutdown(grace: .zero)
    }

    @Test("A server let go of stops listening and cancels its calls")
    func letGo() async throws {
        let path = freshSocketPath()
        let started = Signal()
        let ended = Signal()
        let service = TestService { _ in
            started.set()
            defer { ended.set() }
            try await Task.sleep(for: .seconds(3600))
        }
        var server: RPCServer? = try RPCServer(listening: .unix(path: path), service: service)
        let client = RPCClient(target: "unix:\(path)")
        let calling = Task { try await client.call("/t.S/M", Bytes()) }
        await started.wait()
        #expect(server != nil)
        server = nil
        await ended.wait()
        _ = await failure { try await calling.value }
    }

    @Test("A hundred servers and clients one after another, and ten at once, all work")
    func sequence() async throws {
        @Sendable func once(_ index: Int) async throws {
            try await withServer(on: Network.allCases[index % 2].address, .echo) { client in
                let answer = try await client.call("/t.S/Echo", Bytes(utf8: "\(index)"))
                #expect(answer.text == "\(index)")
            }
        }
        for index in 0..<100 { try await once(index) }
        try await withThrowingTaskGroup { group in
            for index in 0..<10 { group.addTask { try await once(index) } }
            try await group.waitForAll()
        }
    }
}

private func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// Binds a unix socket and closes it, as a process that died would.
private func leaveSocket(at path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let result = unsafe withUnsafePointer(to: address) { address in
        unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            unsafe bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    try #require(result == 0)
}
