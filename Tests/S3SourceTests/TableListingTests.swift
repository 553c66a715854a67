import AWSAuth
import ArrowLayout
import ByteCore
import Logging
import S3
import TestSupport
import Testing

@testable import S3Source

struct TableListingTests {
    /// A bucket whose pages come as a test wrote them down.
    private struct Pages: ObjectStore {
        let bucket = "b"
        let ignoresRanges = false
        let pages: [[ObjectSummary]]

        func forEachPage(
            prefix: [UInt8], _ take: ([ObjectSummary]) async throws -> Void
        ) async throws -> [UnreadableDirectory] {
            for page in pages { try await take(page) }
            return []
        }
        func object(_ key: ObjectKey) async throws -> ObjectSummary? { nil }
        func get(_ key: ObjectKey, range: Range<Int64>?, pin: ObjectPin, byteLimit: Int) -> Bytes { Bytes() }
        func stream(_ object: ObjectSummary, range: Range<Int64>?, pin: ObjectPin) -> ObjectStream? { nil }
        func test(prefix: [UInt8]) async throws {}
    }

    private let layout = KeyLayout(foldsPartitions: true, bucket: "b")
    private let logger = Logger(label: "test") { _ in LogRecorder() }

    private func object(_ key: String, second: Int64 = 0, eTag: String = "1") -> ObjectSummary {
        ObjectSummary(key: ObjectKey(key), byteCount: 1, eTag: eTag, lastModified: Timestamp(seconds: 1_000 + second))
    }

    private func list(_ pages: [[ObjectSummary]], past: HistoryReader? = nil) async throws -> TableListing {
        var histories: [String: TableHistory] = [:]
        return try await TableListing(
            Pages(pages: pages), prefix: "", layout: layout, past: past, histories: &histories, keepsHashes: true,
            logger: logger)
    }

    @Test("nothing depends on the order in which pages come", arguments: 0..<10)
    func order(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let keys = ["t/a=1/b=x/1", "t/b=2/0", "t/b=2/a=3/2", "t-/c=1/a=2/1", "t_/1", "u/d=2024-01-01/1"]
        let objects = keys.map { object($0 + ".parquet") }
        let sorted = try await list([objects])
        let shuffled = try await list(objects.shuffled(using: &random).map { [$0] })
        for name in ["t", "u"] {
            let (left, right) = (try #require(sorted.tables[name]), try #require(shuffled.tables[name]))
            #expect(left.objects == right.objects && left.hashes == right.hashes && left.origins == right.origins)
            let values = ["a", "b", "c", "d"].map { PathValue(column: $0, text: [0x31]) }
            #expect(left.path.columns(values).map(\.field) == right.path.columns(values).map(\.field))
        }
        #expect(shuffled.tables["t"]?.origins.map(\.description) == ["t", "t-"])
    }

    @Test("a key that comes twice counts once, with its newest content, also where an earlier sync has read that")
    func twice() async throws {
        let (old, new) = (object("t/1.parquet", eTag: "1"), object("t/1.parquet", second: 9, eTag: "2"))
        for pages in [[[old], [new]], [[new], [old]]] {
            #expect(try await list(pages).tables["t"]?.objects == [new])
        }
        let other = object("t/2.parquet")
        let state = TableState(
            cursor: Timestamp(seconds: 1_009), recent: [new.key.spread: TableState.Content(of: new)])
        let store = MemoryState([:])
        await state.store(TableState.Keys(bucket: "b", table: "t"), into: store)
        store.set(KnownSchema.text(of: Schema([]), digest: "d"), for: "s3/b/t/schema")
        let past = await HistoryReader(bucket: "b", specDigest: "d", shard: nil, store: store, logger: logger)
        let table = try #require(try await list([[old, other], [new]], past: past).tables["t"])
        #expect(table.objects == [other] && table.settled.count == 1 && table.settled.example == new)
    }
}
