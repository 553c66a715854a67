import Testing

@testable import HTTP

struct LoopbackTests {
    @Test(
        "hosts that are this machine",
        arguments: [
            ("localhost", true), ("LocalHost", true), ("127.0.0.1", true), ("127.9.8.7", true), ("::1", true),
            ("127.0.0.1.example.com", false), ("127.example", false), ("localhost.example", false),
            ("128.0.0.1", false),
            ("169.254.169.254", false), ("::2", false),
        ])
    func hosts(host: String, isLoopback: Bool) {
        let request = HTTPRequest(isSecure: false, host: host, port: 80, target: "/", headers: [])
        #expect(request.isLoopback == isLoopback)
    }
}
