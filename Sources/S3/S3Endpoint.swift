internal import AWSAuth

/// The host and path of one bucket, and the region that requests to it are signed for.
///
/// Spec: the S3 endpoint rule set, with the hosts of the Go SDK (`s3.us-east-1.amazonaws.com`).
public struct S3Endpoint: Hashable, Sendable {
    /// Whether connections are TLS.
    public let isSecure: Bool
    /// Host to connect to; IPv6 without brackets.
    public let host: String
    /// Port to connect to.
    public let port: Int
    /// What comes before `/` and the key in every target: base path and bucket, or nothing.
    public let pathPrefix: String
    /// The region of signatures.
    public let region: String

    /// The `Host` header: the port only where it is not the scheme's own.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Finds the endpoint of a bucket; `region` takes the place of the configured one.
    ///
    /// - Throws: `invalidConfiguration` for a bucket, region or endpoint that cannot be.
    public init(
        bucket: String, configuration: S3Configuration, region learned: String? = nil
    ) throws(S3Error) {
        try Self.check(bucket: bucket)
        region = learned ?? configuration.region ?? Self.defaultRegion
        guard Self.isRegionName(region) else {
            throw S3Error(
                .invalidConfiguration, bucket: bucket,
                detail: "region must be a name such as us-east-1, not \"\(ObjectKey(region))\"")
        }
        let base: Base
        if let text = configuration.endpoint, !text.isEmpty {
            guard let custom = Base(parsing: text) else {
                throw S3Error(
                    .invalidConfiguration, bucket: bucket,
                    detail: "endpoint must be http:// or https:// with a host, and may have a port and a path")
            }
            base = custom
        } else {
            base = .aws(region: region, configuration)
        }
        // A bucket before an address is no host, and one that the certificate does not cover is no use.
        let isPath =
            configuration.pathStyle ?? base.isLocal || base.isAddress
            || !Self.isHostPart(bucket, isSecure: base.isSecure)
        (isSecure, port) = (base.isSecure, base.port)
        guard isSecure || configuration.customerKey == nil else {
            throw S3Error(
                .invalidConfiguration, bucket: bucket,
                detail: "a customer's key is sent over https only, and the endpoint is http")
        }
        if isPath {
            host = base.host
            let encoded = PercentEncoding.encode(bucket.utf8, keeping: .unreserved)
            pathPrefix = base.path + "/" + String(decoding: encoded, as: UTF8.self)
        } else {
            host = bucket + "." + base.host
            pathPrefix = base.path
        }
    }

    /// Returns the target of a request: path and query as sent.
    ///
    /// A key's bytes are encoded once and nothing is taken out of them: `a//b` and `..` are keys like any other.
    func target(key: ObjectKey?, query: [QueryParameter]) -> String {
        var target = Array(pathPrefix.utf8)
        if let key {
            target.append(UInt8(ascii: "/"))
            PercentEncoding.append(key.bytes, keeping: .path, to: &target)
        } else if target.isEmpty {
            target.append(UInt8(ascii: "/"))
        }
        for (index, parameter) in query.enumerated() {
            target.append(index == 0 ? UInt8(ascii: "?") : UInt8(ascii: "&"))
            PercentEncoding.append(parameter.name.utf8, keeping: .unreserved, to: &target)
            guard let value = parameter.value else { continue }
            target.append(UInt8(ascii: "="))
            PercentEncoding.append(value, keeping: .unreserved, to: &target)
        }
        return String(decoding: target, as: UTF8.self)
    }
}

// MARK: - Names

extension S3Endpoint {
    /// Where a request for a bucket of unknown region is sent: the answer names the region.
    static let defaultRegion = "us-east-1"

    private static func check(bucket: String) throws(S3Error) {
        if bucket.isEmpty { throw S3Error(.invalidConfiguration, detail: "bucket must not be empty") }
        let kind =
            bucket.hasPrefix("arn:") ? "an ARN" : bucket.hasSuffix("--x-s3") ? "a directory bucket (S3 Express)" : nil
        if let kind {
            throw S3Error(
                .invalidConfiguration, bucket: bucket,
                detail: "bucket must be the name or alias of a general purpose bucket; \(kind) is not supported")
        }
        guard bucket.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw S3Error(.invalidConfiguration, bucket: bucket, detail: "bucket must not hold \"/\" or spaces")
        }
    }

    private static func isRegionName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// Returns whether a bucket's name can be the first part of a host: the certificate of AWS covers one label.
    private static func isHostPart(_ bucket: String, isSecure: Bool) -> Bool {
        let bytes = Array(bucket.utf8)
        guard (3...63).contains(bytes.count), let first = bytes.first, let last = bytes.last,
            isLowerLetterOrDigit(first), isLowerLetterOrDigit(last), !Base.isIPv4(bucket)
        else { return false }
        return bytes.allSatisfy {
            isLowerLetterOrDigit($0) || $0 == UInt8(ascii: "-") || (!isSecure && $0 == UInt8(ascii: "."))
        } && !bucket.contains("..") && !bucket.contains(".-") && !bucket.contains("-.")
    }

    private static func isLowerLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    fileprivate static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isLowerLetterOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

// MARK: - Base

/// The part of an endpoint that does not depend on the bucket.
private struct Base {
    var isSecure = true
    var host: String
    var port = 443
    /// Without a slash at its end.
    var path = ""

    /// Whether the host is an address.
    var isAddress: Bool { host.contains(":") || Self.isIPv4(host) }

    /// Whether the host is a name of this machine.
    var isLocal: Bool { host == "localhost" || host.hasSuffix(".localhost") }

    /// Domains by the first letters of a region's name.
    private static let domains = [
        ("cn-", "amazonaws.com.cn"), ("us-isob-", "sc2s.sgov.gov"), ("us-isof-", "csp.hci.ic.gov"),
        ("us-iso-", "c2s.ic.gov"), ("eu-isoe-", "cloud.adc-e.uk"), ("eusc-", "amazonaws.eu"),
    ]

    static func aws(region: String, _ configuration: S3Configuration) -> Base {
        let domain = domains.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
        let service = configuration.usesFIPS ? "s3-fips" : "s3"
        return Base(host: service + (configuration.usesDualstack ? ".dualstack." : ".") + region + "." + domain)
    }

    init(host: String) { self.host = host }

    /// Parses the address of a server.
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

    static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && !$0.hasPrefix("+") }
    }

    private static func isIPv6Part(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            || (0x30...0x39).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        S3Endpoint.isLetterOrDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }
}
