import ByteCore
import CloudQueryProtocol
import Glibc
import RPC
import Testing

@testable import CloudQueryPlugin

@Suite("Serving")
struct PluginServerTests {
    @Test("a unix socket is served until the end, then its file is gone and calls are ended")
    func unixSocket() async throws {
        let scratch = ScratchDirectory()
        let inSync = Signal()
        let source = TestSource { _, _ in
            inSync.set()
            try await Task.sleep(for: .seconds(3_600))
        }
        let options = ServeOptions(address: scratch.file("plugin.sock"), network: .unix, logLevel: .error)
        let peer = PluginPeer(client: RPCClient(target: "unix://\(options.address)"))
        try await PluginServer(plugin: source, options: options).run { port in
            #expect(port == nil)
            #expect(scratch.contains("plugin.sock"))
            let failure = await status {
                try await peer.initialize()
                Task { try await peer.sync() }
                await inSync.wait()
            }
            #expect(failure == nil)
        }
        #expect(!scratch.contains("plugin.sock"))
    }

    @Test(
        "tcp is served on the address of the flag",
        arguments: [("127.0.0.1:0", ServeOptions.Network.tcp, "127.0.0.1"), ("localhost:0", .tcp4, "127.0.0.1")])
    func tcp(address: String, network: ServeOptions.Network, host: String) async throws {
        let options = ServeOptions(address: address, network: network, logLevel: .error)
        try await PluginServer(plugin: TestSource(), options: options).run { port in
            let client = RPCClient(target: "\(host):\(port ?? 0)")
            let failure = await status {
                let name: WireGetName.Response = try await PluginPeer(client: client)
                    .call("GetName", WireGetName.Request())
                #expect(name.name == "test")
            }
            #expect(failure == nil)
        }
    }

    @Test("an address in use is an error that names it")
    func inUse() async throws {
        let scratch = ScratchDirectory()
        let path = scratch.file("plugin.sock")
        let options = ServeOptions(address: path, network: .unix, logLevel: .error)
        let server = PluginServer(plugin: TestSource(), options: options)
        try await server.run { _ in
            let failure = await status { try await server.run { _ in } }
            #expect(failure?.code == .unavailable)
            #expect(failure?.message.contains(path) == true)
        }
    }

    @Test("a call that does not heed its cancellation does not keep the process", .timeLimit(.minutes(1)))
    func stuckCall() async throws {
        let scratch = ScratchDirectory()
        let inSync = Signal()
        let release = Signal()
        let source = TestSource { _, _ in
            inSync.set()
            // In a task of its own, which the cancellation does not reach.
            await Task { await release.wait() }.value
        }
        let options = ServeOptions(address: scratch.file("plugin.sock"), network: .unix, logLevel: .error)
        let peer = PluginPeer(client: RPCClient(target: "unix://\(options.address)"))
        try await PluginServer(plugin: source, options: options).run { _ in
            let failure = await status {
                try await peer.initialize()
                Task { try await peer.sync() }
                await inSync.wait()
            }
            #expect(failure == nil)
        }
        release.set()
    }

    @Test("a signal is received instead of ending the process")
    func signals() async {
        let signals = await StopSignals([SIGUSR1, SIGUSR2])
        kill(getpid(), SIGUSR2)
        #expect(await signals.first() == SIGUSR2)
    }

    @Test("waiting for a signal ends with the task")
    func cancelledWait() async {
        let waiting = Task { await StopSignals([SIGUSR1]).first() }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }

    @Test(
        "addresses are those of Go",
        arguments: [
            ("localhost:7777", ServeOptions.Network.tcp, ListenAddress.tcp(host: "localhost", port: 7777)),
            ("[::]:7777", .tcp, .tcp(host: "::", port: 7777)), (":7777", .tcp, .tcp(host: "::", port: 7777)),
            (":0", .tcp4, .tcp(host: "0.0.0.0", port: 0)), ("[::]:1", .tcp6, .tcp(host: "::", port: 1)),
            ("localhost:1", .tcp4, .tcp(host: "127.0.0.1", port: 1)),
            ("localhost:1", .tcp6, .tcp(host: "::1", port: 1)),
            ("0.0.0.0:65535", .tcp, .tcp(host: "0.0.0.0", port: 65_535)),
            ("/tmp/a.sock", .unix, .unix(path: "/tmp/a.sock")),
            ("a:b", .unixpacket, .unix(path: "a:b")),
        ])
    func addresses(text: String, network: ServeOptions.Network, expected: ListenAddress) throws {
        #expect(try ServeOptions(address: text, network: network).listenAddress() == expected)
    }

    @Test(
        "addresses that make no sense are refused",
        arguments: [
            ("localhost", ServeOptions.Network.tcp), ("", .tcp), ("a:", .tcp), ("a:+1", .tcp), ("a:-1", .tcp),
            ("a:65536", .tcp), ("::1:80", .tcp), ("a:http", .tcp4), ("", .unix),
            (String(repeating: "x", count: 108), .unix),
        ])
    func invalidAddresses(text: String, network: ServeOptions.Network) {
        #expect(throws: InvalidAddress.self) {
            try ServeOptions(address: text, network: network).listenAddress()
        }
    }
}
