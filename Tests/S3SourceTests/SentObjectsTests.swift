import CloudQueryPlugin
import S3
import TestSupport
import Testing

@testable import S3Source

struct SentObjectsTests {
    private func sent(_ store: MemoryState, shard: Shard? = nil, partObjectCount: Int = 4) async -> SentObjects {
        let recorded = await TableState.Keys.find(bucket: "b", in: store).sentObjects["t"] ?? []
        return await SentObjects(
            bucket: "b", table: "t", shard: shard, recorded: recorded, in: store, partObjectCount: partObjectCount)
    }

    private func entry(_ key: ObjectKey, _ eTags: String...) -> SentObjects.Entry {
        SentObjects.Entry(key: key, eTags: eTags)
    }

    @Test("the text of a part gives back keys and tags of any bytes, and keys in order share their beginnings")
    func texts() throws {
        let entries: [ObjectKey: [String]] = [
            ObjectKey("data/2024/a.parquet"): ["\"9b2c\""], ObjectKey("data/2024/b c.parquet"): ["\"1\"", "\"2-3\""],
            ObjectKey("data/2024/é,%\n.parquet"): ["W/\"x, y\""], ObjectKey([0xFF, 0, 0x20]): ["z"],
        ]
        let text = SentObjects.text(of: entries)
        #expect(
            text == """
                1:
                0 data/2024/a.parquet "9b2c"
                10 b%20c.parquet "1","2-3"
                10 %c3%a9%2c%25%0a.parquet W/"x%2c%20y"
                0 %ff%00%20 z
                """)
        #expect(try SentObjects.entries(of: text) == entries)
        #expect(try SentObjects.entries(of: "").isEmpty && SentObjects.entries(of: "1:").isEmpty)
        for broken in ["2:", "x", "1:\n9 a \"1\"", "1:\n0 a", "1:\n0 a b c", "1:\n-1 a b", "1:\n0 %g1 b", "1:\n0 a %4"]
        {
            #expect(throws: StateError.self, "\(broken)") { try SentObjects.entries(of: broken) }
        }
        for broken in ["", "1:3:1:1", "1:0:1:1", "1:1:-1:1", "2:1:1:1", "1:1:1", "1:131072:1:1"] {
            #expect(throws: StateError.self, "\(broken)") { try SentObjects.Head(broken) }
        }
    }

    @Test("what was stored is there, in as many parts as it takes; a change touches the parts of its keys only")
    func parts() async throws {
        let store = MemoryState()
        var record = await sent(store)
        let keys = (0..<100).map { ObjectKey("t/\($0).parquet") }
        try await record.store(keys.map { entry($0, "\"1\"") })
        #expect(store.value(for: "s3/b/t/sent_objects") == "1:32:100:1")
        let before = store.kept.count
        #expect(before == 0)
        func texts() -> [String] { (0..<32).map { store.value(for: "s3/b/t/sent_objects/\($0)") ?? "" } }
        let old = texts()
        record = await sent(store)
        #expect(try await record.eTags(of: [keys[3], ObjectKey("t/none")]) == [["\"1\""], []])
        try await record.store([entry(keys[3], "\"2\""), SentObjects.Entry(key: keys[4], eTags: [])])
        #expect(zip(old, texts()).filter { $0 != $1 }.count == 2)
        #expect(store.value(for: "s3/b/t/sent_objects") == "1:32:99:2")
        record = await sent(store)
        #expect(try await record.eTags(of: [keys[3], keys[4], keys[5]]) == [["\"2\""], [], ["\"1\""]])
        #expect(try await record.entries { $0 == keys[4] || $0 == keys[6] } == [entry(keys[6], "\"1\"")])
    }

    @Test("whatever shards a table was synced in, the last change of each key is known", arguments: [1, 2, 3])
    func shards(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let store = MemoryState()
        let keys = (0..<60).map { ObjectKey("t/\($0)") }
        var expected: [ObjectKey: [String]] = [:]
        for round in 0..<40 {
            let total = [0, 0, 1, 2, 3, 4].randomElement(using: &random) ?? 0
            let shard = total == 0 ? nil : Shard(number: Int.random(in: 1...total, using: &random), total: total)
            let own = keys.filter { shard?.contains($0) ?? true }
            var record = await sent(
                store, shard: shard, partObjectCount: [2, 5, 1_000].randomElement(using: &random) ?? 2)
            #expect(try await record.eTags(of: own) == own.map { expected[$0] ?? [] }, "round \(round)")
            let all = try await record.entries { _ in true }
            #expect(all.map(\.key) == own.filter { expected[$0] != nil }.sorted(), "round \(round)")
            let changed = own.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            let changes = changed.map { key in
                SentObjects.Entry(key: key, eTags: Bool.random(using: &random) ? ["\(round)"] : [])
            }
            try await record.store(changes)
            for change in changes { expected[change.key] = change.eTags.isEmpty ? nil : change.eTags }
        }
    }

    @Test("a part that cannot be read is an error, and the record can be begun anew, as the newest")
    func corrupt() async throws {
        let store = MemoryState()
        var record = await sent(store)
        let keys = (0..<40).map { ObjectKey("t/\($0)") }
        try await record.store(keys.map { entry($0, "1") })
        for part in 0..<16 { store.set("2:later", for: "s3/b/t/sent_objects/\(part)") }
        record = await sent(store)
        await #expect(throws: StateError.self) { try await record.eTags(of: keys) }
        await #expect(throws: StateError.self) { try await record.entries { _ in true } }
        await #expect(throws: StateError.self) { try await record.store([entry(keys[0], "2")]) }
        record.forget()
        try await record.store([entry(keys[0], "2")])
        record = await sent(store)
        #expect(try await record.entries { _ in true } == [entry(keys[0], "2")])
        store.set("nonsense", for: "s3/b/t/sent_objects")
        #expect(await sent(store).unreadable.count == 1)
    }
}
