import CloudQueryPlugin
import S3

/// The objects of a table whose rows a destination has, with the ETags that the rows carry: what it takes to delete the
/// rows of an object that is gone, and those that a new version does not have any more.
///
/// The record is kept in parts by the hash of the key, so that a sync that reads few objects writes little, and no more
/// than a part is ever in memory beside its text. A table that is synced in shards has a record for each. Records of
/// former shardings stay; of those that cover a key the newest counts.
struct SentObjects: Sendable {
    /// One object.
    struct Entry: Hashable, Sendable {
        let key: ObjectKey
        /// The tags under which rows of it were sent; empty when no row of it is there any more.
        let eTags: [String]
    }

    /// One of the records.
    private struct Record {
        let keys: TableState.Keys
        let shard: Shard?
        let head: Head

        func covers(_ key: ObjectKey) -> Bool { shard?.contains(key) ?? true }
    }

    private let store: any StateStore
    private let shard: Shard?
    private let ownKeys: TableState.Keys
    /// Objects in a part, about.
    private let partObjectCount: Int
    /// Why records cannot be read: they count as empty.
    private(set) var unreadable: [StateError] = []
    /// The records that may count for a key of the shard, newest first.
    private var records: [Record] = []
    private var newest: Int64 = 0

    /// Finds the records of a table.
    ///
    /// - Parameters:
    ///   - shard: the part of the table that is synced; nil for all of it.
    ///   - recorded: the parts of the table of which there is a record.
    init(
        bucket: String, table: String, shard: Shard?, recorded: [Shard?], in store: any StateStore,
        partObjectCount: Int = 4_096
    ) async {
        self.store = store
        self.shard = shard
        self.partObjectCount = partObjectCount
        ownKeys = TableState.Keys(bucket: bucket, table: table, shard: shard)
        // Another shard of the same division has none of the keys.
        for part in recorded where part == nil || part == shard || part?.total != shard?.total {
            let keys = TableState.Keys(bucket: bucket, table: table, shard: part)
            do throws(StateError) {
                records.append(
                    Record(keys: keys, shard: part, head: try Head(await store.value(for: keys.sentObjects) ?? "")))
            } catch {
                unreadable.append(error)
            }
        }
        newest = records.map(\.head.time).max() ?? 0
        records.sort { $0.head.time > $1.head.time }
        // Older ones than one that covers all say nothing.
        if let last = records.firstIndex(where: { $0.shard == nil || $0.shard == shard }) {
            records.removeSubrange((last + 1)...)
        }
    }

    /// Begins the record anew, where a part of it cannot be read.
    mutating func forget() { records = [] }

    /// Returns the tags under which rows of objects were sent, in the order of the keys.
    func eTags(of keys: [ObjectKey]) async throws(StateError) -> [[String]] {
        struct Place: Hashable {
            let record: Int
            let part: Int
        }
        var found = [[String]](repeating: [], count: keys.count)
        var wanted: [Place: [Int]] = [:]
        for (index, key) in keys.enumerated() {
            guard let record = recordIndex(of: key) else { continue }
            wanted[Place(record: record, part: Self.part(of: key, of: records[record].head.partCount)), default: []]
                .append(index)
        }
        for (place, indices) in wanted {
            let entries = try await part(place.part, of: records[place.record])
            for index in indices { found[index] = entries[keys[index]] ?? [] }
        }
        return found
    }

    /// Returns the objects of the shard for which a test holds.
    func entries(where test: @Sendable (ObjectKey) -> Bool) async throws(StateError) -> [Entry] {
        var found: [Entry] = []
        for (index, record) in records.enumerated() {
            for number in 0..<record.head.partCount {
                for (key, eTags) in try await part(number, of: record)
                where isOwn(key) && recordIndex(of: key) == index && test(key) {
                    found.append(Entry(key: key, eTags: eTags))
                }
            }
        }
        return found.sorted { $0.key < $1.key }
    }

    /// Takes changes into the record of this shard, to be kept when the store is flushed. A key may come more than once,
    /// the last counts.
    mutating func store(_ changes: [Entry]) async throws(StateError) {
        let own = records.first { $0.keys == ownKeys }
        let isNewest = records.first?.keys == ownKeys || records.isEmpty
        if isNewest, changes.isEmpty { return }
        let known = records.reduce(0) { $0 + $1.head.objectCount }
        let partCount = max(own?.head.partCount ?? 1, partCount(for: known + changes.count))
        // Parts are read before others take their place: those that come out of one together.
        let step = own?.head.partCount ?? partCount
        var changesByPart: [Int: [Entry]] = [:]
        for change in changes { changesByPart[Self.part(of: change.key, of: step), default: []].append(change) }
        let isWhole = own == nil || !isNewest || partCount != step
        var objectCount = isWhole ? 0 : own?.head.objectCount ?? 0
        for number in isWhole ? Array(0..<step) : changesByPart.keys.sorted() {
            var entries = try await merged(part: number, of: step)
            if !isWhole { objectCount -= entries.count }
            for change in changesByPart[number] ?? [] {
                entries[change.key] = change.eTags.isEmpty ? nil : change.eTags
            }
            objectCount += entries.count
            let targets = Dictionary(grouping: entries) { Self.part(of: $0.key, of: partCount) }
            for target in stride(from: number, to: partCount, by: step) {
                await store.set(Self.text(of: targets[target] ?? []), for: ownKeys.sentObjects(part: target))
            }
        }
        newest += 1
        let head = Head(partCount: partCount, objectCount: objectCount, time: newest)
        await store.set(head.text, for: ownKeys.sentObjects)
        records = [Record(keys: ownKeys, shard: shard, head: head)]
    }

    /// The entries of this shard whose hashes belong to one of so many parts, of all records.
    private func merged(part number: Int, of partCount: Int) async throws(StateError) -> [ObjectKey: [String]] {
        var entries: [ObjectKey: [String]] = [:]
        for (index, record) in records.enumerated() {
            let count = record.head.partCount
            // With fewer parts one holds all of them, and others besides.
            for source in stride(from: number & (count - 1), to: count, by: partCount) {
                for (key, eTags) in try await part(source, of: record)
                where isOwn(key) && Self.part(of: key, of: partCount) == number && recordIndex(of: key) == index {
                    entries[key] = eTags
                }
            }
        }
        return entries
    }

    private func part(_ number: Int, of record: Record) async throws(StateError) -> [ObjectKey: [String]] {
        try Self.entries(of: await store.value(for: record.keys.sentObjects(part: number)) ?? "")
    }

    private func isOwn(_ key: ObjectKey) -> Bool { shard?.contains(key) ?? true }

    private func recordIndex(of key: ObjectKey) -> Int? { records.firstIndex { $0.covers(key) } }

    /// The part of a key where there are so many, a power of two.
    private static func part(of key: ObjectKey, of partCount: Int) -> Int {
        Int(truncatingIfNeeded: key.spread & UInt64(partCount - 1))
    }

    private func partCount(for objectCount: Int) -> Int {
        var count = 1
        while count * partObjectCount < objectCount, count < Head.maximumPartCount { count *= 2 }
        return count
    }
}
