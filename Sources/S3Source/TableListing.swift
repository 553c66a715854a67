import Logging
import S3

/// The objects of a bucket by table, from their keys alone.
struct TableListing: Sendable {
    /// What a listing tells of one table.
    struct Entry: Sendable {
        /// In the listing's order.
        var objects: [ObjectSummary] = []
        /// The columns that the keys give.
        var path = PathColumns()
        /// Set where two different directories, or names from a template, give the table's name.
        var collision: TableNameCollision?
        fileprivate var origin: [UInt8]
    }

    /// The tables by name.
    private(set) var tables: [String: Entry] = [:]

    /// Groups keys, and logs what they are.
    init(_ objects: [ObjectSummary], layout: KeyLayout, logger: Logger) {
        var count = 0
        var byteCount: Int64 = 0
        var unmatchedCount = 0
        var unmatchedKey: ObjectKey?
        for object in objects {
            switch layout.meaning(of: object.key) {
            case .object(let placement):
                add(object, placement)
                count += 1
                byteCount += object.byteCount
            case .nameless:
                logger.warning("object skipped: its key gives no table name", metadata: ["key": "\(object.key)"])
            case .unmatched:
                unmatchedCount += 1
                unmatchedKey = unmatchedKey ?? object.key
            case .otherFile: break
            }
        }
        logger.info(
            "listed bucket",
            metadata: ["tables": "\(tables.count)", "objects": "\(count)", "bytes": "\(byteCount)"])
        if let example = unmatchedKey {
            logger.info(
                "keys that no pattern of tables_from matches are not read",
                metadata: ["keys": "\(unmatchedCount)", "example": "\(example)"])
        }
    }

    private mutating func add(_ object: ObjectSummary, _ placement: KeyPlacement) {
        let name = placement.table
        var entry = tables.removeValue(forKey: name) ?? Entry(origin: placement.origin)
        entry.objects.append(object)
        entry.path.observe(placement.values)
        if entry.collision == nil, entry.origin != placement.origin {
            entry.collision = TableNameCollision(
                table: name, origins: [entry.origin, placement.origin].map(ObjectKey.init))
        }
        tables[name] = entry
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
