import AWSAuth
import CloudQueryPlugin
import S3
import TestSupport
import Testing

@testable import S3Source

struct ShardTests {
    private func shards(_ total: Int) -> [Shard] { (1...total).map { Shard(number: $0, total: total) } }

    @Test("every key belongs to exactly one shard, whatever the number of shards")
    func partition() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...80, using: &random)
            let key = ObjectKey((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
            for total in [1, 2, 3, 4, 7, 16, 1_000] {
                #expect(shards(total).filter { $0.contains(key) }.count == 1)
            }
        }
    }

    @Test("keys that differ in a number only are spread evenly", arguments: [2, 3, 4, 8, 10])
    func even(total: Int) {
        var counts = [Int](repeating: 0, count: total)
        for number in 0..<10_000 {
            let key = ObjectKey("data/day=2026-03-\(10 + number % 20)/part-\(number).parquet")
            for shard in shards(total) where shard.contains(key) { counts[shard.number - 1] += 1 }
        }
        let mean = 10_000 / total
        for count in counts { #expect(abs(count - mean) < mean / 5, "\(counts)") }
    }

    @Test("a key's shard never changes: state is kept by it")
    func fixed() {
        // From Python: FNV-1a and splitmix64's finaliser over the same bytes.
        #expect(ObjectKey("").spread == 0xF52A_15E9_A9B5_E89B)
        #expect(ObjectKey("data/x.parquet").spread == 0x80C4_B70C_B254_3414)
    }

    @Test("syncs in shards send every row once, and none again when the number of shards changes or sharding ends")
    func changingShards() throws {
        let objects = (0..<300).map { Listing.object("t/\($0)", at: 1_000 + Int64($0)) }
        var states: [(shard: Shard?, state: TableState)] = []
        func sync(_ shard: Shard?, _ objects: [ObjectSummary]) throws -> [ObjectKey] {
            let own = states.first { $0.shard == shard }?.state ?? TableState()
            let history = TableHistory(own: own, others: states.filter { $0.shard != shard })
            var progress = try Listing.progress(objects, after: history, shard: shard)
            let keys = progress.pending.map { objects[$0].key }
            for position in progress.pending.indices { progress.finish(position, rowCount: 1) }
            states.removeAll { $0.shard == shard }
            states.append((shard, progress.state))
            return keys
        }
        #expect(try sync(nil, Array(objects[..<100])).count == 100)
        let inFour = try shards(4).flatMap { try sync($0, Array(objects[..<200])) }
        #expect(Set(inFour) == Set(objects[100..<200].map(\.key)) && inFour.count == 100)
        // One of three shards has not run yet when all is read as a whole.
        let inThree = try shards(3).prefix(2).flatMap { try sync($0, objects) }
        let rest = try sync(nil, objects)
        #expect(Set(inThree + rest) == Set(objects[200...].map(\.key)) && inThree.count + rest.count == 100)
        #expect(try shards(3).flatMap { try sync($0, objects) }.isEmpty)
    }

    @Test("a state of another shard that cannot be read is told and left out; the own one counts")
    func unreadableState() async throws {
        let (done, lost) = (Listing.object("done", at: 1_000), Listing.object("lost", at: 1_000))
        let store = MemoryState()
        let others = TableState.Keys(bucket: "b", table: "t", shard: Shard(number: 1, total: 2))
        try await Listing.state([done]).store(TableState.Keys(bucket: "b", table: "t"), into: store)
        try await Listing.state([lost]).store(others, into: store)
        store.set("9:of another version", for: others.recent)
        let history = try await TableHistory(
            bucket: "b", table: "t", shard: nil, shards: [Shard(number: 1, total: 2)], digest: "", from: store)
        #expect(history.unreadable.count == 1 && history.settlingState(of: done) == nil)
        #expect(!history.isNew(done) && history.isNew(lost))
    }

    @Test("shards are found in the state of a bucket whose name has slashes")
    func accessPoint() async throws {
        let bucket = "arn:aws:s3:us-east-1:123456789012:accesspoint/ap"
        let shard = Shard(number: 2, total: 3)
        let store = MemoryState()
        let keys = TableState.Keys(bucket: bucket, table: "t", shard: shard)
        try await Listing.state([Listing.object("a", at: 1)]).store(keys, into: store)
        #expect(await TableState.Keys.find(bucket: bucket, in: store).shards == ["t": [shard]])
    }

    @Test("each shard has keys of its own, and a store tells which shards it knows")
    func keys() async throws {
        let state = MemoryState()
        for shard in [nil, Shard(number: 1, total: 2), Shard(number: 2, total: 2)] {
            let keys = TableState.Keys(bucket: "b", table: "t", shard: shard)
            await TableState(
                cursor: .init(seconds: 9), recent: [1: .init(fingerprint: 5, seconds: 9)], absent: [2: 3]
            ).store(keys, into: state)
        }
        #expect(state.value(for: "s3/b/t/last_modified_cursor") == "1970-01-01T00:00:09Z")
        #expect(state.value(for: "s3/b/t/shards/2_2/recent_objects/0") == "2:000000000000000100000005@9,")
        let found = await TableState.Keys.find(bucket: "b", in: state).shards
        #expect(found.mapValues(Set.init) == ["t": [Shard(number: 1, total: 2), Shard(number: 2, total: 2)]])
        let history = try await TableHistory(
            bucket: "b", table: "t", shard: Shard(number: 1, total: 2), shards: found["t"] ?? [], digest: "",
            from: state)
        #expect(history.own.absent == [2: 3] && history.unreadable.isEmpty)
    }
}
