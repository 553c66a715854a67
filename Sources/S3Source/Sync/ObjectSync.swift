import ArrowLayout
import ByteCore
import CloudQueryPlugin
import Parquet
import ParquetArrow
import S3

/// Reads one object and sends its rows.
struct ObjectSync: Sendable {
    let source: S3ObjectSource
    let bucket: String
    let table: DiscoveredTable
    let rowsPerRecord: Int
    let int96: Int96Policy
    let keys: DecryptionKeys
    let budget: MemoryBudget
    /// Whether so many objects are read at once that one connection for each is enough.
    let isOneOfMany: Bool
    let sink: any SyncSink

    /// What reading a footer may hold of the budget: the tail of the object that is read at once, and what it becomes.
    private static let footerByteCount = 128 << 10

    /// Row groups of an object that are fetched at once, the one that is being decoded among them: as many as the
    /// budget has room for, but no more than a fast line needs.
    private static let rowGroupCount = 8
    /// So many at first, that the first rows do not wait for bytes of the last ones.
    private static let firstRowGroupCount = 4

    /// Where the footer of one row group says far too little, others need not.
    private static let mostOpenShare = 4.0

    /// With room for fewer row groups at once, one connection for each would leave the line idle.
    private static let leastStreamCount = 4

    /// A row group whose first bytes are being fetched, or are there.
    private struct Started {
        var reader: RowGroupReader
        /// Bytes of the budget that it holds: those stored.
        let heldByteCount: Int
        /// Bytes that decoding it is expected to take besides.
        let openByteCount: Int
    }

    /// Sends all rows of the object, row group by row group.
    ///
    /// What a row group needs is held within the budget until its last batch has been taken by the transport: while the
    /// destination is slow, nothing more is fetched. Row groups too large for that are read in windows. Where many
    /// objects are read at once, one request gives all row groups of this one; of few, parts are fetched at the same time.
    ///
    /// - Parameters:
    ///   - metadata: the footer, where discovery kept it.
    ///   - sentRowCount: counts the rows sent, also when the rest cannot be read.
    func run(metadata: FileMetadata?, sentRowCount: inout Int) async throws {
        try await budget.withLease { lease in
            let file = try table.added.reader(
                of: try await footer(metadata, lease), source.object, int96: int96.unit)
            let destination = try DestinationSchema(file.schema)
            let columns = try ObjectColumns(file: destination.schema, object: source.object, table: table)
            let rowCount = min(rowsPerRecord, columns.maximumRowCount)
            let identity = RowIdentity(bucket: bucket, key: source.object.key.bytes)
            try await withRowGroups(of: file) { source in
                try await forEachRowGroup(of: file, from: source, lease) { reader in
                    let rows = batchRowCount(of: &reader, most: rowCount)
                    try await reader.forEachBatch(rows: rows, from: source) { batch in
                        try Task.checkCancellation()
                        let rows = try table.columns.rows(
                            from: columns.rows(from: destination.rows(batch), firstRow: sentRowCount),
                            schema: table.table.schema, firstRow: sentRowCount, identity: identity)
                        try await sink.send(.insert(rows))
                        sentRowCount += batch.rowCount
                    }
                    int96.warn(
                        ofCutDigitsIn: reader.columnsWithCutDigits, table: table.table.name, key: source.object.key)
                }
            }
        }
    }

    /// Calls `body` with the source that the row groups are read from: where all of them are read whole and in their
    /// order, and many objects at once or the server takes no notice of ranges, out of one request.
    private func withRowGroups(of file: FileReader, _ body: (S3ObjectSource) async throws -> Void) async throws {
        var source = source
        var requests: [ByteRange]?
        if source.needsOneGo || isOneOfMany && source.byteCount > BucketReader.wholeByteCount {
            requests = self.requests(of: file)
        }
        if let requests { source = try await source.streaming(requests) }
        do {
            if requests?.isEmpty != true { try await source.checkParts() }
            try await body(source)
            await source.close()
        } catch {
            await source.close()
            throw error
        }
    }

    /// Returns what is read of all row groups, in order; nil where one is so large that there is room for few at once,
    /// lies before another one, or is broken.
    private func requests(of file: FileReader) -> [ByteRange]? {
        let most = source.needsOneGo ? wholeByteCount : Self.mostStreamedByteCount(budget: budget.byteCount)
        var requests: [ByteRange] = []
        for index in file.metadata.rowGroups.indices {
            guard let plan = try? file.plan(rowGroup: index, fileByteCount: source.byteCount) else {
                // The rows before it are sent all the same.
                return source.needsOneGo ? requests : nil
            }
            guard plan.requestedByteCount <= most else { return nil }
            for request in plan.requests {
                guard request.offset >= requests.last?.end ?? 0 else { return nil }
                requests.append(request)
            }
        }
        return requests
    }

    /// Row groups of up to so many bytes, as stored, are read whole: half of the budget, since their pages need room too.
    var wholeByteCount: Int { budget.byteCount / 2 }

    /// Row groups of objects that come out of one request have no more bytes than this.
    static func mostStreamedByteCount(budget byteCount: Int) -> Int { byteCount / leastStreamCount }

    private func footer(_ metadata: FileMetadata?, _ lease: MemoryLease) async throws -> FileMetadata {
        if let metadata { return metadata }
        let held = try await lease.acquire(Self.footerByteCount)
        let footer = try await source.footer(keys: keys)
        await lease.change(by: -held)
        return footer
    }

