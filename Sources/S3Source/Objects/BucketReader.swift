import Parquet
import S3
import Synchronization

/// Reads a bucket's objects for discovery and for the sync after it: what the one fetched, the other does not fetch.
final class BucketReader: Sendable {
    /// Objects up to this size are fetched whole: one request costs less than two.
    static let wholeByteCount: Int64 = 8 << 20

    /// Returns how many bytes of objects are held between their uses: half of the memory for objects.
    static func keptByteCount(memory byteCount: Int) -> Int { byteCount / 2 }

    /// So often an object may be replaced or damaged while it is read until it is given up.
    private static let maximumRepetitionCount = 2

    /// The bucket.
    let store: any ObjectStore
    /// What was fetched and is not used up.
    let fetched: FetchedBytes
    private let footerLengths = Mutex<[String: FooterLengths]>([:])
    private let openShares = Mutex<[String: Double]>([:])

    /// Creates a reader that holds at most `byteLimit` bytes of objects between their uses.
    init(store: any ObjectStore, byteLimit: Int) {
        self.store = store
        fetched = FetchedBytes(byteLimit: byteLimit)
    }

    /// Returns an object of a table as a source of bytes, which are kept where its rows are to be read.
    func source(
        of object: ObjectSummary, table: String, pin: ObjectPin? = nil, keepsBytes: Bool = true
    ) -> S3ObjectSource {
        S3ObjectSource(reader: self, object: object, table: table, pin: pin, keepsBytes: keepsBytes)
    }

    /// Whether an object is to be read from its beginning to its end, since each part would cost all of it.
    func needsOneGo(_ object: ObjectSummary) -> Bool {
        store.ignoresRanges && object.byteCount > Self.wholeByteCount
    }

    /// Runs `body` over an object; where the object was replaced since it was listed, over what is there now; where
    /// bytes were damaged on the way, or ranges turned out to be ignored, once more.
    ///
    /// What was fetched of an object that was replaced or failed is let go.
    ///
    /// - Parameters:
    ///   - pin: the content by which the object was read before, with its version where it has one.
    ///   - isUntouched: whether `body` may be run again, having had no effect so far.
    func reading<Result>(
        _ object: ObjectSummary, table: String, pin: ObjectPin? = nil, keepsBytes: Bool = true,
        isUntouched: () -> Bool = { true }, _ body: (S3ObjectSource) async throws -> Result
    ) async throws -> Result {
        var source = source(of: object, table: table, pin: pin, keepsBytes: keepsBytes)
        var repetitionCount = 0
        while true {
            do {
                return try await body(source)
            } catch {
                source.release()
                guard repetitionCount < Self.maximumRepetitionCount, isUntouched(),
                    let present = try await self.object(after: error, source.object)
                else { throw error }
                repetitionCount += 1
                source = self.source(of: present, table: table, keepsBytes: keepsBytes)
            }
        }
    }

    /// Returns what is to be read after an error in place of an object: what replaced it, or the same where that may go
    /// better; nil where nothing is gained by it.
    private func object(after error: any Error, _ object: ObjectSummary) async throws -> ObjectSummary? {
        guard let error = error as? S3Error else { return nil }
        if error.isDamage || error.kind == .invalidResponse && needsOneGo(object) { return object }
        guard error.kind == .changed, let present = try await store.object(object.key), present != object else {
            return nil
        }
        return present
    }

    /// Returns how many bytes of an object's end to ask for to find the footer among them.
    func endByteCount(of object: ObjectSummary, table: String) -> Int64 {
        // All of it comes anyway, and would once more for a longer footer.
        if needsOneGo(object) { return Self.wholeByteCount }
        return footerLengths.withLock {
            $0[table, default: FooterLengths()].endByteCount(ofObjectWith: object.byteCount)
        }
    }

    /// Takes note of a footer of a table.
    func note(footerByteCount: Int, table: String) {
        footerLengths.withLock { $0[table, default: FooterLengths()].add(footerByteCount) }
    }

    /// Returns what part of the pages of a row group of a table is open at once, by the last one read; 1 before any.
    func openShare(table: String) -> Double { openShares.withLock { $0[table] ?? 1 } }

    /// Takes note of the part of a row group's pages that is open at once.
    func note(openShare: Double, table: String) { openShares.withLock { $0[table] = openShare } }
}
