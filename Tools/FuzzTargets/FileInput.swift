import ArrowLayout
import ByteCore
import Parquet
import ParquetArrow

/// Parquet files and their footers.
enum FileInput {
    /// Small enough that no input takes long or much memory.
    static var limits: Limits {
        var limits = Limits()
        limits.batchByteCount = 1 << 26
        limits.batchValueCount = 1 << 14
        limits.footerByteCount = 1 << 20
        limits.schemaElementCount = 1 << 10
        limits.nestingDepth = 32
        limits.pageByteCount = 1 << 20
        // A checksum would stop nearly every changed page.
        limits.verifiesChecksums = false
        return limits
    }

    /// Rows of a batch; not a power of two, so that batches end inside of bytes and pages.
    private static let batchRowCount = 333
    /// Batches that are read of a row group: few bytes can claim any number of rows without values.
    private static let batchCount = 64

    static func readFooter(_ input: Bytes) throws {
        let metadata = try FileMetadata(footer: input, limits: limits)
        for rowGroup in metadata.rowGroups {
            for column in rowGroup.columns { _ = (column.path, column.statistics) }
        }
        let tree = try SchemaTree(metadata.schema, limits: limits)
        for rowGroup in metadata.rowGroups {
            _ = try? RowGroupPlan(
                rowGroup: rowGroup, leaves: tree.leaves, fileByteCount: 1 << 30)
        }
        _ = try FileReader(metadata: metadata, limits: limits)
    }

    static func readIndexes(_ input: Bytes) throws {
        guard input.count > 1 else { return }
        let index = input[1..<input.count]
        switch input[0] % 3 {
        case 0: _ = try OffsetIndex(index, rowCount: 1_000, fileByteCount: 1 << 30, limits: limits)
        case 1: _ = try ColumnIndex(index, limits: limits)
        default: _ = try BloomFilter(index, limits: limits).mayContain(index)
        }
    }

    static func read(_ file: Bytes) async throws {
        let metadata = try await Parquet.readFooter(of: file, limits: limits, tailByteCount: 64)
        try await read(file, metadata)
    }

    static func read(_ file: Bytes, _ metadata: FileMetadata) async throws {
        let reader = try FileReader(metadata: metadata, limits: limits)
        var failure: (any Error)?
        for index in metadata.rowGroups.indices.prefix(8) {
            do {
                // Half of all inputs is read in windows, which pages and their headers do not fit.
                if file.count.isMultiple(of: 2) {
                    try await readWhole(file, reader, rowGroup: index)
                } else {
                    try await readInWindows(file, reader, rowGroup: index)
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private static func readWhole(_ file: Bytes, _ reader: FileReader, rowGroup: Int) async throws {
        let plan = try reader.plan(rowGroup: rowGroup, fileByteCount: file.byteCount)
        var batches = try reader.batches(of: try await load(plan, from: file), rowGroup: rowGroup)
        for _ in 0..<batchCount {
            guard let batch = try batches.take(rows: batchRowCount) else { break }
            try requireValid(batch)
        }
    }

    private static func readInWindows(_ file: Bytes, _ reader: FileReader, rowGroup: Int) async throws {
        struct Enough: Error {}
        var windows = try RowGroupReader(
            reader, rowGroup: rowGroup, fileByteCount: file.byteCount, windowByteCount: 300, leastPieceByteCount: 30)
        var count = 0
        do {
            try await windows.forEachBatch(rows: batchRowCount, from: file) { batch in
                try requireValid(batch)
                count += 1
                if count == batchCount { throw Enough() }
            }
        } catch is Enough {}
    }

    /// What this package makes of any bytes must be valid Arrow, also the text of a VARIANT, where it has any.
    private static func requireValid(_ batch: RecordBatch) throws {
        func requireValid(_ columns: [ArrayData]) {
            for column in columns {
                do { try column.validate() } catch { preconditionFailure("invalid Arrow: \(error)") }
            }
        }
        requireValid(batch.columns)
        requireValid(try VariantMapping(batch.schema, as: .json).map(batch).columns)
    }
}