    /// Calls `body` with every row group, its first window in memory, while those after it are fetched.
    private func forEachRowGroup(
        of file: FileReader, from source: S3ObjectSource, _ lease: MemoryLease,
        _ body: (inout RowGroupReader) async throws -> Void
    ) async throws {
        if source.isStreaming {
            try await forEachStreamedRowGroup(of: file, from: source, lease, body)
        } else {
            try await forEachFetchedRowGroup(of: file, from: source, lease, body)
        }
    }

    /// Calls `body` with every row group; several of them are fetched at once.
    ///
    /// One of them is decoded at a time: those that wait hold no more than their stored bytes.
    private func forEachFetchedRowGroup(
        of file: FileReader, from source: S3ObjectSource, _ lease: MemoryLease,
        _ body: (inout RowGroupReader) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (index: Int, pieces: FetchedPieces).self) { group in
            var started: [Int: Started] = [:]
            var fetched: [Int: FetchedPieces] = [:]
            var next = 0
            // Bytes held for decoding, by whichever row group it is.
            var openByteCount = 0
            // All that is held when a row group ends and none is started.
            var spent = 0
            for index in file.metadata.rowGroups.indices {
                let most = index == 0 ? Self.firstRowGroupCount : Self.rowGroupCount
                while next < min(index + most, file.metadata.rowGroups.count) {
                    var reader: RowGroupReader
                    do {
                        reader = try RowGroupReader(
                            file, rowGroup: next, fileByteCount: source.byteCount,
                            windowByteCount: budget.byteCount / 8, wholeByteCount: wholeByteCount)
                    } catch {
                        // The rows before one that cannot be read are sent first.
                        if next == index { throw error }
                        break
                    }
                    var stored = reader.storedByteCount
                    let open = expectedOpenByteCount(of: &reader, table: source.table)
                    if next == index {
                        let held = try await lease.exchange(spent, for: stored + open)
                        stored = min(stored, held)
                        openByteCount = held - stored
                        spent = 0
                    } else {
                        let more = max(0, open - openByteCount)
                        guard await lease.tryAcquire(stored + more) else { break }
                        openByteCount += more
                    }
                    let missing = reader.missingPieces()
                    group.addTask { [next] in (next, try await missing.read(from: source)) }
                    started[next] = Started(reader: reader, heldByteCount: stored, openByteCount: open)
                    next += 1
                }
                while fetched[index] == nil, let answer = try await group.next() {
                    fetched[answer.index] = answer.pieces
                }
                guard var current = started.removeValue(forKey: index), let pieces = fetched.removeValue(forKey: index)
                else { preconditionFailure("ObjectSync: a row group was not started") }
                current.reader.add(pieces)
                note(&current.reader, table: source.table)
                let waitingOpenByteCount = started.values.map(\.openByteCount).max() ?? 0
                let open = max(self.openByteCount(of: &current.reader), waitingOpenByteCount)
                let held = current.heldByteCount + openByteCount
                var needed = min(current.reader.storedByteCount + open, budget.byteCount)
                if needed > held, started.isEmpty {
                    // More than the footer told: others may have to end first.
                    needed = try await lease.exchange(held, for: needed)
                } else {
                    await lease.change(by: needed - held)
                }
                try await body(&current.reader)
                if started.isEmpty {
                    spent = needed
                    openByteCount = 0
                } else {
                    openByteCount = min(needed, waitingOpenByteCount)
                    await lease.change(by: openByteCount - needed)
                }
            }
        }
    }

    /// Bytes in memory at most beside those stored while a row group is decoded, by its first pages: the pages that are
    /// open, and a batch with its copy as a message.
    func openByteCount(of reader: inout RowGroupReader) -> Int {
        openByteCount(of: &reader, pages: Double(reader.openByteCount()))
    }

    /// Bytes expected of a row group of which nothing is in memory, by those of the table before it.
    func expectedOpenByteCount(of reader: inout RowGroupReader, table: String) -> Int {
        openByteCount(
            of: &reader, pages: Double(reader.plan.openByteCount) * source.reader.openShare(table: table))
    }

    /// Takes note of what part of the pages of a row group is open at once, for those to come.
    func note(_ reader: inout RowGroupReader, table: String) {
        // Without pages that are opened there is nothing to learn.
        guard reader.plan.openByteCount > 0 else { return }
        let share = Double(reader.openByteCount()) / Double(reader.plan.openByteCount)
        source.reader.note(openShare: min(share, Self.mostOpenShare), table: table)
    }

    private func openByteCount(of reader: inout RowGroupReader, pages: Double) -> Int {
        let batch = reader.rowByteCount() * Double(batchRowCount(of: &reader, most: rowsPerRecord))
        return Int(min(pages + 2 * batch, 1e18))
    }

    /// Number of rows of the batches of a row group: so many that a batch takes an eighth of the budget, by what its rows
    /// are expected to take. A dictionary of few long values fills any memory otherwise.
    private func batchRowCount(of reader: inout RowGroupReader, most: Int) -> Int {
        let fitting = Double(budget.byteCount) / 8 / max(reader.rowByteCount(), 1)
        return max(1, Int(min(Double(most), fitting)))
    }
}
