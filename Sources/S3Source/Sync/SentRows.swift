import ArrowLayout
import ByteCore
import CloudQueryPlugin
import S3

/// What a sync has sent of the objects of one table, and which rows of them are to be deleted, where rows carry their
/// lineage.
///
/// Rows of a version that was replaced are deleted by key and ETag when all rows of the new one have been sent: those of
/// the same numbers were overwritten by then, so only what the new version does not have is left. The order in which a
/// destination takes the two does not matter, and what is cut off in between leaves old rows rather than none.
struct SentRows: Sendable {
    /// Rows at the destination to be deleted together.
    struct Deletion: Hashable, Sendable {
        /// The objects that they are of.
        let keys: ArraySlice<ObjectKey>
        /// The version of the objects; nil for all.
        let eTag: String?

        /// Most keys in one: SQLite takes expressions of a thousand parts.
        static let maximumKeyCount = 256
    }

    /// Rows to delete that no message has asked for yet.
    private var deletions: [Deletion] = []
    /// Objects that are gone.
    let gone: [SentObjects.Entry]
    private var record: SentObjects
    /// The tags under which rows of pending objects were sent, by position.
    private var eTags: [[String]]
    private var changes: [SentObjects.Entry] = []

    /// - Parameters:
    ///   - before: tags under which earlier syncs sent rows of the pending objects, in their order.
    init(_ record: SentObjects, before: [[String]], gone: [SentObjects.Entry]) {
        self.record = record
        self.gone = gone
        eTags = before
        let keys = gone.map(\.key).filter(Self.isNamed)
        deletions = stride(from: 0, to: keys.count, by: Deletion.maximumKeyCount).map {
            Deletion(keys: keys[$0...].prefix(Deletion.maximumKeyCount), eTag: nil)
        }
        changes = gone.map { SentObjects.Entry(key: $0.key, eTags: []) }
    }

    /// Notes that rows of a pending object were sent, all of them or the first ones.
    mutating func send(_ key: ObjectKey, position: Int, eTag: String, isWhole: Bool) {
        guard !eTag.isEmpty else { return }
        let before = eTags[position]
        if isWhole {
            if Self.isNamed(key) {
                deletions += before.filter { $0 != eTag }.map { Deletion(keys: [key], eTag: $0) }
            }
            eTags[position] = [eTag]
        } else if !before.contains(eTag) {
            eTags[position].append(eTag)
        }
        if eTags[position] != before { changes.append(SentObjects.Entry(key: key, eTags: eTags[position])) }
    }

    /// Whether rows name an object by a text that is no other's: a file's name need not be UTF-8.
    private static func isNamed(_ key: ObjectKey) -> Bool {
        LineageColumns.text(of: key).utf8.elementsEqual(key.bytes)
    }

    /// Returns what is to be deleted, once.
    mutating func takeDeletions() -> [Deletion] {
        defer { deletions = [] }
        return deletions
    }

    /// Takes what was sent into the record. What was to be deleted must have been asked for.
    mutating func store(warn: (StateError) -> Void) async {
        do throws(StateError) {
            try await record.store(changes)
        } catch {
            warn(error)
            record.forget()
            // Nothing is read of a record that is begun anew.
            try? await record.store(changes)
        }
        changes = []
    }
}

extension SentRows.Deletion {
    /// Returns the message that asks for the deletion.
    func message(table: String) throws(ArrayFault) -> DeleteRecord {
        var predicates: [DeleteRecord.Predicate] = []
        for key in keys { predicates.append(try Self.predicate(LineageColumns.key, LineageColumns.text(of: key))) }
        var groups = [DeleteRecord.Group(.any, predicates)]
        if let eTag { groups.append(DeleteRecord.Group(.all, [try Self.predicate(LineageColumns.eTag, eTag)])) }
        return DeleteRecord(tableName: table, groups: groups)
    }

    private static func predicate(_ column: String, _ value: String) throws(ArrayFault) -> DeleteRecord.Predicate {
        var values = VariableBuilder<Int32>(capacity: 1)
        try values.append(utf8: value)
        return DeleteRecord.Predicate(
            column: column,
            equals: RecordBatch(schema: Schema([Field(column, .utf8)]), rowCount: 1, columns: [values.freeze(.utf8)]))
    }
}
