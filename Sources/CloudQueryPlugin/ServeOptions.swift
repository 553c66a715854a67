public import RPC

/// How a plugin process listens and logs: the flags of `serve` that mean something here.
public struct ServeOptions: Sendable, Hashable {
    /// Kind of network to listen on.
    public enum Network: String, Sendable, Hashable, CaseIterable {
        case tcp
        case tcp4
        case tcp6
        case unix
        /// Served as a stream socket: that is what every CloudQuery client dials.
        case unixpacket
    }

    /// Least severe level that is logged.
    public enum LogLevel: String, Sendable, Hashable, CaseIterable {
        case trace
        case debug
        case info
        case warn
        case error
    }

    /// Form of log lines.
    public enum LogFormat: String, Sendable, Hashable, CaseIterable {
        /// For people.
        case text
        /// One JSON object a line, for the CLI.
        case json
    }

    /// `host:port`, or the path of a socket.
    public var address: String
    /// Kind of network.
    public var network: Network
    /// Least severe level logged.
    public var logLevel: LogLevel
    /// Form of log lines.
    public var logFormat: LogFormat

    /// Creates options; the defaults are those of every CloudQuery plugin.
    public init(
        address: String = "localhost:7777", network: Network = .tcp, logLevel: LogLevel = .info,
        logFormat: LogFormat = .text
    ) {
        self.address = address
        self.network = network
        self.logLevel = logLevel
        self.logFormat = logFormat
    }

    /// Where to listen: `[::]` and an empty host are all interfaces, of both IP versions unless the network says one.
    public func listenAddress() throws(InvalidAddress) -> ListenAddress {
        switch network {
        case .unix, .unixpacket:
            // 108 bytes with the terminating zero is what a socket address holds.
            guard !address.isEmpty, address.utf8.count < 108 else {
                throw InvalidAddress(address: address, reason: "a socket path has 1 to 107 bytes")
            }
            return .unix(path: address)
        case .tcp, .tcp4, .tcp6:
            return try tcpAddress()
        }
    }

    private func tcpAddress() throws(InvalidAddress) -> ListenAddress {
        guard let colon = address.lastIndex(of: ":") else {
            throw InvalidAddress(address: address, reason: "expected host:port")
        }
        let digits = address[address.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(digits)
        else {
            throw InvalidAddress(address: address, reason: "the port is a number from 0 to 65535")
        }
        var host = String(address[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw InvalidAddress(address: address, reason: "write an IPv6 host in brackets, as in [::1]:7777")
        }
        return .tcp(host: interface(host), port: Int(port))
    }

    /// The host to bind, given that gRPC takes names of both IP versions.
    private func interface(_ host: String) -> String {
        switch (network, host) {
        case (.tcp4, ""), (.tcp4, "::"): "0.0.0.0"
        case (.tcp4, "localhost"): "127.0.0.1"
        case (.tcp6, "localhost"): "::1"
        case (_, ""): "::"
        default: host
        }
    }
}

/// An address that cannot be listened on.
public struct InvalidAddress: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address as given.
    public let address: String
    /// What is wrong with it.
    public let reason: String

    /// The address and what is wrong with it.
    public var description: String { "invalid address \"\(address)\": \(reason)" }
}
