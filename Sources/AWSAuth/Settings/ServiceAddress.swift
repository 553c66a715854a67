internal import ByteCore
internal import HTTP

/// Where a service answers: scheme, host, port, and the path before every target.
struct ServiceAddress: Hashable, Sendable {
    let isSecure: Bool
    /// A name or an address, in lower case, IPv6 without brackets.
    let host: String
    let port: Int
    /// Path and query as written; empty, or starting with `/`.
    let path: String

    /// Creates the address of a host at the port of its scheme.
    init(host: String, isSecure: Bool = true) {
        (self.isSecure, self.host, port, path) = (isSecure, host, isSecure ? 443 : 80, "")
    }

    /// Parses `http://host:port/path`; nil for anything else, user names among them.
    ///
    /// Spec: RFC 3986, 3. Fragments are refused.
    init?(parsing url: String) {
        let lowercased = url.lowercased()
        guard lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://"),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
        else { return nil }
        isSecure = lowercased.hasPrefix("https://")
        let rest = url.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = String(rest[authority.endIndex...])
        path = target.hasPrefix("?") ? "/" + target : target
        var name = authority
        var digits: Substring?
        if name.hasPrefix("[") {
            guard let close = name.firstIndex(of: "]") else { return nil }
            let after = name[name.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            digits = after.isEmpty ? nil : after.dropFirst()
            name = name[name.index(after: name.startIndex)..<close]
            guard !name.isEmpty, name.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            if let colon = name.firstIndex(of: ":") {
                digits = name[name.index(after: colon)...]
                name = name[..<colon]
            }
            guard !name.isEmpty,
                name.utf8.allSatisfy({ Self.isAlphanumeric($0) || "-._".utf8.contains($0) })
            else { return nil }
        }
        host = name.lowercased()
        switch digits {
        case nil, "": port = isSecure ? 443 : 80
        case let digits?:
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                (1...65_535).contains(number)
            else { return nil }
            port = number
        }
    }

    /// Returns a request to this address; `target` follows the address's own path.
    func request(
        _ method: String, _ target: String, headers: [HTTPHeader] = [], body: [UInt8] = []
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, isSecure: isSecure, host: host, port: port, target: whole(target),
            headers: [HTTPHeader("Host", hostHeader)] + headers, body: Bytes(body))
    }

    /// Returns the URL of a target.
    func url(_ target: String) -> String { (isSecure ? "https://" : "http://") + hostHeader + whole(target) }

    private func whole(_ target: String) -> String {
        var base = path[...]
        if base.hasSuffix("/") && target.hasPrefix("/") { base = base.dropLast() }
        let whole = base + target
        return whole.isEmpty ? "/" : String(whole)
    }

    /// The value of the `Host` header: the port stands in it only where it is not the scheme's own.
    var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether a text can stand between two dots of a host name, as a region does.
    static func isLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
