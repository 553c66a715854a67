import ByteCore
import Parquet
import S3

/// One version of an S3 object as a source of byte ranges: every read is pinned to its ETag.
struct S3ObjectSource: RandomAccessSource {
    let client: S3Client
    let object: ObjectSummary

    var byteCount: Int64 { object.byteCount }

    func read(_ range: ByteRange) async throws -> Bytes {
        try await client.get(
            object.key, range: range.offset..<range.end, ifMatch: object.eTag, byteLimit: Int(clamping: range.count))
    }
}
