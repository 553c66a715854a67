import AWSAuth
import ArrowLayout
import CloudQueryPlugin
import S3
import TestSupport
import Testing

@testable import S3Source

/// Objects of one table in a made-up bucket.
enum Listing {
    static func object(_ key: String, at seconds: Int64, eTag: String = "1") -> ObjectSummary {
        ObjectSummary(
            key: ObjectKey(key), byteCount: 100, eTag: eTag,
            lastModified: Timestamp(seconds: seconds, nanoseconds: 0), storageClass: nil)
    }

    /// The progress of a table of these objects; `unreadable` are passed over for a cause.
    static func progress(
        _ objects: [ObjectSummary], unreadable: [(ObjectSummary, SkipCause)] = [],
        after history: TableHistory = TableHistory(), shard: Shard? = nil
    ) throws -> TableProgress {
        let schema = Schema([Field("n", .int64)])
        let columns = try TableColumns(fileSchema: schema)
        let all =
            objects.map { TableObject(summary: $0) }
            + unreadable.map { TableObject(summary: $0.0, unreadable: .skip($0.1, reason: "")) }
        let table = DiscoveredTable(
            table: Table(name: "t", columns: columns.fields, isIncremental: true), columns: columns,
            fileSchema: schema,
            added: AddedColumns(
                layout: KeyLayout(rules: [], foldsPartitions: false, bucket: "b"), path: PathColumns(),
                selection: ColumnSelection(), hasLineage: false),
            rule: .fail, objects: all)
        return TableProgress(table: table, history: history, shard: shard)
    }

    /// The state after a sync that read all pending objects.
    static func state(
        _ objects: [ObjectSummary], unreadable: [(ObjectSummary, SkipCause)] = [],
        after state: TableState = TableState()
    ) throws -> TableState {
        var progress = try progress(objects, unreadable: unreadable, after: TableHistory(own: state))
        for position in progress.pending.indices { progress.finish(position, rowCount: 1) }
        return progress.state
    }
}

struct TableStateTests {
    private let day: Int64 = 86_400

    private func object(_ key: String, at seconds: Int64, eTag: String = "1") -> ObjectSummary {
        Listing.object(key, at: seconds, eTag: eTag)
    }

    @Test("before the first sync all objects are new")
    func empty() throws {
        #expect(TableState().isNew(object("a", at: 0)))
        #expect(try Listing.state([]) == TableState())
    }

    @Test("with the Go plugin's cursor alone, objects at or before it are done")
    func cursorOnly() {
        let state = TableState(cursor: Timestamp(seconds: 1_000, nanoseconds: 0), recent: nil)
        #expect(!state.isNew(object("a", at: 999)))
        #expect(!state.isNew(object("a", at: 1_000)))
        #expect(state.isNew(object("a", at: 1_001)))
    }

    @Test("an object of the same second, or one that appears late, is new unless it was read")
    func window() throws {
        let read = [object("a", at: 10 * day), object("old", at: 2 * day)]
        let state = try Listing.state(read)
        #expect(state.cursor?.seconds == 10 * day)
        #expect(!state.isNew(read[0]))
        #expect(!state.isNew(read[1]))
        #expect(state.isNew(object("b", at: 10 * day)), "same second")
        #expect(state.isNew(object("late", at: 9 * day + 1)), "multipart upload that began before the cursor")
        #expect(state.isNew(object("a", at: 10 * day, eTag: "2")), "replaced within the second")
        #expect(!state.isNew(object("late", at: 8 * day)), "before the window")
    }

    @Test("the cursor never goes back")
    func monotone() throws {
        let first = try Listing.state([object("a", at: 100 * day)])
        let second = try Listing.state([object("a", at: 100 * day), object("b", at: 99 * day + 5)], after: first)
        #expect(second.cursor == first.cursor)
        #expect(!second.isNew(object("b", at: 99 * day + 5)))
        #expect(second.isNew(object("c", at: 99 * day + 5)))
    }

