public import AWSAuth

/// What a listing tells about an object.
public struct ObjectSummary: Hashable, Sendable {
    /// The object's name.
    public let key: ObjectKey
    /// The object's size.
    public let byteCount: Int64
    /// The identity of the content, as listed, with its quotes; empty where the server gives none.
    public let eTag: String
    /// When the content was written.
    public let lastModified: Timestamp
    /// The storage class, such as `STANDARD` or `GLACIER`; nil where the server gives none.
    public let storageClass: String?

    /// Creates a summary.
    public init(key: ObjectKey, byteCount: Int64, eTag: String, lastModified: Timestamp, storageClass: String? = nil) {
        self.key = key
        self.byteCount = byteCount
        self.eTag = eTag
        self.lastModified = lastModified
        self.storageClass = storageClass
    }
}
