import ByteCore
import S3

/// Objects that can be listed and read in parts: a bucket, or a directory in its place.
protocol ObjectStore: Sendable {
    /// Name of the bucket, or the one given to the directory.
    var bucket: String { get }

    /// Whether a part of a large object costs as much as all of it.
    var ignoresRanges: Bool { get }

    /// Hands over all objects whose keys start with a prefix, page by page in no order; one that is written while it is
    /// listed may come twice.
    ///
    /// - Returns: directories that cannot be listed, with the reason: what is in them is missing.
    func forEachPage(
        prefix: [UInt8], _ take: ([ObjectSummary]) async throws -> Void
    ) async throws -> [UnreadableDirectory]

    /// Returns what is listed of one object now; nil where there is none.
    func object(_ key: ObjectKey) async throws -> ObjectSummary?

    /// Returns the bytes of a range of an object, or all of it, of the content that the pin names.
    ///
    /// - Throws: `S3Error`; `changed` where the content is another one.
    func get(_ key: ObjectKey, range: Range<Int64>?, pin: ObjectPin, byteLimit: Int) async throws -> Bytes

    /// Returns the bytes of an object, or of a range of it, to be read in their order by one request; nil where many
    /// requests cost no more.
    func stream(_ object: ObjectSummary, range: Range<Int64>?, pin: ObjectPin) -> ObjectStream?

    /// Tries to list.
    func test(prefix: [UInt8]) async throws
}

/// A directory whose files are not known.
struct UnreadableDirectory: Sendable {
    /// The directory's path below the root, without a slash at the end.
    let path: ObjectKey
    let reason: String
}

extension ObjectStore {
    /// Returns the bytes of an object.
    func get(_ key: ObjectKey, pin: ObjectPin, byteLimit: Int) async throws -> Bytes {
        try await get(key, range: nil, pin: pin, byteLimit: byteLimit)
    }
}

extension S3Client: ObjectStore {
    func forEachPage(
        prefix: [UInt8], _ take: ([ObjectSummary]) async throws -> Void
    ) async throws -> [UnreadableDirectory] {
        try await listObjects(prefix: prefix).forEachPage(take)
        // Whoever may list a bucket may list all of it.
        return []
    }

    func stream(_ object: ObjectSummary, range: Range<Int64>?, pin: ObjectPin) -> ObjectStream? {
        stream(object.key, range: range, pin: pin, byteCount: object.byteCount)
    }

    func test(prefix: [UInt8]) async throws {
        var pages = listObjects(prefix: prefix).makeAsyncIterator()
        _ = try await pages.next()
    }
}
