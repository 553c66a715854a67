import Testing

@testable import HTTP

/// Names with several addresses: 127.0.0.2 to 127.0.0.5 stand in for them.
@Suite struct AddressTests {
    /// Starts servers at the same port of several addresses of this machine.
    private func servers(_ addresses: Range<UInt32>) throws -> [RawServer] {
        let respond: @Sendable (RawServer.Received) -> [RawServer.Step] = { _ in [.response("abc")] }
        // A port that is free at one address need not be so at the others.
        for _ in 0..<50 {
            let first = try RawServer(address: 0x7F00_0000 + addresses.lowerBound, respond)
            var servers = [first]
            for address in addresses.dropFirst() {
                guard let next = try? RawServer(address: 0x7F00_0000 + address, port: first.port, respond) else {
                    break
                }
                servers.append(next)
            }
            if servers.count == addresses.count { return servers }
            for server in servers { server.stop() }
        }
        throw SocketError(code: 0)
    }

    private func withName<T>(
        port: Int, _ addresses: Range<Int>, _ body: (CurlTransport, HTTPRequest) async throws -> T
    ) async throws -> T {
        var configuration = CurlTransport.Configuration()
        configuration.proxy = .none
        configuration.addresses = ["bucket.test:\(port):" + addresses.map { "127.0.0.\($0)" }.joined(separator: ",")]
        let transport = CurlTransport(configuration: configuration)
        defer { transport.shutdown() }
        var request = request(port: port)
        request.host = "bucket.test"
        return try await body(transport, request)
    }

    @Test("connections that stand at once are spread over the addresses of a name")
    func spread() async throws {
        let servers = try servers(2..<6)
        defer { for server in servers { server.stop() } }
        try await withName(port: servers[0].port, 2..<6) { transport, request in
            try await withThrowingTaskGroup { group in
                for _ in 0..<64 {
                    group.addTask {
                        var request = request
                        request.usesFreshConnection = true
                        let text = try await transport.text(of: request)
                        #expect(text == "abc")
                    }
                }
                try await group.waitForAll()
            }
        }
        // Each of four is left out of 64 draws once in 25 million runs.
        #expect(servers.allSatisfy { $0.connectionCount > 0 } && servers.map(\.connectionCount).reduce(0, +) == 64)
    }

    @Test("an address at which nobody answers costs no request")
    func badAddress() async throws {
        let servers = try servers(5..<6)
        defer { for server in servers { server.stop() } }
        try await withName(port: servers[0].port, 2..<6) { transport, request in
            for _ in 0..<20 {
                var request = request
                request.usesFreshConnection = true
                let text = try await transport.text(of: request)
                #expect(text == "abc")
            }
        }
        #expect(servers[0].connectionCount == 20)
    }

    @Test("a connection that is kept is used again, whichever address it is to")
    func reuse() async throws {
        let servers = try servers(2..<6)
        defer { for server in servers { server.stop() } }
        try await withName(port: servers[0].port, 2..<6) { transport, request in
            for _ in 0..<20 { _ = try await transport.text(of: request) }
        }
        #expect(servers.map(\.connectionCount).reduce(0, +) == 1)
    }
}
