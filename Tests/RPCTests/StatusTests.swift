import ByteCore
import RPC
import Testing

@Suite("How calls end")
struct StatusTests {
    static let codes = (1...16).map { RPCStatus.Code(rawValue: $0) }

    @Test("A status thrown by the handler arrives with code and text", arguments: codes)
    func everyCode(code: RPCStatus.Code) async throws {
        let status = RPCStatus(code, "reason \(code)")
        let service = TestService { _ in throw status }
        try await withServer(service) { client in
            await expect(status) { try await client.call("/t.S/M", Bytes()) }
            await expect(status) { try await client.serverStream("/t.S/M", Bytes()).all() }
        }
    }

    @Test(
        "Any text survives the wire",
        arguments: [
            "", " ", "100 % of ünïcode: 日本語 😀", "line one\nline two\r\n\ttab", "\u{0}nul\u{0}", "%41 stays %41",
            "e\u{301}",
        ])
    func texts(text: String) async throws {
        let service = TestService { _ in throw RPCStatus(.dataLoss, text) }
        try await withServer(service) { client in
            let status = await failure { try await client.call("/t.S/M", Bytes()) }
            #expect(status?.code == .dataLoss)
            #expect(status.map { Array($0.message.utf8) } == Array(text.utf8))
        }
    }

    @Test("A text too long for the headers of peers is cut, and the code stays", arguments: ["x", "ü", "😀"])
    func longText(unit: String) async throws {
        let text = String(repeating: unit, count: 100_000)
        let service = TestService { _ in throw RPCStatus(.dataLoss, text) }
        try await withServer(service) { client in
            let status = await failure { try await client.call("/t.S/M", Bytes()) }
            #expect(status?.code == .dataLoss)
            #expect(status?.message.hasSuffix("\(unit)…") == true)
            let count = status?.message.utf8.count ?? 0
            #expect((2000...6200).contains(count), "\(count) bytes")
        }
    }

    @Test("Another error becomes UNKNOWN with its description")
    func otherError() async throws {
        struct Trouble: Error, CustomStringConvertible { var description: String { "the disk is full" } }
        try await withServer(TestService { _ in throw Trouble() }) { client in
            await expect(RPCStatus(.unknown, "the disk is full")) { try await client.call("/t.S/M", Bytes()) }
        }
    }

    @Test("A cancellation the handler made up itself becomes CANCELLED")
    func cancellationError() async throws {
        try await withServer(TestService { _ in throw CancellationError() }) { client in
            let status = await failure { try await client.call("/t.S/M", Bytes()) }
            #expect(status?.code == .cancelled)
        }
    }

    @Test("Messages sent before the error arrive before it")
    func messagesThenError() async throws {
        let service = TestService { call in
            for index in 0..<3 { try await call.send([Bytes(utf8: "\(index)")]) }
            throw RPCStatus(.aborted, "after three")
        }
        try await withServer(service) { client in
            let stream = try await client.serverStream("/t.S/M", Bytes())
            for index in 0..<3 {
                let message = try await stream.next()
                #expect(message?.text == "\(index)")
            }
            for _ in 0..<2 { await expect(RPCStatus(.aborted, "after three")) { try await stream.next() } }
        }
    }

    @Test("A unary call without an answer is an error, whatever the status says")
    func noAnswer() async throws {
        try await withServer(TestService { _ in }) { client in
            let status = await failure { try await client.call("/t.S/M", Bytes()) }
            #expect(status?.code == .internal)
            let messages = try await client.serverStream("/t.S/M", Bytes()).all()
            #expect(messages.isEmpty)
        }
    }

    @Test("An answer followed by an error is the error")
    func answerThenError() async throws {
        let service = TestService { call in
            try await call.send([Bytes(utf8: "half")])
            throw RPCStatus(.outOfRange, "no")
        }
        try await withServer(service) { client in
            await expect(RPCStatus(.outOfRange, "no")) { try await client.call("/t.S/M", Bytes()) }
        }
    }

    @Test("A code outside the seventeen is printed by its number, the others by name")
    func names() {
        #expect("\(RPCStatus.Code(rawValue: 42))" == "CODE_42")
        #expect("\(RPCStatus.Code(rawValue: -1))" == "CODE_-1")
        #expect("\(RPCStatus(.resourceExhausted, "too much"))" == "RESOURCE_EXHAUSTED: too much")
        #expect("\(RPCStatus(.unauthenticated))" == "UNAUTHENTICATED")
        #expect(RPCStatus.Code.unauthenticated.rawValue == 16)
    }
}
