import AWSAuth
import S3

/// The stable codes of a failed connection test.
enum ConnectionFailure {
    /// Returns the code for an error in reaching the bucket.
    static func code(of error: any Error) -> String {
        switch error {
        case is CredentialError: return "AUTH_FAILED"
        case let error as S3Error: return code(of: error)
        default: return "UNKNOWN"
        }
    }

    private static func code(of error: S3Error) -> String {
        switch error.kind {
        case .invalidConfiguration: "INVALID_SPEC"
        case .notFound: "BUCKET_NOT_FOUND"
        case .accessDenied: "ACCESS_DENIED"
        case .unauthenticated: "UNAUTHORIZED"
        case .wrongRegion: "WRONG_REGION"
        case .transport, .timedOut: "UNREACHABLE"
        default: "CONNECTION_FAILED"
        }
    }
}
