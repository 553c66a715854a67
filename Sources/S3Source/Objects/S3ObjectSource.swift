import ByteCore
import Parquet
import S3

/// One content of an S3 object as a source of byte ranges: every read is pinned to it, where the server can.
///
/// A small object comes whole with the first read. Of a large one the end that was fetched for the footer is kept, and
/// what lies in it is not fetched again. Where there is no room to keep bytes, each read fetches its own.
struct S3ObjectSource: RandomAccessSource {
    let reader: BucketReader
    let object: ObjectSummary
    let table: String
    /// Whether bytes are kept for further reads.
    private let keepsBytes: Bool
    private let pin: ObjectPin

    init(reader: BucketReader, object: ObjectSummary, table: String, keepsBytes: Bool) {
        self.reader = reader
        self.object = object
        self.table = table
        self.keepsBytes = keepsBytes
        pin = ObjectPin(eTag: object.eTag, byteCount: object.byteCount)
    }

    var byteCount: Int64 { object.byteCount }

    /// Reads the footer, as a rule in one request.
    func footer(keys: DecryptionKeys) async throws -> FileMetadata {
        let metadata = try await readFooter(
            of: self, keys: keys, tailByteCount: reader.endByteCount(of: object, table: table))
        reader.note(footerByteCount: metadata.byteCount, table: table)
        return metadata
    }

    /// Returns the bytes of a range.
    ///
    /// - Throws: `archived` without a request where the listing says that the object cannot be read.
    func read(_ range: ByteRange) async throws -> Bytes {
        guard !object.isArchived else {
            throw S3Error(.archived, operation: .getObject, bucket: reader.store.bucket, key: object.key)
        }
        guard let end = try await end(for: range) else { return try await fetch(range) }
        if range.offset >= end.offset { return end.part(range) }
        guard range.end > end.offset else { return try await fetch(range) }
        let start = try await fetch(ByteRange(offset: range.offset, count: end.offset - range.offset))
        var joined = ByteBuilder(capacity: Int(range.count))
        joined.append(contentsOf: start)
        joined.append(contentsOf: end.part(ByteRange(offset: end.offset, count: range.end - end.offset)))
        return joined.freeze()
    }

    /// Lets go of what is held of the object.
    func release() { reader.fetched.drop(object) }

    /// Returns the end of the object that is held, or is to be held once it is fetched for this range.
    private func end(for range: ByteRange) async throws -> FetchedBytes.End? {
        guard keepsBytes else { return try await reader.fetched.end(of: object) }
        if byteCount <= BucketReader.wholeByteCount {
            return try await reader.fetched.end(of: object, byteCount: Int(byteCount)) { [self] in
                try await reader.store.get(object.key, pin: pin, byteLimit: Int(byteCount))
            }
        }
        if range.end == byteCount, range.count <= BucketReader.wholeByteCount {
            return try await reader.fetched.end(of: object, byteCount: Int(range.count)) { [self] in
                try await fetch(range)
            }
        }
        return try await reader.fetched.end(of: object)
    }

    private func fetch(_ range: ByteRange) async throws -> Bytes {
        try await reader.store.get(
            object.key, range: range.offset..<range.end, pin: pin, byteLimit: Int(clamping: range.count))
    }
}

extension FetchedBytes.End {
    /// Returns the bytes of a range of the object that lies in this end of it.
    fileprivate func part(_ range: ByteRange) -> Bytes {
        bytes[Int(range.offset - offset)..<Int(range.end - offset)]
    }
}
