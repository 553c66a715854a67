import Foundation
import Synchronization

/// A server on 127.0.0.1 that answers one request per connection with what a function of the test says.
@safe
final class LocalServer: Sendable {
    let port: Int
    private let listener: Int32
    private let heads = Mutex<[String]>([])

    /// Starts the server; the function gets a request's head and returns status and body, or nothing to fall silent.
    init(_ answer: @escaping @Sendable (_ head: String) -> (status: Int, body: String)?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isReady else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.listener = listener
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [self] in serve(connection, answer) }
            }
        }
    }

    deinit { close(listener) }

    /// The heads of the requests so far.
    var requests: [String] { heads.withLock { $0 } }

    /// Ends the server's thread.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32, _ answer: (String) -> (status: Int, body: String)?) {
        defer { close(connection) }
        var head = ""
        while !head.contains("\r\n\r\n") {
            var part = [UInt8](repeating: 0, count: 4_096)
            let count = unsafe recv(connection, &part, part.count, 0)
            guard count > 0 else { return }
            head += String(decoding: part[..<count], as: UTF8.self)
        }
        heads.withLock { $0.append(head) }
        guard let (status, body) = answer(head) else {
            // Until the client gives up.
            var byte: UInt8 = 0
            _ = unsafe recv(connection, &byte, 1, 0)
            return
        }
        let text = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        let bytes = Array(text.utf8)
        _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
