import Parquet
import S3
import Synchronization

/// Reads a bucket's objects for discovery and for the sync after it: what the one fetched, the other does not fetch.
final class BucketReader: Sendable {
    /// Objects up to this size are fetched whole: one request costs less than two.
    static let wholeByteCount: Int64 = 8 << 20

    /// So often an object may be replaced while it is read until it is left to the next sync.
    private static let maximumReplacementCount = 2

    /// The bucket.
    let store: any ObjectStore
    /// What was fetched and is not used up.
    let fetched: FetchedBytes
    private let footerLengths = Mutex<[String: FooterLengths]>([:])

    /// Creates a reader that holds at most `byteLimit` bytes of objects between their uses.
    init(store: any ObjectStore, byteLimit: Int) {
        self.store = store
        fetched = FetchedBytes(byteLimit: byteLimit)
    }

    /// Returns an object of a table as a source of bytes, which are kept where its rows are to be read.
    func source(of object: ObjectSummary, table: String, keepsBytes: Bool = true) -> S3ObjectSource {
        S3ObjectSource(reader: self, object: object, table: table, keepsBytes: keepsBytes)
    }

    /// Runs `body` over an object; where the object was replaced since it was listed, over what is there now.
    ///
    /// What was fetched of an object that was replaced or failed is let go.
    ///
    /// - Parameter isUntouched: whether `body` may be run again, having had no effect so far.
    func reading<Result>(
        _ object: ObjectSummary, table: String, keepsBytes: Bool = true, isUntouched: () -> Bool = { true },
        _ body: (S3ObjectSource) async throws -> Result
    ) async throws -> Result {
        var source = source(of: object, table: table, keepsBytes: keepsBytes)
        var replacementCount = 0
        while true {
            do {
                return try await body(source)
            } catch {
                source.release()
                guard replacementCount < Self.maximumReplacementCount, (error as? S3Error)?.kind == .changed,
                    isUntouched(),
                    let present = try await store.object(object.key), present != source.object
                else { throw error }
                replacementCount += 1
                source = self.source(of: present, table: table, keepsBytes: keepsBytes)
            }
        }
    }

    /// Returns how many bytes of an object's end to ask for to find the footer among them.
    func endByteCount(of object: ObjectSummary, table: String) -> Int64 {
        footerLengths.withLock { $0[table, default: FooterLengths()].endByteCount(ofObjectWith: object.byteCount) }
    }

    /// Takes note of a footer of a table.
    func note(footerByteCount: Int, table: String) {
        footerLengths.withLock { $0[table, default: FooterLengths()].add(footerByteCount) }
    }
}
