import ByteCore

extension HTTPRequest {
    /// Host and port, as errors name them.
    var peer: String { "\(bracketedHost):\(port)" }

    /// The host as it stands in a URL.
    var bracketedHost: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }

    /// Whether the host is a link-local address of a metadata or credential service, which no proxy can reach.
    var isMetadataService: Bool { host.hasPrefix("169.254.") || host.lowercased().hasPrefix("fd00:ec2:") }

    /// Whether the host is this machine, of which a proxy that the environment names is no part: what is said to a
    /// service here, such as a container's token, stays here.
    var isLoopback: Bool {
        let name = host.lowercased()
        return name == "localhost" || name == "::1"
            || name.hasPrefix("127.") && name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    }

    /// Whether the method or the body makes the request carry a `Content-Length`.
    var hasBody: Bool { !body.isEmpty || method == "POST" || method == "PUT" || method == "PATCH" }

    /// Refuses what would change the meaning of the request on the wire, such as a line break in a header.
    ///
    /// Spec: RFC 9110, 5.5 and 5.6.2; RFC 9112, 3.
    func validate() throws(HTTPError) {
        guard !host.isEmpty, host.utf8.allSatisfy(\.isHostByte) else {
            throw HTTPError(.invalidRequest, "the host name has characters that no host name has")
        }
        guard (1...65_535).contains(port) else {
            throw HTTPError(.invalidRequest, "\(host): \(port) is not a port")
        }
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenByte) else {
            throw HTTPError(.invalidRequest, "\(peer): the method is not a token")
        }
        guard target.utf8.first == UInt8(ascii: "/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HTTPError(.invalidRequest, "\(peer): the target is not a path of visible ASCII characters")
        }
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(\.isTokenByte) else {
                throw HTTPError(.invalidRequest, "\(peer): a header name is not a token")
            }
            guard header.value.utf8.allSatisfy(\.isFieldByte) else {
                throw HTTPError(.invalidRequest, "\(peer): header \(header.name) has a control character in its value")
            }
        }
    }
}

extension UInt8 {
    private var isAlphanumeric: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }

    fileprivate var isHostByte: Bool { isAlphanumeric || "-._:".utf8.contains(self) }

    fileprivate var isTokenByte: Bool { isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains(self) }

    fileprivate var isFieldByte: Bool { (self >= 0x20 && self != 0x7F) || self == 0x09 }
}
