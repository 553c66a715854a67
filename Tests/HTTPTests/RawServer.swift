import ByteCore
import Glibc
import Synchronization

/// A scripted server on 127.0.0.1: it records each request as it came and answers with the bytes it is told to.
@safe
final class RawServer: Sendable {
    /// One request as received.
    struct Received: Sendable {
        /// Head and body, byte for byte.
        let text: String
        let bodyByteCount: Int
        /// Which connection, from 0.
        let connection: Int
        /// Which request of its connection, from 0.
        let index: Int

        var target: String { String(text.split(separator: " ", maxSplits: 2)[1]) }
    }

    enum Step: Sendable {
        case send(String)
        case sendBytes([UInt8])
        /// Sends this many bytes of `pattern`; opens the gate once the client has accepted none for a while, and
        /// notes in `stalledByteCount` how many it had taken.
        case stream(byteCount: Int, stalled: Gate)
        case wait(Gate)
        case pause(milliseconds: UInt32)
        /// Waits until the client closes, then opens the gate.
        case untilClosed(Gate)
        case close
        /// Closes with RST.
        case reset
    }

    private struct State {
        var requests: [Received] = []
        var connectionCount = 0
        var openConnections: Set<Int32> = []
        var mostOpenConnections = 0
        var stalledByteCount: Int?
    }

    /// How long a client must accept nothing to count as stalled. Units: milliseconds.
    static let stallInterval: Int32 = 400

    let port: Int
    private let listener: Int32
    private let endOfRequest: @Sendable ([UInt8]) -> Int?
    private let respond: @Sendable (Received) -> [Step]
    private let state = Mutex(State())

    /// Starts a server; the script is asked for the steps of each request.
    init(
        address: UInt32 = 0x7F00_0001, port: Int = 0,
        endOfRequest: @escaping @Sendable ([UInt8]) -> Int? = endOfHead,
        _ respond: @escaping @Sendable (Received) -> [Step]
    ) throws {
        self.endOfRequest = endOfRequest
        self.respond = respond
        (listener, self.port) = try listeningSocket(address: address, port: port, backlog: 128)
        startThread { [self] in acceptLoop() }
    }

    /// Starts a server that answers the first bytes of a connection, whatever they are, and closes it.
    static func answeringAnything(_ reply: String, isReset: Bool = false) throws -> RawServer {
        try RawServer(endOfRequest: { $0.isEmpty ? nil : $0.count }) { _ in [.send(reply), isReset ? .reset : .close] }
    }

    deinit { close(listener) }

    var requests: [Received] { state.withLock { $0.requests } }
    var connectionCount: Int { state.withLock { $0.connectionCount } }
    var mostOpenConnections: Int { state.withLock { $0.mostOpenConnections } }
    var stalledByteCount: Int? { state.withLock { $0.stalledByteCount } }

    /// Ends all connections and the threads.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            for connection in state.openConnections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// The first bytes of what `stream` sends: a block of 64 KiB, repeated.
    static func pattern(byteCount: Int) -> Bytes {
        var bytes = ByteBuilder(capacity: byteCount + block.count)
        while bytes.count < byteCount { bytes.append(contentsOf: block) }
        bytes.truncate(to: byteCount)
        return bytes.freeze()
    }

