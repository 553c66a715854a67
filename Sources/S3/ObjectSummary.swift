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
    /// Whether an archived object has a copy that can be read; nil where the listing was not asked to tell.
    public let isRestored: Bool?

    /// Whether the object is known to be unreadable before it is restored.
    ///
    /// Of others the read tells: `INTELLIGENT_TIERING` does not say whether the object is in one of its archives, and
    /// servers other than AWS have objects under the names of its archives that can be read.
    public var isArchived: Bool {
        (storageClass == "GLACIER" || storageClass == "DEEP_ARCHIVE") && isRestored == false
    }

    /// Creates a summary.
    public init(
        key: ObjectKey, byteCount: Int64, eTag: String, lastModified: Timestamp, storageClass: String? = nil,
        isRestored: Bool? = nil
    ) {
        self.key = key
        self.byteCount = byteCount
        self.eTag = eTag
        self.lastModified = lastModified
        self.storageClass = storageClass
        self.isRestored = isRestored
    }
}
