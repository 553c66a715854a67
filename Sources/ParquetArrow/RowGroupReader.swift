public import ArrowLayout
import ByteCore
public import Parquet

/// Parts of a row group's chunks that are to be fetched.
public struct MissingPieces: Sendable {
    /// Indices of the chunks among the plan's.
    let chunks: [Int]
    /// Where in the file the parts are.
    let ranges: [ByteRange]
    /// Bytes between two parts that are fetched rather than making two requests.
    let gap: Int64

    /// Whether nothing is missing.
    public var isEmpty: Bool { chunks.isEmpty }

    /// Number of bytes that are missing.
    public var byteCount: Int { ranges.reduce(0) { $0 + Int($1.count) } }

    /// Reads the parts.
    ///
    /// - Throws: `truncated` where the source has fewer bytes than it said, and what `source` throws.
    public func read(from source: some RandomAccessSource) async throws -> FetchedPieces {
        FetchedPieces(chunks: chunks, bytes: try await Parquet.read(ranges, gap: gap, from: source))
    }

    /// Reads the parts one after the other in the order of the file, by blocks of about `blockByteCount` bytes.
    ///
    /// - Parameter willRead: called before each block with the number of its bytes.
    /// - Throws: what `read` and `willRead` throw.
    public func readInOrder(
        from source: some RandomAccessSource, blockByteCount: Int, _ willRead: (Int) async throws -> Void
    ) async throws -> FetchedPieces {
        FetchedPieces(
            chunks: chunks,
            bytes: try await Parquet.readInOrder(
                ranges, blockByteCount: Int64(blockByteCount), from: source, willRead))
    }
}

/// Parts of a row group's chunks that were fetched.
public struct FetchedPieces: Sendable {
    let chunks: [Int]
    /// The pieces of each of them, in order.
    let bytes: [[Bytes]]
}

/// Reads one row group as record batches, with all of it or a window of each column chunk in memory.
///
/// While the rows of one window are decoded, the next one is fetched. Windows end anywhere: a batch whose pages are not
/// in memory yet is begun again once they are.
public struct RowGroupReader: Sendable {
    /// Where the chunks are.
    public let plan: RowGroupPlan
    /// Bytes of each chunk that are fetched at once.
    private let pieceByteCounts: [Int]
    /// What the footer says of each chunk's pages, decompressed.
    private let uncompressedByteCounts: [Int]
    /// Whether each chunk's pages are read as they are stored.
    private let areReadAsStored: [Bool]
    /// Number of values of each chunk.
    private let valueCounts: [Int64]
    private let gap: Int64
    /// Bytes in memory where all of the row group is, with what lies between the chunks.
    private let wholeStoredByteCount: Int?
    private let windowByteCount: Int
    private var cutter: RowCutter
    /// Bytes of all chunks that were not fetched yet.
    private var remainingByteCount: Int

    /// Creates a reader that has all of the row group, as stored, in memory where it is at most `wholeByteCount` bytes
    /// or a window; else `windowByteCount` bytes of it and as many again on their way.
    ///
    /// - Parameter leastPieceByteCount: fewest bytes of a chunk that are fetched at once, where it has so many and there
    ///   are few chunks: less costs more requests than it saves memory. With very many chunks a quarter of it is.
    /// - Throws: `malformed` where the row group does not fit the file or schema, naming row group and column.
    public init(
        _ file: FileReader, rowGroup: Int, fileByteCount: Int64, windowByteCount: Int, wholeByteCount: Int = 0,
        leastPieceByteCount: Int = 64 << 10
    ) throws(ParquetError) {
        let plan = try file.plan(rowGroup: rowGroup, fileByteCount: fileByteCount)
        let requestedByteCount = plan.requestedByteCount
        let isWhole = requestedByteCount <= max(wholeByteCount, windowByteCount)
        let share = isWhole ? 1 : min(1, Double(windowByteCount) / Double(max(plan.storedByteCount, 1)))
        let columns = file.metadata.rowGroups[rowGroup].columns
        self.plan = plan
        let leastByteCount = max(
            leastPieceByteCount / 4, min(leastPieceByteCount, windowByteCount / max(plan.chunks.count, 1)))
        pieceByteCounts = plan.chunks.map { chunk in
            max(Int((Double(chunk.range.count) * share).rounded(.up)), leastByteCount, 1)
        }
        uncompressedByteCounts = plan.chunks.map { chunk in
            Int(clamping: max(0, columns[chunk.leafIndex].totalUncompressedByteCount))
        }
        areReadAsStored = plan.chunks.map { columns[$0.leafIndex].isReadAsStored }
        valueCounts = plan.chunks.map { columns[$0.leafIndex].valueCount }
        gap = isWhole ? RowGroupPlan.chunkGap : 0
        wholeStoredByteCount = isWhole ? requestedByteCount : nil
        self.windowByteCount = zip(plan.chunks, pieceByteCounts).reduce(0) { $0 + min(Int($1.0.range.count), $1.1) }
        remainingByteCount = plan.chunks.reduce(0) { $0 + Int($1.range.count) }
        cutter = try file.cutter(
            of: plan.chunks.map { ChunkBytes(byteCount: Int($0.range.count)) }, rowGroup: rowGroup)
    }

