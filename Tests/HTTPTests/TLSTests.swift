import ByteCore
import Foundation
import HTTP
import Testing

/// TLS against the server of the `openssl` command.
@Suite struct TLSTests {
    /// Sends one request to a server with a fresh certificate for 127.0.0.1.
    private func withTLSServer<T>(_ body: (TLSServer, HTTPRequest) async throws -> T) async throws -> T {
        let server = try TLSServer()
        defer { server.stop() }
        var sent = request(port: server.port, target: "/\(TLSServer.fileName)")
        sent.isSecure = true
        return try await body(server, sent)
    }

    private func transport(_ caBundlePath: String?) -> CurlTransport {
        var configuration = CurlTransport.Configuration()
        configuration.proxy = .none
        configuration.caBundlePath = caBundlePath
        return CurlTransport(configuration: configuration)
    }

    @Test("a certificate of the given authority is accepted, and a window that fills and drains loses nothing")
    func trusted() async throws {
        try await withTLSServer { server, sent in
            var configuration = CurlTransport.Configuration()
            configuration.proxy = .none
            configuration.caBundlePath = server.certificatePath
            configuration.windowByteCount = 64 * 1024
            let transport = CurlTransport(configuration: configuration)
            for _ in 0..<3 {
                let response = try await transport.send(sent)
                #expect(response.status == 200)
                let (bytes, error) = await response.body.readUntilFailure()
                #expect(error == nil)
                #expect(bytes == TLSServer.content)
            }
        }
    }

    @Test("a certificate of nobody's authority is refused, by name of the reason")
    func untrusted() async throws {
        try await withTLSServer { server, sent in
            let error = try #require(await transport(nil).failure(of: sent))
            #expect(error.kind == .tls)
            #expect(error.responseStarted == false)
            #expect(error.message.hasPrefix("127.0.0.1:\(server.port): TLS failed: "))
            #expect(error.message.contains("self-signed certificate"))
        }
    }

    @Test("a certificate for another name is refused")
    func otherName() async throws {
        try await withTLSServer { server, sent in
            var sent = sent
            sent.host = "localhost"
            let error = try #require(await transport(server.certificatePath).failure(of: sent))
            #expect(error.kind == .tls, "\(error)")
        }
    }

    @Test("a bundle that is not there is a TLS error")
    func noBundle() async throws {
        try await withTLSServer { server, sent in
            let error = try #require(await transport("/nowhere/ca.pem").failure(of: sent))
            #expect(error.kind == .tls, "\(error)")
        }
    }

    @Test("a peer that does not speak TLS is a TLS error")
    func plainPeer() async throws {
        try await withServer({ _ in [.response("")] }) { server, transport in
            let plain = try RawServer.answeringAnything("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            defer { plain.stop() }
            var sent = request(port: plain.port)
            sent.isSecure = true
            #expect(await transport.failure(of: sent)?.kind == .tls)
        }
    }

    @Test("a handshake that is cut off is a lost connection", arguments: [true, false])
    func cutOff(_ isReset: Bool) async throws {
        let peer = try RawServer.answeringAnything("", isReset: isReset)
        defer { peer.stop() }
        var sent = request(port: peer.port)
        sent.isSecure = true
        let error = await transport(nil).failure(of: sent)
        #expect(error?.kind == .connectionLost, "\(error?.message ?? "")")
    }

    @Test("a handshake without an answer times out by its own limit")
    func silentPeer() async throws {
        // Accepts and reads, and never answers: a client hello has no empty line that would end a request.
        try await withServer(
            { _ in [] },
            configure: {
                $0.connectTimeout = .milliseconds(200)
                $0.tlsTimeout = .milliseconds(300)
            }
        ) { server, transport in
            var sent = request(port: server.port)
            sent.isSecure = true
            let start = ContinuousClock.now
            let error = await transport.failure(of: sent)
            #expect(error?.message == "127.0.0.1:\(server.port): no TLS session within 0.3 seconds")
            #expect(error?.kind == .timedOut)
            #expect(ContinuousClock.now - start > .milliseconds(250))
        }
    }
}

/// `openssl s_server` serving one file over TLS 1.2 and 1.3.
private final class TLSServer {
    static let fileName = "file.bin"
    static let content = RawServer.pattern(byteCount: 3 << 20)

    let certificatePath: String
    let port: Int
    private let directory: URL
    private let server: ChildProcess

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificatePath = directory.appending(path: "cert.pem").path
        // With -HTTP the file is the whole response.
        let head = "HTTP/1.0 200 OK\r\nContent-Length: \(Self.content.count)\r\n\r\n"
        try Data(Array(head.utf8) + Array(Self.content)).write(to: directory.appending(path: Self.fileName))
        let certificate = try ChildProcess(
            """
            cd '\(directory.path)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 \
                -subj /CN=test -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem
            """)
        try #require(certificate.end(killing: false))
        server = try ChildProcess(
            """
            cd '\(directory.path)' && exec openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem -HTTP
            """)
        // It prints "ACCEPT 127.0.0.1:port" when it listens.
        var line = server.readLine()
        while line?.hasPrefix("ACCEPT") == false { line = server.readLine() }
        port = try #require(line?.split(separator: ":").last.flatMap { Int($0) })
    }

    func stop() {
        server.end(killing: true)
        // What cannot be removed lies in the system's temporary directory.
        try? FileManager.default.removeItem(at: directory)
    }
}
