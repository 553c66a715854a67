import CloudQueryPlugin
import Logging
import S3

/// The objects of a bucket by table, from their keys alone.
struct TableListing: Sendable {
    /// What a listing tells of one table.
    struct Entry: Sendable {
        /// The objects to look at, in the order of their keys.
        fileprivate(set) var objects: [ObjectSummary] = []
        /// The objects that earlier syncs have read.
        fileprivate(set) var settled = SettledObjects()
        /// The columns that the keys give.
        fileprivate(set) var path = PathColumns()
        /// Hashes of the keys of all objects, sorted, where they are wanted.
        fileprivate(set) var hashes: [UInt64] = []
        /// The directories, or names from a template, that give the table's name: the first two of them.
        fileprivate(set) var origins: [ObjectKey] = []
        /// Index in `objects` by key, since an object that is written while it is listed may come twice.
        private var indices: [ObjectKey: Int] = [:]

        /// Takes in an object that is to be looked at: of one that comes twice the newest content.
        fileprivate mutating func add(_ object: ObjectSummary) {
            if let index = indices[object.key] {
                if objects[index].lastModified <= object.lastModified { objects[index] = object }
            } else {
                indices[object.key] = objects.count
                objects.append(object)
            }
        }

        /// Takes in an object that earlier syncs have read, unless a newer content of it is to be looked at.
        fileprivate mutating func addSettled(_ object: ObjectSummary, by state: Int, isOwn: Bool) {
            if let index = indices[object.key] {
                guard objects[index].lastModified <= object.lastModified else { return }
                indices[object.key] = nil
                let last = objects.removeLast()
                if index < objects.count {
                    objects[index] = last
                    indices[last.key] = index
                }
            }
            settled.add(object, by: state, isOwn: isOwn)
        }

        fileprivate mutating func add(origin: [UInt8]) {
            // Nearly always it is that of the object before.
            if origins.contains(where: { $0.bytes == origin }) { return }
            origins.append(ObjectKey(origin))
            origins.sort()
            if origins.count > 2 { origins.removeLast() }
        }

        /// Has nothing depend on the order in which objects came.
        fileprivate mutating func finish() {
            indices = [:]
            objects.sort { $0.key < $1.key }
            hashes.sort()
            path.sort()
        }
    }

    /// The tables by name.
    private(set) var tables: [String: Entry] = [:]
    private var objectCount = 0
    private var byteCount: Int64 = 0
    private var unmatchedCount = 0
    /// The first of those in the order of keys.
    private var unmatchedKey: ObjectKey?
    /// Directories whose objects are missing.
    private(set) var unreadable: [UnreadableDirectory] = []

    /// Lists a bucket.
    ///
    /// - Parameters:
    ///   - past: what earlier syncs did; where they know a table's schema, the objects that they read are only counted,
    ///     so that a bucket may have more objects than memory has room for.
    ///   - histories: gets the history of every table found.
    ///   - keepsHashes: whether it is to be told afterwards which keys were listed.
    init(
        _ store: any ObjectStore, prefix: String, layout: KeyLayout, past: HistoryReader?,
        histories: inout [String: TableHistory], keepsHashes: Bool = false, logger: Logger
    ) async throws {
        unreadable = try await store.forEachPage(prefix: Array(prefix.utf8)) { page in
            for object in page {
                switch layout.meaning(of: object.key) {
                case .object(let placement):
                    if let past, histories[placement.table] == nil {
                        histories[placement.table] = await past.history(of: placement.table)
                    }
                    add(object, placement, histories[placement.table], shard: past?.shard)
                    if keepsHashes { tables[placement.table]?.hashes.append(object.key.spread) }
                case .nameless:
                    logger.warning("object skipped: its key gives no table name", metadata: ["key": "\(object.key)"])
                case .unmatched:
                    unmatchedCount += 1
                    unmatchedKey = min(unmatchedKey ?? object.key, object.key)
                case .otherFile: break
                }
            }
        }
        for name in tables.keys { tables[name]?.finish() }
        logger.info(
            "listed bucket",
            metadata: ["tables": "\(tables.count)", "objects": "\(objectCount)", "bytes": "\(byteCount)"])
        for directory in unreadable {
            logger.warning(
                "a directory cannot be listed: tables that may have files in it fail",
                metadata: ["directory": "\(directory.path)", "reason": "\(directory.reason)"])
        }
        if let example = unmatchedKey {
            logger.info(
                "keys that no pattern of tables_from matches are not read",
                metadata: ["keys": "\(unmatchedCount)", "example": "\(example)"])
        }
    }

    private mutating func add(
        _ object: ObjectSummary, _ placement: KeyPlacement, _ history: TableHistory?, shard: Shard?
    ) {
        let name = placement.table
        objectCount += 1
        byteCount += object.byteCount
        var entry = tables.removeValue(forKey: name) ?? Entry()
        entry.path.observe(placement.values, of: object.key)
        entry.add(origin: placement.origin)
        if let state = history?.settlingState(of: object) {
            entry.addSettled(object, by: state, isOwn: shard?.contains(object.key) ?? true)
        } else {
            entry.add(object)
        }
        tables[name] = entry
    }
}

/// Objects whose rows earlier syncs have sent, and which fit a schema that is known: no more than this is needed of them.
struct SettledObjects: Sendable {
    /// Number of objects of the shard that is synced, or of all.
    private(set) var count = 0
    /// Number of objects of other shards.
    private(set) var otherShardCount = 0
    private(set) var byteCount: Int64 = 0
    /// The first of the objects in the order of keys.
    private(set) var example: ObjectSummary?

    /// Numbers of the states that have settled them.
    private(set) var states: Set<Int> = []

    fileprivate mutating func add(_ object: ObjectSummary, by state: Int, isOwn: Bool) {
        states.insert(state)
        if isOwn { count += 1 } else { otherShardCount += 1 }
        byteCount += object.byteCount
        if example.map({ object.key < $0.key }) ?? true { example = object }
    }
}

/// Two directories, or two names from a template, that become one table name.
struct TableNameCollision: Error, CustomStringConvertible {
    let table: String
    /// Bytes of the bucket's keys.
    let origins: [ObjectKey]

    var description: String {
        let names = origins.map { "\"\($0)\"" }.joined(separator: " and ")
        return "\(names) both give the table name \(table): set table_name_collisions to \"merge\" to have them as one "
            + "table, or name tables with tables_from"
    }
}
