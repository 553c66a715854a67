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

    @Test("a content that is put back is read again, under its old time, also one before the window, or a new one")
    func putBack() throws {
        let first = object("a", at: 10 * day, eTag: "first")
        var state = try Listing.state([first, object("b", at: 10 * day)])
        state = try Listing.state([object("a", at: 10 * day + 60, eTag: "second")], after: state)
        #expect(!state.isNew(object("a", at: 10 * day + 60, eTag: "second")))
        #expect(state.isNew(first))
        #expect(state.isNew(object("a", at: 5 * day, eTag: "first")))
        #expect(state.isNew(object("a", at: 10 * day + 120, eTag: "second")), "written again")
        #expect(!state.isNew(object("b", at: 10 * day)))
        #expect(!(try Listing.state([first], after: state)).isNew(first))
    }

    @Test("what is known of a key stands before what states of other shards say of it")
    func putBackAfterSharding() throws {
        let first = object("a", at: 10 * day, eTag: "first")
        let whole = try Listing.state([first, object("b", at: 10 * day)])
        let shard = Shard(number: 1, total: 1)
        var progress = try Listing.progress(
            [object("a", at: 10 * day + 60, eTag: "second")],
            after: TableHistory(own: TableState(), others: [(nil, whole)]), shard: shard)
        progress.finish(0, rowCount: 1)
        let history = TableHistory(own: progress.state, others: [(nil, whole)])
        #expect(history.isNew(first))
        #expect(!history.isNew(object("b", at: 10 * day)))
    }

    @Test("a key without rows stays known for a month after it was last listed")
    func absence() throws {
        let now = Timestamp.now.seconds
        let archived = object("archived", at: day)
        var state = try Listing.state([object("a", at: 100 * day)], unreadable: [(archived, .archived)])
        let found = try #require(state.absent[archived.key.spread])
        #expect((now...now + 60).contains(found))
        state.absent[archived.key.spread] = now - 40 * day
        let listed = try Listing.state([object("b", at: 101 * day)], unreadable: [(archived, .archived)], after: state)
        #expect(listed.absent == state.absent)
        #expect(try Listing.state([object("b", at: 101 * day)], after: state).absent.isEmpty)
        state.absent[archived.key.spread] = now - 20 * day
        #expect(try Listing.state([object("b", at: 101 * day)], after: state).isNew(archived))
    }

    @Test("a hash tells keys apart by bytes, a fingerprint also contents")
    func fingerprints() {
        let keys = ["caf\u{E9}", "cafe\u{301}", "a"].map { ObjectKey($0) }
        #expect(Set(keys.map(\.spread)).count == keys.count)
        let contents = [object("a", at: 0), object("a", at: 0, eTag: "2"), object("b", at: 0)].map {
            TableState.Content(of: $0)
        }
        #expect(Set(contents.map(\.fingerprint)).count == contents.count)
    }

    private let keys = TableState.Keys(bucket: "b", table: "t")

    @Test("a state says the same when it is read again, in one part or several", arguments: [0, 100, 70_000, 150_000])
    func texts(count: Int) async throws {
        var random = SeededGenerator(seed: 7)
        var state = TableState(cursor: Timestamp(seconds: 5 * day, nanoseconds: 120_000_000), recent: [:])
        for _ in 0..<count {
            state.recent?[random.next()] = .init(
                fingerprint: UInt32.random(in: 0 ... .max, using: &random),
                seconds: Int64.random(in: -day...(6 * day), using: &random))
        }
        for _ in 0..<20 { state.absent[random.next()] = Int64.random(in: 0...day, using: &random) }
        for cause in SkipCause.allCases where cause.number != nil {
            state.unreadable[random.next()] = .init(content: .init(fingerprint: 7, seconds: 8), cause: cause)
        }
        let store = MemoryState()
        await state.store(keys, into: store)
        #expect(try await TableState(keys, from: store) == state)
        // Fewer objects take fewer parts; the others are not read any more.
        state.recent = [0xAB: .init(fingerprint: 0xC, seconds: 12)]
        await state.store(keys, into: store)
        #expect(try await TableState(keys, from: store) == state)
        #expect(store.value(for: "s3/b/t/recent_objects") == "2:1")
        #expect(store.value(for: "s3/b/t/recent_objects/0") == "2:00000000000000ab0000000c@12,")
        #expect(store.value(for: "s3/b/t/recent_objects/1") ?? "" == "")
    }

    @Test("why an object cannot be read is known of that content alone; a cause of a later version is none")
    func causes() async throws {
        let encrypted = object("a", at: day)
        var state = try Listing.state([object("b", at: day)], unreadable: [(encrypted, .encrypted)])
        #expect(state.skipCause(of: encrypted) == .encrypted && state.isNew(encrypted))
        #expect(state.skipCause(of: object("a", at: day, eTag: "2")) == nil)
        #expect(state.skipCause(of: object("b", at: day)) == nil)
        let store = MemoryState()
        await state.store(keys, into: store)
        let text = try #require(store.value(for: "s3/b/t/unreadable_objects"))
        store.set("2:ff" + text.dropFirst(4), for: "s3/b/t/unreadable_objects")
        state.unreadable = [:]
        #expect(try await TableState(keys, from: store) == state)
    }

    @Test("of many objects, a new one has only its part written")
    func parts() async throws {
        var random = SeededGenerator(seed: 8)
        var state = TableState(cursor: Timestamp(seconds: day), recent: [:])
        for _ in 0..<150_000 { state.recent?[random.next()] = .init(fingerprint: 1, seconds: day) }
        let store = MemoryState()
        await state.store(keys, into: store)
        try await store.flush()
        state.recent?[5] = .init(fingerprint: 1, seconds: day)
        await state.store(keys, into: store)
        let before = store.kept
        try await store.flush()
        #expect(store.kept.filter { before[$0.key] != $0.value }.map(\.key) == ["s3/b/t/recent_objects/1"])
    }

    @Test(
        "a value that cannot be read, or is of a later version, is an error and not a guess",
        arguments: [
            ("last_modified_cursor", "yesterday"), ("last_modified_cursor", "9999-12-31T23:59:59Z"),
            ("recent_objects", "1:00000000000000ab@12"), ("recent_objects", "3:1"), ("recent_objects", "2:"),
            ("recent_objects", "2:0"), ("recent_objects", "2:-1"), ("recent_objects", "2:99999999999"),
            ("recent_objects/0", "3:"), ("recent_objects/0", "2:00000000000000ab0000000c"),
            ("recent_objects/0", "2:00000000000000ab@12,"), ("recent_objects/0", "2:00000000000000ab0000000c@,"),
            ("recent_objects/0", "2:00000000000000ab0000000c@12,x"), ("recent_objects/0", "2:xx"),
            ("recent_objects/0", "2:00000000000000ab0000000c@99999999999999999999,"),
            ("absent_objects", "\u{0}"), ("absent_objects", "2:zz"), ("absent_objects", "{}"),
            ("unreadable_objects", "2:zz"),
        ])
    func corrupt(key: String, value: String) async throws {
        let store = MemoryState()
        let state = TableState(
            cursor: Timestamp(seconds: day), recent: [0xAB: .init(fingerprint: 0xC, seconds: 12)], absent: [1: 2])
        await state.store(keys, into: store)
        #expect(try await TableState(keys, from: store) == state)
        store.set(value, for: "s3/b/t/\(key)")
        await #expect(throws: StateError.self) { try await TableState(keys, from: store) }
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
