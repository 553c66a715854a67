extension CurlTransport {
    /// Limits and choices of a transport.
    public struct Configuration: Sendable {
        /// How connections leave this machine.
        public enum Proxy: Hashable, Sendable {
            /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` decide, in upper or lower case, as libcurl reads
            /// them; `HTTP_PROXY` not in a CGI program. This machine is always reached directly.
            case environment
            /// Never through a proxy.
            case none
            /// Through this HTTP proxy.
            case server(host: String, port: Int)
        }

        /// Most connections to one host and port; further requests wait in order. Nil is no limit.
        public var maxConnectionsPerHost: Int?
        /// Longest time until a TCP connection stands, name resolution included.
        public var connectTimeout: Duration = .seconds(3)
        /// Longest further time until the TLS handshake is done.
        public var tlsTimeout: Duration = .seconds(5)
        /// Longest time from the request, or the last byte of its body sent, to the first byte of the response.
        public var firstByteTimeout: Duration = .seconds(30)
        /// Fewest bytes per second that a peer may send on average once the response has begun. Where many transfers
        /// share the line, a quarter of an equal share will do; and each time a transfer was ended, half as much.
        public var minimumThroughput = 64 * 1024
        /// Time for which a peer may send nothing before `minimumThroughput` ends the request.
        public var throughputPeriod: Duration = .seconds(10)
        /// Most bytes of a body held while nobody reads; then the transport stops receiving.
        public var windowByteCount = 1 << 20
        /// Age at which an unused connection is no longer reused. Units: whole seconds.
        public var idleConnectionAge: Duration = .seconds(30)
        /// PEM file of certificate authorities in place of the system's.
        public var caBundlePath: String?
        /// How connections leave; link-local metadata services are always reached directly.
        public var proxy = Proxy.environment
        /// `User-Agent` of requests that carry none; nil sends none.
        public var userAgent: String?
        /// Addresses that stand in for those of the DNS, as `HOST:PORT:ADDRESS,ADDRESS`: tests have no DNS of their own.
        var addresses: [String] = []

        /// Creates the default configuration.
        public init() {}
    }
}

extension Duration {
    /// Whole milliseconds, at least 1: libcurl takes 0 as its own default.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds).multipliedClamping(1_000) + Int(attoseconds / 1_000_000_000_000_000))
    }
}

extension Int {
    fileprivate func multipliedClamping(_ factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        // Half the range leaves room for the milliseconds added to it.
        return overflow ? (self < 0 ? Int.min / 2 : Int.max / 2) : product
    }
}
