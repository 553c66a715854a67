import AWSAuth
import CloudQueryPlugin
import S3

/// A table in a sync: what was done before, which objects are done now, and the state that follows.
struct TableProgress: Sendable {
    let table: DiscoveredTable
    /// Indices of the objects whose rows this sync is to send, oldest first: so the cursor can move while others wait.
    let pending: [Int]
    /// What became of the objects and rows so far.
    private(set) var counts = SyncCounts()
    /// Why the table failed, if it did: then its state stays as it was.
    private(set) var failure: String?
    /// The rows at the destination, where they carry their lineage and state is kept.
    var sentRows: SentRows?

    private let previous: TableState
    /// Contents of the objects found done, by the hashes of their keys.
    private var done: [UInt64: TableState.Content] = [:]
    /// The latest time of an object found done.
    private var newest: Timestamp?
    /// Hashes of the listed keys without rows, and when that was found.
    private var absent: [UInt64: Int64] = [:]
    /// The listed objects that cannot be read as long as spec and version stay, by the hashes of their keys.
    private var unreadable: [UInt64: TableState.Unreadable] = [:]
    /// When the sync began: the cursor does not pass it.
    private let now: Timestamp
    private var isWaiting: [Bool]
    /// Position in `pending` of the oldest object that waits.
    private var oldestWaiting = 0

    init(table: DiscoveredTable, history: TableHistory, shard: Shard? = nil, now: Timestamp = .now) {
        self.table = table
        self.now = now
        previous = history.own
        let objects = table.objects
        let settled = table.settled
        counts.listed = settled.count + settled.otherShardCount
        counts.unchanged = settled.count
        counts.otherShard = settled.otherShardCount
        var pending: [Int] = []
        var passed: [(object: ObjectSummary, cause: SkipCause, isNew: Bool)] = []
        var old: [Int] = []
        for (index, object) in objects.enumerated() {
            counts.listed += 1
            if let shard, !shard.contains(object.summary.key) {
                counts.otherShard += 1
            } else if case .skip(let cause, _)? = object.unreadable {
                passed.append((object.summary, cause, history.isNew(object.summary)))
            } else if !history.isNew(object.summary) {
                old.append(index)
            } else {
                pending.append(index)
            }
        }
        pending.sort { objects[$0].summary.lastModified < objects[$1].summary.lastModified }
        self.pending = pending
        isWaiting = [Bool](repeating: true, count: pending.count)
        for index in old {
            counts.unchanged += 1
            markDone(objects[index].summary)
        }
        for object in passed { skip(object.object, object.cause, isNew: object.isNew) }
        for index in pending where !previous.absent.isEmpty {
            let hash = objects[index].summary.key.spread
            absent[hash] = previous.absent[hash]
        }
    }

    /// The table's name.
    var name: String { table.table.name }

    /// Bytes of the objects whose rows are to be sent.
    var pendingByteCount: Int64 { pending.reduce(0) { $0 + table.objects[$1].summary.byteCount } }

    /// Notes that the rows of a pending object have all been sent.
    ///
    /// - Parameters:
    ///   - eTag: the tag that the rows carry; nil for that of the listing.
    ///   - isFinal: false where the next sync is to read the object again all the same.
    mutating func finish(_ position: Int, rowCount: Int, eTag: String? = nil, isFinal: Bool = true) {
        let object = table.objects[pending[position]].summary
        sentRows?.send(object.key, position: position, eTag: eTag ?? object.eTag, isWhole: true)
        counts.read += 1
        counts.rows += rowCount
        counts.objectBytes += object.byteCount
        if isFinal { markDone(object) } else { markAbsent(object) }
        stopWaiting(position)
    }

    /// Notes that a pending object, or the rest of it, was passed over.
    mutating func skip(_ position: Int, _ cause: SkipCause, rowCount: Int, eTag: String? = nil) {
        counts.rows += rowCount
        let object = table.objects[pending[position]].summary
        if rowCount > 0 {
            sentRows?.send(object.key, position: position, eTag: eTag ?? object.eTag, isWhole: false)
        }
        skip(object, cause)
        stopWaiting(position)
    }

    /// Notes that the table failed at a pending object.
    mutating func fail(_ reason: String, rowCount: Int) {
        counts.rows += rowCount
        counts.failed += 1
        failure = failure ?? reason
    }

    /// Returns the rows that are to be deleted so far, once.
    mutating func takeDeletions() -> [SentRows.Deletion] {
        counts.deleted = sentRows?.gone.count ?? 0
        return sentRows?.takeDeletions() ?? []
    }

    /// Whether there is anything that the state before does not say.
    var hasNewState: Bool {
        !done.isEmpty || unreadable != previous.unreadable || sentRows?.gone.isEmpty == false
            || absent.contains { previous.absent[$0.key] != $0.value }
    }

    /// The state to keep when all rows of the objects finished so far have arrived.
    ///
    /// While objects wait the cursor stays before the oldest of them. A time in the future would have it pass by objects
    /// that appear until then.
    var state: TableState {
        guard hasNewState, var cursor = newest.map({ min($0, now) }) ?? previous.cursor else { return previous }
        if oldestWaiting < pending.count {
            let waiting = table.objects[pending[oldestWaiting]].summary.lastModified
            cursor = min(cursor, Timestamp(seconds: waiting.seconds - 1))
        }
        if let reached = previous.cursor { cursor = max(cursor, reached) }
        var recent = previous.recent ?? [:]
        recent.merge(done) { $1 }
        var absent = previous.absent.filter {
            done[$0.key] == nil && $0.value > now.seconds - TableState.absenceSeconds
        }
        absent.merge(self.absent) { $1 }
        // Rows that were deleted are to come again with their object, whatever its tag and time.
        for object in sentRows?.gone ?? [] { absent[object.key.spread] = now.seconds }
        recent = recent.filter { TableState.isInWindow($0.value.seconds, of: cursor) && absent[$0.key] == nil }
        return TableState(cursor: cursor, recent: recent, absent: absent, unreadable: unreadable)
    }

    private mutating func stopWaiting(_ position: Int) {
        isWaiting[position] = false
        while oldestWaiting < pending.count, !isWaiting[oldestWaiting] { oldestWaiting += 1 }
    }

    private mutating func skip(_ object: ObjectSummary, _ cause: SkipCause, isNew: Bool = true) {
        counts.skip(object, cause)
        if cause.isFinal || !isNew { markDone(object) } else { markAbsent(object) }
        guard cause.number != nil else { return }
        unreadable[object.key.spread] = TableState.Unreadable(content: TableState.Content(of: object), cause: cause)
        // Objects without rows stay new behind a cursor, which a table without any other has none of.
        newest = newest.map { max($0, object.lastModified) } ?? object.lastModified
    }

    private mutating func markDone(_ object: ObjectSummary) {
        newest = newest.map { max($0, object.lastModified) } ?? object.lastModified
        let hash = object.key.spread
        done[hash] = TableState.Content(of: object)
        absent[hash] = nil
    }

    private mutating func markAbsent(_ object: ObjectSummary) {
        let hash = object.key.spread
        absent[hash] = previous.absent[hash] ?? now.seconds
    }
}
