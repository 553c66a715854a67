internal import HTTP

extension S3Error {
    /// What an answer says about a request, as far as its kind depends on it.
    struct Answer: Hashable {
        var status: Int
        /// The code of the error document; nil where there was none.
        var code: String?
        /// The region that the answer names, in a header or in the document.
        var region: String?
        /// The region that the request was signed for.
        var signedRegion = ""
        /// Whether an object was asked for.
        var hasKey = false
        /// Whether the answer says that the object is deleted in the version asked for.
        var isDeleteMarker = false
    }

    /// Returns the kind of an answer that is not a success.
    static func kind(of answer: Answer) -> Kind {
        if let code = answer.code, let kind = kind(ofCode: code, answer) { return kind }
        let isElsewhere = answer.region.map { $0 != answer.signedRegion } ?? false
        switch answer.status {
        case 301, 307, 308: return .wrongRegion(answer.region)
        case 400: return isElsewhere ? .wrongRegion(answer.region) : .badRequest
        case 401: return .unauthenticated
        case 403: return .accessDenied
        case 404: return .notFound(answer.hasKey ? .key : .bucket)
        case 405 where answer.isDeleteMarker: return .notFound(.key)
        case 408, 409: return .unavailable
        case 412, 416: return .changed
        case 429, 503: return .throttled
        case 500...599: return .unavailable
        case 400...499: return .badRequest
        // A code without a failing status is a failure that the server noticed late.
        default: return answer.code == nil ? .invalidResponse : .unavailable
        }
    }

    private static func kind(ofCode code: String, _ answer: Answer) -> Kind? {
        switch code {
        case "NoSuchKey", "NoSuchVersion": .notFound(.key)
        case "NoSuchBucket": .notFound(.bucket)
        case "AccessDenied", "AllAccessDisabled", "AccountProblem", "UnauthorizedAccess", "KMS.DisabledException":
            .accessDenied
        case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidTokenId", "InvalidSecurity", "NotSignedUp",
            "MissingSecurityHeader", "MissingAuthenticationToken", "CredentialsNotSupported", "AuthFailure",
            "UnrecognizedClientException", "IncompleteSignature", "UnauthorizedAccessError":
            .unauthenticated
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "RequestExpired":
            .credentialsExpired
        case "RequestTimeTooSkewed": .clockSkewed
        case "PermanentRedirect", "TemporaryRedirect", "Redirect", "IllegalLocationConstraintException",
            "IncorrectEndpoint":
            .wrongRegion(answer.region)
        case "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError":
            answer.region == nil || answer.region == answer.signedRegion
                ? .unauthenticated : .wrongRegion(answer.region)
        case "SlowDown", "SlowDownRead", "Throttling", "ThrottlingException", "ThrottledException",
            "RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "BandwidthLimitExceeded",
            "TooManyRequests", "TooManyRequestsException", "LimitExceededException", "ReduceRequestRate",
            "PriorRequestNotComplete", "EC2ThrottledException", "ProvisionedThroughputExceededException":
            .throttled
        case "InternalError", "InternalFailure", "RequestTimeout", "RequestTimeoutException", "OperationAborted",
            "ConditionalRequestConflict", "ServerBusy", "XMinioServerNotInitialized", "IncompleteBody":
            .unavailable
        case "ServiceUnavailable", "Busy": .throttled
        case "PreconditionFailed", "InvalidRange": .changed
        case "InvalidObjectState": .archived
        // Of all that makes a plain GET of an object invalid, only its encryption is the object's own.
        case "InvalidRequest" where answer.hasKey: .keyMismatch
        default: nil
        }
    }

    /// Returns the kind of a failure without an answer.
    static func kind(of error: HTTPError) -> Kind {
        switch error.kind {
        case .timedOut: .timedOut
        case .invalidResponse: .invalidResponse
        case .invalidRequest: .badRequest
        case .cancelled: .cancelled
        case .resolve, .connect, .tls, .connectionLost: .transport(error.kind)
        }
    }
}
