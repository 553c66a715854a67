public import ArrowLayout
import ByteCore
public import Parquet
public import ParquetArrow

/// A Parquet file on disk that is read row group by row group.
public struct ParquetFile: Sendable {
    /// Name of the file.
    public let path: String
    /// The bytes.
    public let source: LocalFile
    /// The footer.
    public let metadata: FileMetadata

    private let limits: Limits

    /// Opens a file and reads its footer.
    ///
    /// - Throws: `FileError` where it cannot be opened, `ParquetError` where it cannot be understood.
    public init(path: String, keys: DecryptionKeys = .none, limits: Limits = .local) async throws {
        self.path = path
        self.limits = limits
        source = try LocalFile(path: path)
        metadata = try await readFooter(of: source, limits: limits, keys: keys)
    }

    /// Returns a reader of the file's rows.
    ///
    /// INT96 timestamps have the finest unit that all of the file's fit, which takes reading those columns once.
    public func reader(intervals: IntervalForm = .calendar) async throws -> FileReader {
        let reader = try FileReader(metadata: metadata, limits: limits, intervals: intervals)
        var unit = Int96Timestamps.nanoseconds
        for leaf in reader.tree.leaves where leaf.physicalType == .int96 {
            for index in metadata.rowGroups.indices {
                let finest = try await finestUnit(of: leaf, rowGroup: index)
                if finest.rawValue > unit.rawValue { unit = finest }
            }
        }
        if unit == .nanoseconds { return reader }
        return try FileReader(metadata: metadata, limits: limits, int96: unit, intervals: intervals)
    }

    private func finestUnit(of leaf: LeafColumn, rowGroup: Int) async throws -> Int96Timestamps {
        let group = metadata.rowGroups[rowGroup]
        let plan = try RowGroupPlan(
            rowGroup: group, leaves: [leaf], fileByteCount: source.byteCount)
        let chunk = try await load(plan, from: source).chunks[0]
        var pages = ColumnChunkReader(
            chunk: chunk, leaf: leaf, metadata: group.columns[leaf.index], limits: limits)
        var unit = Int96Timestamps.nanoseconds
        do throws(DecodeFault) {
            while let page = try pages.nextPage() {
                var stored = Bytes()
                // A value of the dictionary that no row has does no harm: a coarser unit is right, too.
                if case .indices = page.values, case .fixedWidth(let values, _)? = pages.dictionary { stored = values }
                if case .fixedWidth(let values, _, _) = page.values { stored = values }
                let finest = Int96Timestamps.finest(for: stored)
                if finest.rawValue > unit.rawValue { unit = finest }
            }
        } catch {
            throw ParquetError(error, rowGroup: rowGroup, column: leaf.name, page: pages.pageIndex)
        }
        return unit
    }

    /// Returns what the file's stored Arrow schema says of the rows that the reader and then the mapping give.
    ///
    /// Where values decide whether it fits, all of them are decoded once, in batches of `rows` rows.
    public func restoration(
        of reader: FileReader, _ mapping: VariantMapping?, rows: Int
    ) async throws -> SchemaRestoration {
        var restoration = SchemaRestoration(mapping?.schema ?? reader.schema, metadata: metadata)
        for path in restoration.orderedDictionaries {
            try await order(path, of: reader, in: &restoration)
        }
        if restoration.dependsOnValues {
            try await forEachBatch(of: reader, rows: rows) { restoration.fit(try mapping?.map($0) ?? $0) }
        }
        return restoration
    }

    /// Tells the dictionaries of the column at a path of child indices.
    private func order(_ path: [Int], of reader: FileReader, in restoration: inout SchemaRestoration) async throws {
        guard let leaf = reader.leaf(at: path) else { return }
        for index in metadata.rowGroups.indices {
            let plan = try RowGroupPlan(
                rowGroup: metadata.rowGroups[index], leaves: [leaf], fileByteCount: source.byteCount)
            let chunk = try await load(plan, from: source).chunks[0]
            guard let dictionary = try reader.dictionary(of: leaf, in: chunk, rowGroup: index) else { continue }
            guard restoration.order(path, by: dictionary) else { return }
        }
    }

    /// Decodes every value of the file, in batches of `rows` rows; the last batch of a row group may be shorter.
    ///
    /// Returns the columns of which INT96 timestamps have digits that the reader's unit cuts off.
    @discardableResult
    public func forEachBatch(
        of reader: FileReader, rows: Int, _ body: (RecordBatch) throws -> Void
    ) async throws -> [String] {
        var cutColumns: [String] = []
        for index in metadata.rowGroups.indices {
            let plan = try reader.plan(rowGroup: index, fileByteCount: source.byteCount)
            var cutter = try reader.batches(of: try await load(plan, from: source), rowGroup: index)
            while let batch = try cutter.take(rows: rows) { try body(batch) }
            for name in cutter.columnsWithCutDigits where !cutColumns.contains(name) { cutColumns.append(name) }
        }
        return cutColumns
    }

    /// Decodes the first `limit` rows of the file, and no row group after them.
    ///
    /// Returns the columns of which INT96 timestamps have digits that the reader's unit cuts off.
    @discardableResult
    public func forEachRow(
        of reader: FileReader, limit: Int, _ body: (RecordBatch, _ row: Int) throws -> Void
    ) async throws -> [String] {
        var cutColumns: [String] = []
        var remaining = limit
        for index in metadata.rowGroups.indices where remaining > 0 {
            let plan = try reader.plan(rowGroup: index, fileByteCount: source.byteCount)
            var cutter = try reader.batches(of: try await load(plan, from: source), rowGroup: index)
            while remaining > 0, let batch = try cutter.take(rows: min(remaining, 1024)) {
                for row in 0..<batch.rowCount { try body(batch, row) }
                remaining -= batch.rowCount
            }
            for name in cutter.columnsWithCutDigits where !cutColumns.contains(name) { cutColumns.append(name) }
        }
        return cutColumns
    }

    /// Returns the pages of one column chunk, of which nothing is decompressed.
    ///
    /// - Throws: what is wrong with a page, naming it.
    public func pages(of leaf: LeafColumn, rowGroup: Int) async throws -> [RawPage] {
        let group = metadata.rowGroups[rowGroup]
        let plan = try RowGroupPlan(
            rowGroup: group, leaves: [leaf], fileByteCount: source.byteCount)
        let chunk = try await load(plan, from: source).chunks[0]
        var walker = PageWalker(chunk: chunk, leaf: leaf, metadata: group.columns[leaf.index], limits: limits)
        var pages: [RawPage] = []
        do throws(DecodeFault) {
            while let page = try walker.next() { pages.append(page) }
        } catch {
            throw ParquetError(error, rowGroup: rowGroup, column: leaf.name, page: walker.pageIndex)
        }
        return pages
    }
}

extension Limits {
    /// Bounds for files that anybody may have made, read in less than 2 GiB: writers cut pages at some megabytes, so
    /// one of a quarter of a gigabyte is refused before memory is asked for.
    public static let local: Limits = {
        var limits = Limits()
        limits.pageByteCount = 256 << 20
        return limits
    }()
}
