import CloudQueryPlugin
import Logging
import S3

/// The objects of a bucket by table, from their keys alone.
struct TableListing: Sendable {
    /// What a listing tells of one table.
    struct Entry: Sendable {
        /// The objects to look at, in the listing's order.
        var objects: [ObjectSummary] = []
        /// The objects that earlier syncs have read.
        var settled = SettledObjects()
        /// The columns that the keys give.
        var path = PathColumns()
        /// Hashes of the keys of all objects, sorted, where they are wanted.
        fileprivate(set) var hashes: [UInt64] = []
        /// Set where two different directories, or names from a template, give the table's name.
        var collision: TableNameCollision?
        fileprivate var origin: [UInt8]
        /// Index in `objects` by key, since an object that is written while it is listed may come twice.
        fileprivate var indices: [ObjectKey: Int] = [:]
    }

    /// The tables by name.
    private(set) var tables: [String: Entry] = [:]
    private var objectCount = 0
    private var byteCount: Int64 = 0
    private var unmatchedCount = 0
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
                    unmatchedKey = unmatchedKey ?? object.key
                case .otherFile: break
                }
            }
        }
        for name in tables.keys {
            tables[name]?.indices = [:]
            tables[name]?.hashes.sort()
        }
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
        var entry = tables.removeValue(forKey: name) ?? Entry(origin: placement.origin)
        entry.path.observe(placement.values)
        if entry.collision == nil, entry.origin != placement.origin {
            entry.collision = TableNameCollision(
                table: name, origins: [entry.origin, placement.origin].map(ObjectKey.init))
        }
        if let history, history.isSettled(object) {
            entry.settled.add(object, isOwn: shard?.contains(object.key) ?? true)
        } else if let index = entry.indices[object.key] {
            if entry.objects[index].lastModified <= object.lastModified { entry.objects[index] = object }
        } else {
            entry.indices[object.key] = entry.objects.count
            entry.objects.append(object)
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
    /// One of the objects, for errors.
    private(set) var example: ObjectKey?

    fileprivate mutating func add(_ object: ObjectSummary, isOwn: Bool) {
        if isOwn { count += 1 } else { otherShardCount += 1 }
        byteCount += object.byteCount
        if example == nil { example = object.key }
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
