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
    let budget: MemoryBudget
    let sink: any SyncSink

    /// What reading a footer may hold of the budget: the tail of the object that is read at once, and what it becomes.
    private static let footerByteCount = 128 << 10

    /// Sends all rows of the object, row group by row group.
    ///
    /// The bytes of a row group are held within the budget until its last batch has been taken by the transport:
    /// while the destination is slow, nothing more is fetched.
    ///
    /// - Parameters:
    ///   - metadata: the footer, where discovery kept it.
    ///   - sentRowCount: counts the rows sent, also when the rest cannot be read.
    func run(metadata: FileMetadata?, sentRowCount: inout Int) async throws {
        let metadata =
            if let metadata { metadata } else {
                try await budget.withBytes(Self.footerByteCount) { try await readFooter(of: source) }
            }
        let reader = try table.added.reader(of: metadata, source.object)
        let columns = try ObjectColumns(file: reader.schema, object: source.object, table: table)
        let maximumRowCount = min(rowsPerRecord, columns.maximumRowCount)
        let schema = table.table.schema
        let identity = RowIdentity(bucket: bucket, key: source.object.key.bytes)
        for rowGroup in metadata.rowGroups.indices {
            let plan = try reader.plan(rowGroup: rowGroup, fileByteCount: source.byteCount)
            try await budget.withBytes(plan.peakBytes) {
                let bytes = try await load(plan, from: source)
                var cutter = try reader.batches(of: bytes, rowGroup: rowGroup)
                while let batch = try cutter.take(rows: maximumRowCount) {
                    try Task.checkCancellation()
                    let rows = try table.columns.rows(
                        from: columns.rows(from: batch, firstRow: sentRowCount), schema: schema,
                        firstRow: sentRowCount, identity: identity)
                    try await sink.send(.insert(rows))
                    sentRowCount += batch.rowCount
                }
            }
        }
    }
}
