internal import HTTP

/// Where a bucket is and how requests to it are written.
public struct S3Configuration: Hashable, Sendable {
    /// The bucket's region; nil asks the bucket, at AWS, and is us-east-1 at other servers.
    public var region: String?
    /// Address of a server other than AWS, such as `http://127.0.0.1:9000` or `https://host/base`; nil is AWS.
    public var endpoint: String?
    /// Whether the bucket is part of the path rather than of the host.
    ///
    /// Nil is a path where the host is `localhost`. Always a path where the host is an address, or where the bucket's
    /// name cannot be part of a host: not in lower case, or with dots where the certificate covers one label.
    public var pathStyle: Bool?
    /// Whether AWS hosts that have an IPv6 address as well are used.
    public var usesDualstack: Bool
    /// Whether AWS hosts with FIPS 140 cryptography are used.
    public var usesFIPS: Bool
    /// Whether requests go to the nearest edge of AWS's network rather than to the bucket's region.
    public var usesAccelerate: Bool
    /// Whether requests say that their sender pays for them.
    public var requesterPays: Bool
    /// The key of objects that were encrypted with a key of the customer.
    public var customerKey: CustomerKey?
    /// Number of keys asked for in one page of a listing.
    public var pageSize: Int
    /// The `User-Agent` of requests.
    public var userAgent: String

    /// Creates a configuration.
    public init(
        region: String? = nil, endpoint: String? = nil, pathStyle: Bool? = nil, usesDualstack: Bool = false,
        usesFIPS: Bool = false, usesAccelerate: Bool = false, requesterPays: Bool = false,
        customerKey: CustomerKey? = nil, pageSize: Int = 1_000,
        userAgent: String = "cq-source-s3"
    ) {
        self.region = region
        self.endpoint = endpoint
        self.pathStyle = pathStyle
        self.usesDualstack = usesDualstack
        self.usesFIPS = usesFIPS
        self.usesAccelerate = usesAccelerate
        self.requesterPays = requesterPays
        self.customerKey = customerKey
        self.pageSize = pageSize
        self.userAgent = userAgent
    }
}

extension S3Configuration {
    /// Returns the headers that the settings add to a request.
    func headers(for operation: S3Operation) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if requesterPays, operation != .headBucket { headers.append(HTTPHeader("x-amz-request-payer", "requester")) }
        if let customerKey, operation == .getObject { headers += customerKey.headers }
        return headers
    }
}
