import ByteCore
import Parquet
import S3

/// One content of an S3 object as a source of byte ranges: every read is pinned to it, where the server can.
///
/// A small object comes whole with the first read. Of a large one the end that was fetched for the footer is kept, and
/// what lies in it is not fetched again. Where there is no room to keep bytes, each read fetches its own. Reads that are
/// known beforehand may come out of one request. Where the server takes no notice of ranges, all of an object is kept if there
/// is room.
struct S3ObjectSource: RandomAccessSource {
    let reader: BucketReader
    let object: ObjectSummary
    let table: String
    /// Whether bytes are kept for further reads.
    private let keepsBytes: Bool
    /// The content that all reads are of.
    let pin: ObjectPin
    private var ordered: OrderedReads?
    /// The end of the object that was held when the reads became known.
    private var heldEnd: FetchedBytes.End?

    init(reader: BucketReader, object: ObjectSummary, table: String, pin: ObjectPin? = nil, keepsBytes: Bool) {
        self.reader = reader
        self.object = object
        self.table = table
        self.keepsBytes = keepsBytes
        self.pin = pin ?? ObjectPin(eTag: object.eTag, byteCount: object.byteCount)
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

    /// Of all bytes of an object that a stream of it gives, so many may be passed over: one in 64.
    private static let passedOverPart: Int64 = 64

    /// Returns the source that answers the reads of some ranges, in their order, out of one request; itself where that is
    /// of no use.
    ///
    /// - Parameter ranges: all that is to be read; they must be sorted by offset and not overlap.
    func streaming(_ ranges: [ByteRange]) async throws -> S3ObjectSource {
        let heldEnd = try await reader.fetched.end(of: object)
        let heldOffset = heldEnd?.offset ?? byteCount
        let wanted = ranges.filter { $0.offset < heldOffset }
        guard let first = wanted.first, let last = wanted.last, pin.eTag != nil else { return self }
        let stop = min(last.end, heldOffset)
        let wantedByteCount = wanted.reduce(0) { $0 + min($1.end, stop) - $1.offset }
        let span = stop - first.offset
        guard needsOneGo || span - wantedByteCount <= span / Self.passedOverPart else { return self }
        // All of the object comes with its checksum, a part of it without.
        let isWhole = needsOneGo || byteCount - wantedByteCount <= byteCount / Self.passedOverPart
        let range = isWhole ? nil : first.offset..<stop
        guard let stream = reader.store.stream(object, range: range, pin: pin) else { return self }
        var source = self
        source.ordered = OrderedReads(upTo: stop, of: stream)
        source.heldEnd = heldEnd
        return source
    }

    /// Whether parts of the object that are not held would cost all of it each.
    var needsOneGo: Bool { reader.needsOneGo(object) }

    /// Whether reads come out of one request.
    var isStreaming: Bool { ordered != nil }

    /// Gives up a request that is not read to its end.
    func close() async { await ordered?.close() }

    /// Checks that reads do not cost all of the object each.
    ///
    /// - Throws: `badRequest` where they do: neither do they come out of one request, nor is all of the object held.
    func checkParts() async throws {
        guard needsOneGo, !isStreaming, try await reader.fetched.end(of: object)?.offset != 0 else { return }
        throw S3Error(
            .badRequest, operation: .getObject, bucket: reader.store.bucket, key: object.key,
            detail: "the server takes no notice of ranges, and to be read in one go the object must have an ETag and "
                + "row groups in order, none of which takes more than an eighth of memory_limit")
    }

    /// Lets go of what is held of the object.
    func release() { reader.fetched.drop(object) }

    /// Returns the end of the object that is held, or is to be held once it is fetched for this range.
    private func end(for range: ByteRange) async throws -> FetchedBytes.End? {
        if ordered != nil { return heldEnd }
        guard keepsBytes else { return try await reader.fetched.end(of: object) }
        if byteCount <= BucketReader.wholeByteCount || needsOneGo {
            let whole = try await reader.fetched.end(of: object, byteCount: Int(clamping: byteCount)) { [self] in
                try await reader.store.get(object.key, pin: pin, byteLimit: Int(clamping: byteCount))
            }
            if whole != nil || !needsOneGo { return whole }
        }
        if range.end == byteCount, range.count <= BucketReader.wholeByteCount {
            return try await reader.fetched.end(of: object, byteCount: Int(range.count)) { [self] in
                try await fetch(range)
            }
        }
        return try await reader.fetched.end(of: object)
    }

    private func fetch(_ range: ByteRange) async throws -> Bytes {
        if let bytes = try await ordered?.read(range) { return bytes }
        return try await reader.store.get(
            object.key, range: range.offset..<range.end, pin: pin, byteLimit: Int(clamping: range.count))
    }
}

extension FetchedBytes.End {
    /// Returns the bytes of a range of the object that lies in this end of it.
    fileprivate func part(_ range: ByteRange) -> Bytes {
        bytes[Int(range.offset - offset)..<Int(range.end - offset)]
    }
}
