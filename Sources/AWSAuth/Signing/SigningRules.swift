/// What a service asks of the signatures of its requests, where services differ.
public struct SigningRules: Hashable, Sendable {
    /// Whether the path as sent is percent-encoded once more.
    public var encodesPathAgain: Bool
    /// Whether empty, `.` and `..` segments are taken out of the path first.
    public var normalizesPath: Bool
    /// Whether the hash of the body is a header as well.
    public var sendsPayloadHash: Bool
    /// Name of the header that carries a session token.
    public var sessionTokenHeader: String
    /// Whether the session token is part of what is signed; some services add it afterwards.
    public var signsSessionToken: Bool

    /// Creates rules.
    public init(
        encodesPathAgain: Bool, normalizesPath: Bool, sendsPayloadHash: Bool,
        sessionTokenHeader: String = "X-Amz-Security-Token", signsSessionToken: Bool = true
    ) {
        self.encodesPathAgain = encodesPathAgain
        self.normalizesPath = normalizesPath
        self.sendsPayloadHash = sendsPayloadHash
        self.sessionTokenHeader = sessionTokenHeader
        self.signsSessionToken = signsSessionToken
    }

    /// S3 and its relatives: every path names an object as it is.
    public static let s3 = SigningRules(encodesPathAgain: false, normalizesPath: false, sendsPayloadHash: true)
    /// S3 Express with the credentials of a session.
    public static let s3ExpressSession = SigningRules(
        encodesPathAgain: false, normalizesPath: false, sendsPayloadHash: true,
        sessionTokenHeader: "x-amz-s3session-token")
    /// Every other service, STS among them.
    public static let standard = SigningRules(encodesPathAgain: true, normalizesPath: true, sendsPayloadHash: false)
}

/// What stands for the body in a signature.
public enum SignedPayload: Hashable, Sendable {
    /// The SHA-256 of the request's body.
    case body
    /// `UNSIGNED-PAYLOAD`: the body is not part of the signature.
    case unsigned
}