    private static let block = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    private func acceptLoop() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            let number = state.withLock { state in
                state.openConnections.insert(connection)
                state.mostOpenConnections = max(state.mostOpenConnections, state.openConnections.count)
                defer { state.connectionCount += 1 }
                return state.connectionCount
            }
            startThread { [self] in
                serve(connection, number: number)
                state.withLock { _ = $0.openConnections.remove(connection) }
                close(connection)
            }
        }
    }

    private func serve(_ connection: Int32, number: Int) {
        var pending: [UInt8] = []
        var index = 0
        while let received = receive(connection, &pending, number: number, index: index) {
            state.withLock { $0.requests.append(received) }
            index += 1
            for step in respond(received) {
                guard perform(step, on: connection) else { return }
            }
        }
    }

    private func receive(_ connection: Int32, _ pending: inout [UInt8], number: Int, index: Int) -> Received? {
        var headByteCount: Int?
        var bodyByteCount = 0
        while true {
            if headByteCount == nil, let end = endOfRequest(pending) {
                headByteCount = end
                let head = String(decoding: pending[..<end], as: UTF8.self).lowercased()
                if let line = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }) {
                    bodyByteCount = Int(line.dropFirst(15).filter { $0 != " " }) ?? 0
                }
            }
            if let headByteCount, pending.count >= headByteCount + bodyByteCount {
                let end = headByteCount + bodyByteCount
                defer { pending.removeSubrange(..<end) }
                return Received(
                    text: String(decoding: pending[..<end], as: UTF8.self), bodyByteCount: bodyByteCount,
                    connection: number, index: index)
            }
            var part = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe recv(connection, &part, part.count, 0)
            guard count > 0 else { return nil }
            pending += part[..<count]
        }
    }

    /// Carries out one step; false where the connection is done.
    private func perform(_ step: Step, on connection: Int32) -> Bool {
        switch step {
        case .send(let text):
            return send(Array(text.utf8), on: connection)
        case .sendBytes(let bytes):
            return send(bytes, on: connection)
        case .stream(let byteCount, let stalled):
            return stream(byteCount, stalled, on: connection)
        case .wait(let gate):
            gate.block()
            return true
        case .pause(let milliseconds):
            usleep(milliseconds * 1_000)
            return true
        case .untilClosed(let gate):
            var byte: UInt8 = 0
            while unsafe recv(connection, &byte, 1, 0) > 0 {}
            gate.open()
            return false
        case .close:
            return false
        case .reset:
            var option = linger(l_onoff: 1, l_linger: 0)
            unsafe setsockopt(
                connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            return false
        }
    }

    private func send(_ bytes: [UInt8], on connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { part in
                unsafe Glibc.send(connection, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func stream(_ byteCount: Int, _ stalled: Gate, on connection: Int32) -> Bool {
        var sent = 0
        while sent < byteCount {
            var entry = pollfd(fd: connection, events: Int16(POLLOUT), revents: 0)
            if unsafe poll(&entry, 1, Self.stallInterval) == 0 {
                let taken = sent
                state.withLock { $0.stalledByteCount = $0.stalledByteCount ?? taken }
                stalled.open()
                unsafe poll(&entry, 1, -1)
            }
            let part = Self.block[(sent % Self.block.count)...].prefix(byteCount - sent)
            let count = unsafe part.withUnsafeBytes { part in
                unsafe Glibc.send(connection, part.baseAddress, part.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            guard count > 0 || errno == EAGAIN else { return false }
            sent += max(0, count)
        }
        stalled.open()
        return true
    }
}

/// Returns the number of bytes up to and with the first empty line.
private func endOfHead(_ bytes: [UInt8]) -> Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard bytes.count >= 4 else { return nil }
    return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual(mark) }
}

/// Why a socket of a test could not be made.
struct SocketError: Error {
    let code: Int32
}

/// Returns a listening socket on a port of this machine, 127.0.0.1 and a free one as a rule.
func listeningSocket(
    address number: UInt32 = 0x7F00_0001, port: Int = 0, backlog: Int32
) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = number.bigEndian
    address.sin_port = in_port_t(port).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady = unsafe withUnsafeMutablePointer(to: &address) { address in
        unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            unsafe bind(descriptor, address, length) == 0 && listen(descriptor, backlog) == 0
                && getsockname(descriptor, address, &length) == 0
        }
    }
    guard descriptor >= 0, isReady else { throw SocketError(code: errno) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

private final class ThreadBody {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    let code = unsafe pthread_create(
        &thread, nil,
        { context in
            if let context = unsafe context {
                unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
            }
            return nil
        }, context)
    precondition(code == 0, "no thread for a server")
    pthread_detach(thread)
}

/// Closes a socket of the test.
func closeSocket(_ descriptor: Int32) { close(descriptor) }