    @Test("a time in the future does not take the cursor along, and its object is not read again")
    func future() throws {
        let now = Timestamp.now.seconds
        let ahead = object("ahead", at: now + 10 * day)
        let state = try Listing.state([ahead])
        #expect((state.cursor?.seconds ?? .max) <= Timestamp.now.seconds)
        #expect(!state.isNew(ahead))
        #expect(state.isNew(object("later", at: now)))
        #expect(throws: StateError.self) {
            try TableState(cursor: "9999-12-31T23:59:59Z", recent: "", unread: "")
        }
    }

    @Test("an object that could not be read stays new however old it gets, until it is read or replaced")
    func unreadObjects() throws {
        let archived = object("archived", at: day)
        let first = try Listing.state([object("a", at: 100 * day)], unreadable: [(archived, .archived)])
        #expect(first.isNew(archived))
        #expect(!first.isNew(object("other", at: day)))
        let second = try Listing.state([object("a", at: 100 * day), archived], after: first)
        #expect(!second.isNew(archived))
        let malformed = object("malformed", at: 99 * day + 5)
        #expect(
            !(try Listing.state([object("a", at: 100 * day)], unreadable: [(malformed, .malformed)])).isNew(malformed))
    }

    @Test("objects under another prefix, listed in turns, are not read again")
    func prefixes() throws {
        let (one, other) = (object("d/a", at: 10 * day), object("d/b", at: 10 * day + 5))
        let state = try Listing.state([other], after: Listing.state([one]))
        #expect(!state.isNew(one))
        #expect(!state.isNew(other))
        let later = try Listing.state([object("d/c", at: 20 * day)], after: state)
        #expect(later.recent?.count == 1, "what has left the window is forgotten")
    }

    @Test("a fingerprint tells keys and versions apart, by bytes")
    func fingerprints() {
        let objects = [
            object("caf\u{E9}", at: 0), object("cafe\u{301}", at: 0), object("a", at: 0), object("a", at: 0, eTag: "2"),
        ]
        #expect(Set(objects.map(TableState.fingerprint)).count == objects.count)
    }

    @Test("the texts of a state say the same when they are read again")
    func texts() throws {
        var random = SeededGenerator(seed: 7)
        var state = TableState(cursor: Timestamp(seconds: 5 * day, nanoseconds: 120_000_000), recent: [:])
        for _ in 0..<100 { state.recent?[random.next()] = Int64.random(in: 0...(6 * day), using: &random) }
        state.unread = Set((0..<20).map { _ in random.next() })
        for cause in SkipCause.allCases where cause.number != nil {
            for fingerprint in [random.next(), state.unread.randomElement(using: &random) ?? 0] {
                state.skipCauses[fingerprint] = cause
            }
        }
        let again = try TableState(
            cursor: try #require(state.cursor).description, recent: state.recentText, unread: state.unreadText)
        #expect(again == state)
        #expect(TableState(recent: [0xAB: 12]).recentText == "1:00000000000000ab@12")
        let causes = TableState(unread: [1, 2], skipCauses: [2: .encrypted, 3: .malformed])
        #expect(causes.unreadText == "1:0000000000000001,0000000000000002@1,0000000000000003@-4")
        let unknown = "1:0000000000000001@99,0000000000000002@\(Int64.min)"
        let later = try TableState(cursor: "", recent: "", unread: unknown)
        #expect(later.unread == [1] && later.skipCauses.isEmpty, "causes of a later version are none")
        #expect(try TableState(cursor: "2026-01-01T00:00:00Z", recent: "1:", unread: "").recent == [:])
    }

    @Test(
        "a value that cannot be read, or is of a later version, is an error and not a guess",
        arguments: [
            ("yesterday", "", ""), ("2026-01-01T00:00:00Z", "2:00000000000000ab@12", ""),
            ("2026-01-01T00:00:00Z", "00000000000000ab@12", ""), ("2026-01-01T00:00:00Z", "1:00000000000000ab", ""),
            ("2026-01-01T00:00:00Z", "1:00000000000000ab@", ""), ("2026-01-01T00:00:00Z", "1:00000000000000xx@1", ""),
            ("2026-01-01T00:00:00Z", "1:ab@12", ""), ("2026-01-01T00:00:00Z", "1:00000000000000ab@12@13", ""),
            ("2026-01-01T00:00:00Z", "", "\u{0}"), ("2026-01-01T00:00:00Z", "", "1:zz"),
        ])
    func corrupt(cursor: String, recent: String, unread: String) {
        #expect(throws: StateError.self) { try TableState(cursor: cursor, recent: recent, unread: unread) }
    }

    @Test("a sync that ends anywhere leaves a state by which exactly the objects not finished are new")
    func interrupted() throws {
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let objects = (0..<30).map { object("\($0)", at: Int64.random(in: 0...(4 * day), using: &random)) }
            let delays = objects.map { _ in Int64.random(in: 0..<day, using: &random) }
            var state = TableState()
            var read: Set<ObjectKey> = []
            // Objects appear, at most a day late, and every sync is cut off somewhere.
            for round in 0..<4 {
                let now = Int64(round + 1) * day
                let listed = zip(objects, delays).filter { $0.lastModified.seconds + $1 <= now }.map(\.0)
                var progress = try Listing.progress(listed, after: TableHistory(own: state))
                for object in listed {
                    #expect(state.isNew(object) == !read.contains(object.key), "seed \(seed), round \(round)")
                }
                let positions = Array(progress.pending.indices).shuffled(using: &random)
                for position in positions.prefix(Int.random(in: 0...positions.count, using: &random)) {
                    read.insert(listed[progress.pending[position]].key)
                    progress.finish(position, rowCount: 1)
                }
                state = progress.state
            }
        }
    }
}
