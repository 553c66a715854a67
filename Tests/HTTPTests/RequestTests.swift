import ByteCore
import HTTP
import Testing

/// What goes out.
@Suite struct RequestTests {
    private func sent(
        _ method: String = "GET", target: String = "/", headers: [HTTPHeader] = [HTTPHeader("Host", "h")],
        body: [UInt8] = [], configure: (inout CurlTransport.Configuration) -> Void = { _ in }
    ) async throws -> String {
        try await withServer({ _ in [.response("")] }, configure: configure) { server, transport in
            let response = try await transport.send(
                request(method, port: server.port, target: target, headers: headers, body: body))
            _ = try await response.body.next()
            return try #require(server.requests.first).text
        }
    }

    @Test(
        "the target arrives byte for byte",
        arguments: [
            "//a/../b%2Fc?x=1&y=%20", "/", "/?", "/a?", "/a?b=c?d=e", "/./a/./", "/..", "/a//b", "/%7Ea%2f%2F",
            "/a+b&c;d=e",
            "/?list-type=2&prefix=&continuation-token=a%3D%3D", "/a:b@c", "/a\\b^|`{}\"<>",
        ])
    func target(_ target: String) async throws {
        #expect(try await sent(target: target) == "GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
    }

    @Test("only the headers given are sent, as given")
    func headers() async throws {
        let text = try await sent(headers: [
            HTTPHeader("x-amz-date", "20260101T000000Z"), HTTPHeader("Host", "Bucket.Example:443"),
            HTTPHeader("Range", "bytes=0-7"), HTTPHeader("x-empty", ""), HTTPHeader("X-Twice", "a"),
            HTTPHeader("X-Twice", "b  c"), HTTPHeader("x-utf8", "é"),
        ])
        #expect(
            text == """
                GET / HTTP/1.1\r
                Host: Bucket.Example:443\r
                x-amz-date: 20260101T000000Z\r
                Range: bytes=0-7\r
                x-empty:\r
                X-Twice: a\r
                X-Twice: b  c\r
                x-utf8: é\r
                \r

                """)
    }

    @Test("a user agent is sent when the transport has one and the request none")
    func userAgent() async throws {
        let own = try await sent { $0.userAgent = "cq/1" }
        #expect(own.contains("\r\nUser-Agent: cq/1\r\n"))
        let given = try await sent(headers: [HTTPHeader("Host", "h"), HTTPHeader("user-agent", "me")]) {
            $0.userAgent = "cq/1"
        }
        #expect(given == "GET / HTTP/1.1\r\nHost: h\r\nuser-agent: me\r\n\r\n")
    }

    @Test("a body goes out with its length and nothing else", arguments: ["PUT", "POST", "PATCH"])
    func body(_ method: String) async throws {
        #expect(try await sent(method, body: []) == "\(method) / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
        let small = try await sent(method, body: Array("a=b\0c".utf8))
        #expect(small == "\(method) / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na=b\0c")
        let text = String(repeating: "0123456789abcdef", count: 200_000)
        let large = try await sent(method, body: Array(text.utf8))
        #expect(large == "\(method) / HTTP/1.1\r\nHost: h\r\nContent-Length: 3200000\r\n\r\n" + text)
    }

    @Test("a length or a type given by the caller is not sent twice")
    func ownLength() async throws {
        let headers = [
            HTTPHeader("Host", "h"), HTTPHeader("Content-Length", "2"), HTTPHeader("Content-Type", "text/plain"),
        ]
        #expect(
            try await sent("POST", headers: headers, body: [0x61, 0x62])
                == "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nab")
    }

    @Test("methods without a body carry no length", arguments: ["GET", "HEAD", "DELETE", "OPTIONS"])
    func bodyless(_ method: String) async throws {
        #expect(try await sent(method) == "\(method) / HTTP/1.1\r\nHost: h\r\n\r\n")
    }

    @Test("a request that would change its meaning on the wire is refused and not sent")
    func refused() async throws {
        try await withServer({ _ in [.response("")] }) { server, transport in
            func refuses(_ change: (inout HTTPRequest) -> Void) async {
                var changed = request(port: server.port)
                change(&changed)
                let error = await transport.failure(of: changed)
                #expect(error?.kind == .invalidRequest)
                #expect(error?.responseStarted == false)
            }
            await refuses { $0.headers.append(HTTPHeader("x-token", "a\r\nx-other: b")) }
            await refuses { $0.headers.append(HTTPHeader("x-token", "a\0b")) }
            await refuses { $0.headers.append(HTTPHeader("x token", "a")) }
            await refuses { $0.headers.append(HTTPHeader("", "a")) }
            await refuses { $0.target = "/a b" }
            await refuses { $0.target = "/a\r\nb" }
            await refuses { $0.target = "/é" }
            await refuses { $0.target = "a" }
            await refuses { $0.target = "" }
            await refuses { $0.method = "GET /" }
            await refuses { $0.host = "user@127.0.0.1" }
            await refuses { $0.host = "127.0.0.1/x" }
            await refuses { $0.host = "" }
            await refuses { $0.port = 0 }
            await refuses { $0.port = 65_536 }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("a plain request through a proxy has the absolute form and the same target")
    func plainProxy() async throws {
        try await withServer({ _ in [.response("")] }) { proxy, _ in
            var configuration = CurlTransport.Configuration()
            configuration.proxy = .server(host: "127.0.0.1", port: proxy.port)
            let transport = CurlTransport(configuration: configuration)
            var sent = request(port: 9_000, target: "//a/../b%2Fc?x=1&y=%20")
            sent.host = "s3.example"
            _ = try await transport.send(sent)
            let text = try #require(proxy.requests.first).text
            #expect(text.hasPrefix("GET http://s3.example:9000//a/../b%2Fc?x=1&y=%20 HTTP/1.1\r\nHost: h\r\n"))
        }
    }

    @Test("a proxy that refuses a tunnel is named as such, with its status")
    func refusedTunnel() async throws {
        try await withServer({ _ in [.response("no", status: "403 Forbidden")] }) { proxy, _ in
            var configuration = CurlTransport.Configuration()
            configuration.proxy = .server(host: "127.0.0.1", port: proxy.port)
            var sent = request(port: 443, target: "/secret?X-Amz-Signature=1")
            sent.host = "s3.example"
            sent.isSecure = true
            let error = await CurlTransport(configuration: configuration).failure(of: sent)
            #expect(error == HTTPError(.connect, "s3.example:443: the proxy refused to connect: status 403"))
            #expect(proxy.requests.first?.text.hasPrefix("CONNECT s3.example:443 HTTP/1.1\r\n") == true)
            #expect(proxy.requests.first?.text.contains("secret") == false)
        }
    }

    @Test("a metadata service is reached directly whatever the proxy", arguments: ["169.254.0.1", "fd00:ec2::254"])
    func metadata(_ host: String) async throws {
        try await withServer({ _ in [.response("")] }) { proxy, _ in
            var configuration = CurlTransport.Configuration()
            configuration.proxy = .server(host: "127.0.0.1", port: proxy.port)
            configuration.connectTimeout = .milliseconds(100)
            var sent = request(port: 1)
            sent.host = host
            // Whether the address can be reached is not the question: the proxy must not hear of it.
            _ = await CurlTransport(configuration: configuration).failure(of: sent)
            #expect(proxy.connectionCount == 0)
        }
    }
}
