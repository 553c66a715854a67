internal import AWSAuth
public import HTTP

/// Why a request to S3 did not come to what was asked.
public struct S3Error: Error, Hashable, Sendable {
    /// What is wrong, by what comes next.
    public enum Kind: Hashable, Sendable {
        /// A setting cannot be: the user corrects it.
        case invalidConfiguration
        /// There is no such object (any more), or no such bucket.
        case notFound(Resource)
        /// The credentials are good and do not permit this.
        case accessDenied
        /// There are no credentials, or the server does not accept them.
        case unauthenticated
        /// The credentials were good once: fetch new ones.
        case credentialsExpired
        /// The clock here is too far from the server's.
        case clockSkewed
        /// The bucket is in the region named, if the server names it.
        case wrongRegion(String?)
        /// The server asks for fewer requests.
        case throttled
        /// The server failed: try again.
        case unavailable
        /// The object is not the one that was listed: it was replaced.
        case changed
        /// The object is in an archive, from which it must be restored before it can be read.
        case archived
        /// The object is encrypted with a key of the customer, and the request came without it; or the other way round.
        case keyMismatch
        /// Nothing, or too little, arrived in time.
        case timedOut
        /// The connection failed.
        case transport(HTTPError.Kind)
        /// The answer contradicts the request or itself.
        case invalidResponse
        /// The server does not accept the request, and would not the next time.
        case badRequest
        /// The caller cancelled.
        case cancelled
    }

    /// What was not found.
    public enum Resource: Hashable, Sendable {
        /// The object.
        case key
        /// The bucket.
        case bucket
    }

    /// What is wrong.
    public let kind: Kind
    /// What was asked; nil where nothing was sent.
    public var operation: S3Operation?
    /// The bucket that was asked.
    public var bucket: String
    /// The object that was asked for, if one was.
    public var key: ObjectKey?
    /// The region that was asked.
    public var region = ""
    /// The status of the answer, if there was one.
    public var status: Int?
    /// The code of the answer's error document, such as `NoSuchKey`.
    public var code: String?
    /// The message of the answer's error document, without anything secret.
    public var message: String?
    /// The server's name for the request, for its operator.
    public var requestID: String?
    /// The operator's second name for the request.
    public var extendedRequestID: String?
    /// What this side found, where the server said nothing.
    public var detail: String?
    /// How long the server asks to wait before the next attempt.
    public var retryAfter: Duration?
    /// How often the request was sent.
    public var attemptCount = 1
    /// Whether the bytes arrived, and do not have the checksum that came with them.
    public internal(set) var isDamage = false
    /// By how many seconds the clock here is ahead of the server's, where that is why the request was refused.
    var clockLead: Int64?
    /// Whether nothing is gained by trying once more: all that could be tried was.
    var isExhausted = false

    /// Creates an error.
    public init(
        _ kind: Kind, operation: S3Operation? = nil, bucket: String = "", key: ObjectKey? = nil, detail: String? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.bucket = bucket
        self.key = key
        self.detail = detail
    }

    /// Whether the same request may succeed when it is sent again.
    public var isTransient: Bool {
        switch kind {
        case .throttled, .unavailable, .timedOut, .invalidResponse: true
        case .transport(let kind): kind != .tls && kind != .cancelled
        case .invalidConfiguration, .notFound, .accessDenied, .unauthenticated, .credentialsExpired, .clockSkewed,
            .wrongRegion, .changed, .archived, .keyMismatch, .badRequest, .cancelled:
            false
        }
    }
}

extension S3Error: CustomStringConvertible {
    /// The error for people: what was asked, what came back, and what to check.
    public var description: String {
        var text = ""
        if !bucket.isEmpty {
            text = "s3://\(ObjectKey(bucket))" + (key.map { "/\($0)" } ?? "") + ": "
        }
        text += summary
        let server = [status.map { "status \($0)" }, code, message].compactMap { $0 }.filter { !$0.isEmpty }
        if !server.isEmpty { text += " (" + server.joined(separator: ", ") + ")" }
        if let detail { text += ": " + detail }
        if let advice { text += "; " + advice }
        if attemptCount > 1 { text += " [after \(attemptCount) attempts]" }
        if let requestID { text += " [request \(requestID)" + (extendedRequestID.map { ", \($0)" } ?? "") + "]" }
        return text
    }

    private var summary: String {
        switch kind {
        case .invalidConfiguration: "the configuration cannot be used"
        case .notFound(.key): "the object does not exist"
        case .notFound(.bucket): "the bucket does not exist"
        case .accessDenied: "access denied"
        case .unauthenticated: "the credentials are not accepted"
        case .credentialsExpired: "the credentials have expired"
        case .clockSkewed: "the clock of this machine is wrong"
        case .wrongRegion: "the bucket is in another region"
        case .throttled: "the server asks for fewer requests"
        case .unavailable: "the server failed"
        case .changed: "the object was replaced since it was listed"
        case .archived: "the object is archived"
        case .keyMismatch: "the object is encrypted with another key than the one that was sent along"
        case .timedOut: "no answer in time"
        case .transport: "the connection failed"
        case .invalidResponse: "the answer cannot be right"
        case .badRequest: "the request was refused"
        case .cancelled: "cancelled"
        }
    }

    /// What to check.
    private var advice: String? {
        switch kind {
        case .accessDenied:
            switch operation {
            case _ where isDirectoryBucket: "the credentials need s3express:CreateSession on the bucket"
            case .getObject:
                "the credentials need s3:GetObject on \(resourceName), and kms:Decrypt where it is encrypted with KMS; "
                    + "without s3:ListBucket an object that is gone is denied as well"
            case .listObjects:
                "the credentials need s3:ListBucket on \(resourceName), "
                    + "and request_payer where the bucket has its requesters pay"
            case .headBucket, .createSession, nil: "the credentials need s3:ListBucket on \(resourceName)"
            }
        case .notFound(.bucket): "check bucket, region and endpoint"
        case .unauthenticated: authenticationAdvice
        case .credentialsExpired: "renew them"
        case .clockSkewed: "set it: signatures are good for 15 minutes"
        case .wrongRegion(let region): region.map { "set region to \($0)" } ?? "set region to that of the bucket"
        case .archived: "restore it from its storage class first"
        case .keyMismatch: "set sse_customer_key to the object's key, or to none where it has none"
        case .transport(.resolve): "check region and endpoint"
        case .transport(.connect): "check endpoint, and that the server is running"
        case .transport(.tls): "check that endpoint is right to say https and that its certificate is trusted"
        case .throttled, .unavailable, .changed, .timedOut, .transport, .invalidResponse, .badRequest,
            .invalidConfiguration, .notFound(.key), .cancelled:
            nil
        }
    }

    private var authenticationAdvice: String? {
        switch code {
        case "InvalidAccessKeyId": "check the access key ID: the server does not know it"
        case "SignatureDoesNotMatch": "check the secret access key"
        case "InvalidTokenId": "check the session token"
        case nil where status == nil: nil
        default: "check access key ID, secret access key and session token"
        }
    }

    private var isDirectoryBucket: Bool { bucket.hasSuffix("--x-s3") || bucket.hasSuffix("--xa-s3") }

    /// The Amazon resource name of what was asked.
    private var resourceName: String {
        let isARN = bucket.hasPrefix("arn:")
        let partition = AWSPartition(region: region).name
        let name = isARN ? "\(ObjectKey(bucket))" : "arn:\(partition):s3:::\(ObjectKey(bucket))"
        guard operation == .getObject else { return name }
        return name + (isARN ? "/object/" : "/") + (key.map { "\($0)" } ?? "*")
    }
}
