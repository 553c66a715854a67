internal import AWSAuth

/// Where a server is: the part of an endpoint that does not depend on the bucket.
struct ServerAddress: Hashable {
    var isSecure = true
    /// Name or address; IPv6 without brackets.
    var host: String
    var port = 443
    /// What every path begins with, encoded, without a slash at its end.
    var path = ""

    /// Creates the address of a host of AWS.
    init(host: String) { self.host = host }

    /// Whether the host is an address.
    var isNumeric: Bool { host.contains(":") || HostName.isIPv4(host) }

    /// Whether the host is a name of this machine.
    var isLocal: Bool { host == "localhost" || host.hasSuffix(".localhost") }

    /// Parses `http://` or `https://`, a host, and maybe a port and a path; nil for anything else.
    init?(parsing text: String) {
        let lowered = text.prefix(8).lowercased()
        isSecure = lowered == "https://"
        guard isSecure || lowered.hasPrefix("http://") else { return nil }
        var rest = text.dropFirst(isSecure ? 8 : 7)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let tail = rest[slash...]
        guard !tail.contains("?"), !tail.contains("#") else { return nil }
        path = String(decoding: PercentEncoding.encode(tail.utf8, keeping: .encoded), as: UTF8.self)
        while path.hasSuffix("/") { path.removeLast() }
        rest = rest[..<slash]

        port = isSecure ? 443 : 80
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<close].lowercased()
            rest = rest[rest.index(after: close)...]
            guard host.contains(":"), host.utf8.allSatisfy(Self.isIPv6Part) else { return nil }
        } else {
            let colon = rest.firstIndex(of: ":") ?? rest.endIndex
            host = rest[..<colon].lowercased()
            rest = rest[colon...]
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isNamePart) else { return nil }
        }
        guard !rest.isEmpty else { return }
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
            (1...65_535).contains(number)
        else { return nil }
        port = number
    }

    private static func isIPv6Part(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            || (0x30...0x39).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        HostName.isLetterOrDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }
}
