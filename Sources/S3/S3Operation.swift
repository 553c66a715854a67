/// What was asked of the server.
public enum S3Operation: String, Hashable, Sendable {
    /// A page of a listing.
    case listObjects = "ListObjectsV2"
    /// An object or a part of one.
    case getObject = "GetObject"
    /// Whether the bucket is there, and where.
    case headBucket = "HeadBucket"
    /// Credentials for a directory bucket.
    case createSession = "CreateSession"
}
