import Glibc

/// Where a server listens.
public enum ListenAddress: Sendable, Hashable {
    /// TCP.
    ///
    /// The host is a name or an address, IPv6 without brackets. `localhost` means 127.0.0.1 and, where the machine
    /// has it, ::1; an empty host, `::` and `0.0.0.0` mean every address of both families. Port 0 takes any free one.
    case tcp(host: String, port: Int)
    /// A unix domain socket; a file left by a process that is gone is replaced.
    case unix(path: String)
}

extension ListenAddress: CustomStringConvertible {
    /// The address as a user writes it.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

extension ListenAddress {
    /// Whether a process accepts connections on the unix socket.
    ///
    /// gRPC removes the file of any socket, in use or not, before it binds its own.
    var isAnswered: Bool {
        guard case .unix(let path) = self else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else { return false }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, size) == 0
            }
        }
    }
}

extension String {
    /// This path as the path of a URI: gRPC takes unix sockets as URIs and refuses characters those may not hold.
    ///
    /// `%` is kept on request, in what a user wrote as a URI.
    func percentEncoded(keepingPercent: Bool = false) -> String {
        var encoded = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "%") where keepingPercent: encoded += "%"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += (byte < 16 ? "%0" : "%") + digits
            }
        }
        return encoded
    }
}
