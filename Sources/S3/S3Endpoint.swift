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
    /// Whether none was configured, so that the bucket may be in any.
    let isRegionGuessed: Bool
    /// The service that answers.
    public let service: Service

    /// The services that objects are read from.
    public enum Service: String, Hashable, Sendable {
        /// General purpose buckets.
        case s3
        /// Directory buckets, whose requests are signed with the credentials of a session.
        case s3Express = "s3express"
    }

    /// The `Host` header: the port only where it is not the scheme's own.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Finds the endpoint of a bucket; `region` takes the place of the configured one.
    ///
    /// - Throws: `invalidConfiguration` for a bucket, region or endpoint that cannot be, or that do not go together.
    public init(
        bucket: String, configuration: S3Configuration, region learned: String? = nil
    ) throws(S3Error) {
        do throws(BucketName.Fault) {
            let name = try BucketName(parsing: bucket)
            let region = (learned ?? configuration.region).map { AWSPartition.region(named: $0) }
            guard region.map({ HostName.isLabel($0) }) ?? true else {
                throw BucketName.Fault(
                    "region must be a name such as us-east-1, not \"\(ObjectKey(region ?? ""))\"")
            }
            let server = try Self.server(configuration)
            try Self.checkChoices(configuration, region: region, isCustom: server != nil)
            switch name {
            case .general(let bucket):
                self = try Self.general(bucket, server, region, configuration)
            case .directory(let bucket, let zone):
                self = try Self.directory(bucket, zone, server, region, configuration)
            case .accessPoint(let point):
                self = try Self.accessPoint(point, server, region, configuration)
            }
            guard isSecure || configuration.customerKey == nil else {
                throw BucketName.Fault("a customer's key is sent over https only, and the endpoint is http")
            }
        } catch {
            throw S3Error(.invalidConfiguration, bucket: bucket, detail: error.text)
        }
    }

    /// Creates the endpoint of a server, with the bucket in front of the host, in the path or in neither.
    private init(
        _ server: ServerAddress, hostPrefix: String = "", pathBucket: String? = nil, region: String,
        isRegionGuessed: Bool = false, service: Service = .s3
    ) {
        isSecure = server.isSecure
        host = hostPrefix.isEmpty ? server.host : hostPrefix + "." + server.host
        port = server.port
        let encoded = pathBucket.map { PercentEncoding.encode($0.utf8, keeping: .unreserved) }
        pathPrefix = server.path + (encoded.map { "/" + String(decoding: $0, as: UTF8.self) } ?? "")
        self.region = region
        self.isRegionGuessed = isRegionGuessed
        self.service = service
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

// MARK: - Rules

extension S3Endpoint {
    /// Where a request for a bucket of unknown region is sent: the answer names the region.
    static let defaultRegion = "us-east-1"

    private static func server(_ configuration: S3Configuration) throws(BucketName.Fault) -> ServerAddress? {
        guard let text = configuration.endpoint, !text.isEmpty else { return nil }
        guard let server = ServerAddress(parsing: text) else {
            throw BucketName.Fault(
                "endpoint must be http:// or https:// with a host, and may have a port and a path")
        }
        return server
    }

    /// Refuses choices among the hosts of AWS where there is none.
    private static func checkChoices(
        _ configuration: S3Configuration, region: String?, isCustom: Bool
    ) throws(BucketName.Fault) {
        let (isFIPS, isAccelerated) = (configuration.usesFIPS, configuration.usesAccelerate)
        if isAccelerated && isFIPS { throw BucketName.Fault("acceleration has no hosts with FIPS cryptography") }
        if isCustom {
            for (isChosen, name) in [
                (configuration.usesDualstack, "dual-stack"), (isFIPS, "FIPS"), (isAccelerated, "accelerated"),
            ] where isChosen {
                throw BucketName.Fault(
                    "\(name) hosts are those of AWS and cannot be combined with an endpoint of another server; "
                        + "look at the spec, the environment and the profile")
            }
        }
        let partition = AWSPartition(region: region ?? defaultRegion)
        if !partition.hasFIPSAndAcceleration && (isFIPS || isAccelerated) {
            throw BucketName.Fault("regions in China have no \(isFIPS ? "FIPS" : "accelerated") hosts")
        }
    }

    private static func general(
        _ bucket: String, _ server: ServerAddress?, _ named: String?, _ configuration: S3Configuration
    ) throws(BucketName.Fault) -> S3Endpoint {
        let region = named ?? defaultRegion
        // Another server accepts the default, or its answer names the region.
        let isGuessed = named == nil && server == nil
        let domain = AWSPartition(region: region).domain
        let base = server ?? ServerAddress(host: hostPart("s3", region, domain, configuration))
        // A bucket before an address is no host, and one that the certificate does not cover is no use.
        let isPath =
            configuration.pathStyle ?? base.isLocal || base.isNumeric
            || !HostName.canBegin(with: bucket, allowsDots: !base.isSecure)
        guard configuration.usesAccelerate else {
            return isPath
                ? S3Endpoint(base, pathBucket: bucket, region: region, isRegionGuessed: isGuessed)
                : S3Endpoint(base, hostPrefix: bucket, region: region, isRegionGuessed: isGuessed)
        }
        if isPath {
            throw BucketName.Fault(
                "acceleration needs the bucket in the host: no path style, and a name of small letters, digits and "
                    + "\"-\" without dots")
        }
        // Where the bucket is asked for its region, it is asked itself.
        if isGuessed { return S3Endpoint(base, hostPrefix: bucket, region: region, isRegionGuessed: true) }
        let accelerated = ServerAddress(
            host: "s3-accelerate" + (configuration.usesDualstack ? ".dualstack." : ".") + domain)
        return S3Endpoint(accelerated, hostPrefix: bucket, region: region)
    }

    private static func directory(
        _ bucket: String, _ zone: String?, _ server: ServerAddress?, _ region: String?,
        _ configuration: S3Configuration
    ) throws(BucketName.Fault) -> S3Endpoint {
        if configuration.usesAccelerate { throw BucketName.Fault("a directory bucket has no accelerated hosts") }
        if let server {
            let isPath = server.isNumeric || (configuration.pathStyle ?? server.isLocal)
            let region = region ?? defaultRegion
            return isPath
                ? S3Endpoint(server, pathBucket: bucket, region: region, service: .s3Express)
                : S3Endpoint(server, hostPrefix: bucket, region: region, service: .s3Express)
        }
        guard let zone else {
            throw BucketName.Fault("a directory bucket's name must be NAME--ZONE--x-s3, such as logs--usw2-az1--x-s3")
        }
        guard let region else {
            throw BucketName.Fault("region is required for a directory bucket: its zone is reached within the region")
        }
        let domain = AWSPartition(region: region).domain
        let service = configuration.usesFIPS ? "s3express-fips-" : "s3express-"
        let host = service + zone + (configuration.usesDualstack ? ".dualstack." : ".") + region + "." + domain
        return S3Endpoint(ServerAddress(host: host), hostPrefix: bucket, region: region, service: .s3Express)
    }

    private static func accessPoint(
        _ point: BucketName.AccessPoint, _ server: ServerAddress?, _ region: String?,
        _ configuration: S3Configuration
    ) throws(BucketName.Fault) -> S3Endpoint {
        if configuration.pathStyle == true {
            throw BucketName.Fault("an access point is part of the host and cannot be combined with path style")
        }
        if configuration.usesAccelerate { throw BucketName.Fault("an access point has no accelerated hosts") }
        let partition = AWSPartition(region: point.region)
        if let region, AWSPartition(region: region) != partition {
            throw BucketName.Fault(
                "region \(region) is in partition \(AWSPartition(region: region).name), the access point's in "
                    + partition.name)
        }
        if let server, server.isNumeric {
            throw BucketName.Fault("an access point is part of the host, and the endpoint's host is an address")
        }
        let base =
            server ?? ServerAddress(host: hostPart("s3-accesspoint", point.region, partition.domain, configuration))
        return S3Endpoint(base, hostPrefix: point.name + "-" + point.account, region: point.region)
    }

    private static func hostPart(
        _ service: String, _ region: String, _ domain: String, _ configuration: S3Configuration
    ) -> String {
        service + (configuration.usesFIPS ? "-fips" : "") + (configuration.usesDualstack ? ".dualstack." : ".") + region
            + "." + domain
    }
}
