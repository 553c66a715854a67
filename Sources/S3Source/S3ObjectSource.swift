import ByteCore
import Parquet
import S3

/// One version of an S3 object as a source of byte ranges: every read is pinned to its ETag, where the server has one.
struct S3ObjectSource: RandomAccessSource {
    let client: S3Client
    let object: ObjectSummary

    var byteCount: Int64 { object.byteCount }

    func read(_ range: ByteRange) async throws -> Bytes {
        try await client.get(
            object.key, range: range.offset..<range.end, ifMatch: object.strongETag,
            byteLimit: Int(clamping: range.count))
    }
}

extension ObjectSummary {
    /// The ETag where it can pin a read: some servers list none, and a weak one never matches (RFC 9110, 13.1.1).
    fileprivate var strongETag: String? {
        eTag.isEmpty || eTag.hasPrefix("W/") ? nil : eTag
    }
}
