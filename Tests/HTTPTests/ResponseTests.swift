import ByteCore
import HTTP
import Testing

/// What comes back when nothing fails.
@Suite struct ResponseTests {
    @Test("status, headers in order and body are what the server sent")
    func whole() async throws {
        let head = "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nX-Amz-Meta: one\r\nx-amz-meta:two\r\nEmpty:\r\n"
        try await withServer({ _ in [.send(head + "Content-Length: 5\r\n\r\nhello")] }) { server, transport in
            let response = try await transport.send(request(port: server.port))
            #expect(response.status == 206)
            #expect(
                response.headers == [
                    HTTPHeader("ETag", "\"a\""), HTTPHeader("X-Amz-Meta", "one"), HTTPHeader("x-amz-meta", "two"),
                    HTTPHeader("Empty", ""), HTTPHeader("Content-Length", "5"),
                ])
            #expect(response[header: "etag"] == "\"a\"")
            let text = try await response.body.text()
            #expect(text == "hello")
            #expect(try await response.body.next() == nil)
        }
    }

    @Test(
        "every status is a response", arguments: [200, 204, 206, 301, 304, 307, 400, 401, 403, 404, 412, 416, 500, 503])
    func status(_ status: Int) async throws {
        let reply = RawServer.Step.send("HTTP/1.1 \(status) x\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
        try await withServer({ _ in [reply] }) { server, transport in
            let response = try await transport.send(request(port: server.port))
            #expect(response.status == status)
            let text = try await response.body.text()
            #expect(text == "")
            #expect(server.requests.count == 1)
        }
    }

    @Test("HEAD has headers, a length and no body, and leaves the connection usable")
    func head() async throws {
        try await withServer({ received in
            received.text.hasPrefix("HEAD")
                ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")] : [.response("x")]
        }) { server, transport in
            let response = try await transport.send(request("HEAD", port: server.port))
            #expect(response[header: "content-length"] == "999")
            #expect(await response.body.collect(limit: 10).failure == nil)
            let text = try await transport.text(of: request(port: server.port))
            #expect(text == "x")
            #expect(server.connectionCount == 1)
        }
    }

    @Test("chunks are joined and trailers dropped")
    func chunked() async throws {
        let body = "5;ext=1\r\nhello\r\n7\r\n, world\r\n0\r\nx-amz-checksum: 1\r\n\r\n"
        let reply = RawServer.Step.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        try await withServer({ _ in [reply] }) { server, transport in
            for _ in 0..<2 {
                let response = try await transport.send(request(port: server.port))
                let text = try await response.body.text()
                #expect(text == "hello, world")
                #expect(response.headers == [HTTPHeader("Transfer-Encoding", "chunked")])
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test("a body without a length ends with the connection")
    func untilClose() async throws {
        try await withServer({ _ in [.send("HTTP/1.0 200 OK\r\n\r\nall of it"), .close] }) { server, transport in
            let text = try await transport.text(of: request(port: server.port))
            #expect(text == "all of it")
        }
    }

    @Test("a coded body is passed on as it is")
    func coded() async throws {
        let reply = RawServer.Step.response("\u{1f}not gzip", headers: "Content-Encoding: gzip\r\n")
        try await withServer({ _ in [reply] }) { server, transport in
            let text = try await transport.text(of: request(port: server.port))
            #expect(text == "\u{1f}not gzip")
        }
    }

    @Test("interim responses are dropped")
    func interim() async throws {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        try await withServer({ _ in [.send(interim), .response("done", headers: "A: b\r\n")] }) { server, transport in
            let response = try await transport.send(request("PUT", port: server.port, body: [1]))
            #expect(response.status == 200)
            #expect(response.headers == [HTTPHeader("Content-Length", "4"), HTTPHeader("A", "b")])
            let text = try await response.body.text()
            #expect(text == "done")
        }
    }

    @Test("the head is returned before the body has come")
    func headFirst() async throws {
        let gate = Gate()
        try await withServer({ _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), .wait(gate), .send("abc")]
        }) { server, transport in
            let response = try await transport.send(request(port: server.port))
            gate.open()
            let text = try await response.body.text()
            #expect(text == "abc")
        }
    }

    @Test("parts are returned as they come")
    func parts() async throws {
        let gate = Gate()
        try await withServer({ _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc"), .wait(gate), .send("def")]
        }) { server, transport in
            let body = try await transport.send(request(port: server.port)).body
            let first = try await body.next()
            #expect(first == Bytes("abc".utf8))
            gate.open()
            let text = try await body.text()
            #expect(text == "def")
        }
    }

    @Test("collecting returns the rest in one window, whether or not its length is known", arguments: [true, false])
    func collect(_ isKnown: Bool) async throws {
        let gate = Gate()
        let head = isKnown ? "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n"
        try await withServer({ _ in [.send(head), .stream(byteCount: 3_000_000, stalled: gate), .close] }) {
            server, transport in
            let whole = try await transport.send(request(port: server.port)).body.collect(limit: 3_000_000)
            let expected = RawServer.pattern(byteCount: 3_000_000)
            #expect(whole.failure == nil)
            #expect(whole.bytes == expected)

            let body = try await transport.send(request(port: server.port)).body
            let first = try #require(try await body.next())
            let rest = await body.collect(limit: 3_000_000)
            #expect(rest.failure == nil)
            #expect(first == expected[0..<first.count])
            #expect(rest.bytes == expected[first.count..<3_000_000])

            let tooLong = await transport.sendAndCollect(request(port: server.port), limit: 2_999_999)
            #expect(tooLong?.kind == .invalidResponse)
        }
    }

    @Test("a fake body collects in the same way")
    func collectDefault() async throws {
        struct Fake: HTTPBody {
            let parts: Parts
            actor Parts {
                var rest: [String]
                init(_ rest: [String]) { self.rest = rest }
                func next() -> Bytes? { rest.isEmpty ? nil : Bytes(rest.removeFirst().utf8) }
            }
            func next() async throws(HTTPError) -> Bytes? { await parts.next() }
            func cancel() {}
        }
        #expect(await Fake(parts: .init(["ab", "c"])).collect(limit: 3).bytes == Bytes("abc".utf8))
        #expect(await Fake(parts: .init(["ab", "c"])).collect(limit: 2).failure?.kind == .invalidResponse)
        #expect(await Fake(parts: .init([])).collect(limit: 0).bytes.isEmpty)
    }
}

extension CurlTransport {
    fileprivate func sendAndCollect(_ request: HTTPRequest, limit: Int) async -> HTTPError? {
        do throws(HTTPError) {
            return await (try send(request)).body.collect(limit: limit).failure
        } catch {
            return error
        }
    }
}