    /// Bytes as stored that are in memory at once, at most, as long as no page is larger: two windows, or all.
    public var storedByteCount: Int {
        wholeStoredByteCount
            ?? zip(plan.chunks, pieceByteCounts).reduce(0) { $0 + min(Int($1.0.range.count), 2 * $1.1) }
    }

    /// Names of the INT96 columns of which the rows so far have digits that the unit cuts off.
    public var columnsWithCutDigits: [String] { cutter.columnsWithCutDigits }

    /// Bytes of the pages that are open at once: guessed by the first pages of each chunk where they are in memory, else
    /// those of the plan's `openByteCount`, above which they may be where the footer's totals are too low.
    public mutating func openByteCount() -> Int {
        var total = 0.0
        cutter.forEachLeaf { index, leaf in
            let uncompressed = areReadAsStored[index] ? 0 : uncompressedByteCounts[index]
            total += Double(leaf.openByteCount(uncompressedByteCount: uncompressed))
        }
        return Int(min(total, 1e18))
    }

    /// Bytes of a row in a batch, guessed by the footer's totals and by the dictionaries of which the first page is in
    /// memory.
    public mutating func rowByteCount() -> Double {
        var total = 0.0
        cutter.forEachLeaf { index, leaf in
            let expanded = (leaf.dictionaryValueByteCount ?? 0) * Double(valueCounts[index])
            total += max(Double(uncompressedByteCounts[index]), expanded)
        }
        return total / Double(max(plan.rowCount, 1))
    }

    /// The bytes to fetch next, of the chunks of which little is in memory.
    public mutating func missingPieces() -> MissingPieces {
        var chunks: [Int] = []
        var ranges: [ByteRange] = []
        cutter.forEachLeaf { index, leaf in
            let missing = leaf.missingBytes(pieceByteCount: pieceByteCounts[index])
            if missing.isEmpty { return }
            let offset = plan.chunks[index].range.offset + Int64(missing.lowerBound)
            chunks.append(index)
            ranges.append(ByteRange(offset: offset, count: Int64(missing.count)))
        }
        return MissingPieces(chunks: chunks, ranges: ranges, gap: gap)
    }

    /// Adds pieces that were fetched.
    public mutating func add(_ pieces: FetchedPieces) {
        var next = 0
        cutter.forEachLeaf { index, leaf in
            guard next < pieces.chunks.count, pieces.chunks[next] == index else { return }
            for piece in pieces.bytes[next] {
                leaf.append(piece)
                remainingByteCount -= piece.count
            }
            next += 1
        }
    }

    /// Calls `body` with batches of `rows` rows, the last one of fewer, while it fetches what is missing.
    ///
    /// - Throws: what is wrong with the bytes, naming row group, column and page; what `source` and `body` throw.
    public mutating func forEachBatch(
        rows: Int, from source: some RandomAccessSource, _ body: (RecordBatch) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: FetchedPieces.self) { group in
            var isFetching = false
            while true {
                let step = try cutter.next(rows: rows)
                if case .end = step { return }
                if !isFetching, remainingByteCount > 0 {
                    let missing = missingPieces()
                    // Chunks that are read at about the same pace are fetched together.
                    if step.isAwaiting || missing.byteCount >= min(remainingByteCount, windowByteCount) / 2 {
                        isFetching = true
                        group.addTask { try await missing.read(from: source) }
                    }
                }
                if case .batch(let batch) = step {
                    try await body(batch)
                } else if let pieces = try await group.next() {
                    isFetching = false
                    add(pieces)
                }
            }
        }
    }
}
