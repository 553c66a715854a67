import ByteCore
import Glibc
import RPC
import Synchronization
import Testing

/// A service that is one closure.
struct TestService: RPCService {
    let body: @Sendable (ServerCall) async throws -> Void

    init(_ body: @escaping @Sendable (ServerCall) async throws -> Void) { self.body = body }

    func handle(_ call: ServerCall) async throws { try await body(call) }
}

extension TestService {
    /// Answers every request message with itself.
    static let echo = TestService { call in
        while let message = try await call.receive() { try await call.send([message]) }
    }
}

extension Bytes {
    init(utf8 text: String) { self.init(text.utf8) }

    /// `count` bytes that differ from place to place, the same for the same seed.
    static func pattern(count: Int, seed: UInt64 = 1) -> Bytes {
        var builder = ByteBuilder(capacity: count)
        var state = seed
        while builder.count + 8 <= count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            builder.append(state)
        }
        builder.append(repeating: UInt8(truncatingIfNeeded: seed), count: count - builder.count)
        return builder.freeze()
    }

    var text: String { String(validating: self) ?? "not UTF-8" }
}

/// A path for a unix socket nobody else uses.
func freshSocketPath() -> String {
    "/tmp/rpc-tests-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
}

/// The kinds of address a server is tested on.
enum Network: CaseIterable {
    case unix
    case tcp

    var address: ListenAddress {
        switch self {
        case .unix: .unix(path: freshSocketPath())
        case .tcp: .tcp(host: "127.0.0.1", port: 0)
        }
    }
}

/// A server, a client of it, and their end.
func withServer<Result>(
    on address: ListenAddress = .unix(path: freshSocketPath()), _ service: TestService,
    serverLimit: Int = 200 << 20, clientLimit: Int = 200 << 20, _ body: (RPCClient) async throws -> Result
) async throws -> Result {
    let server = try RPCServer(listening: address, service: service, maximumMessageByteCount: serverLimit)
    let client = RPCClient(target: target(of: server, on: address), maximumMessageByteCount: clientLimit)
    do {
        let result = try await body(client)
        client.close()
        await server.shutdown(grace: .seconds(5))
        return result
    } catch {
        client.close()
        await server.shutdown(grace: .zero)
        throw error
    }
}

/// The target a client of the server takes.
func target(of server: RPCServer, on address: ListenAddress) -> String {
    switch address {
    case .unix(let path): "unix://\(path)"
    case .tcp(let host, _): host.contains(":") ? "[\(host)]:\(server.port ?? 0)" : "\(host):\(server.port ?? 0)"
    }
}

extension RPCMessageStream {
    /// Reads to the end.
    func all() async throws(RPCStatus) -> [Bytes] {
        var messages: [Bytes] = []
        while let message = try await next() { messages.append(message) }
        return messages
    }
}

/// Something that happens once, awaited by a test.
final class Signal: Sendable {
    private let state = Mutex<(isSet: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func set() {
        let waiters = state.withLock { state in
            state.isSet = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiters.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }
}

/// A number several tasks count up, whose values a test awaits.
final class Counter: Sendable {
    private let state = Mutex<(value: Int, waiters: [(Int, CheckedContinuation<Void, Never>)])>((0, []))

    var value: Int { state.withLock { $0.value } }

    func increment() {
        let reached = state.withLock { state in
            state.value += 1
            let value = state.value
            defer { state.waiters.removeAll { $0.0 <= value } }
            return state.waiters.filter { $0.0 <= value }
        }
        for waiter in reached { waiter.1.resume() }
    }

    func wait(for value: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.value < value { state.waiters.append((value, continuation)) }
                return state.value >= value
            }
            if isReached { continuation.resume() }
        }
    }
}

/// Returns the status `body` throws; nil, and a failed test, when it throws none.
func failure<Result>(
    sourceLocation: SourceLocation = #_sourceLocation, of body: () async throws -> Result
) async -> RPCStatus? {
    do {
        _ = try await body()
        Issue.record("no status was thrown", sourceLocation: sourceLocation)
        return nil
    } catch let status as RPCStatus {
        return status
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
}

/// Expects `body` to throw exactly this status.
func expect<Result>(
    _ status: RPCStatus, sourceLocation: SourceLocation = #_sourceLocation, from body: () async throws -> Result
) async {
    let thrown = await failure(sourceLocation: sourceLocation, of: body)
    #expect(thrown == status, sourceLocation: sourceLocation)
}
