public import ArrowIPC
public import ArrowLayout

/// Bounds of one insert message, and how a batch is cut to meet them.
public struct BatchSplitting: Sendable, Hashable {
    /// Most rows in a message.
    public var maximumRowCount: Int
    /// Bytes above which a batch is cut; a single row may have more.
    public var preferredByteCount: Int
    /// Most bytes in a message, a single row's among them.
    public var maximumByteCount: Int

    /// Creates bounds.
    ///
    /// The defaults: large enough for the cost of a message not to count, and below the 100 MiB at which the older
    /// gRPC limits of CloudQuery's programs lie, with room for the columns that the CLI adds.
    public init(
        maximumRowCount: Int = .max, preferredByteCount: Int = 16 << 20, maximumByteCount: Int = 96 << 20
    ) {
        self.maximumRowCount = maximumRowCount
        self.preferredByteCount = preferredByteCount
        self.maximumByteCount = maximumByteCount
    }

    /// Returns the rows of each message, in order, so that each encoded message meets the bounds.
    ///
    /// - Throws: `OversizedRow` for a row that is over `maximumByteCount` by itself.
    public func pieces(
        of batch: RecordBatch, encodedBy encoder: BatchStreamEncoder
    ) throws(OversizedRow) -> [Range<Int>] {
        if batch.rowCount <= maximumRowCount, encoder.encodedByteCount(of: batch) <= preferredByteCount {
            return [0..<batch.rowCount]
        }
        var pieces: [Range<Int>] = []
        var pending = [0..<batch.rowCount]
        while let rows = pending.popLast() {
            let byteCount = rows.count <= maximumRowCount ? encoder.encodedByteCount(of: batch.slice(rows)) : .max
            if byteCount <= preferredByteCount || (rows.count <= 1 && byteCount <= maximumByteCount) {
                pieces.append(rows)
                continue
            }
            guard rows.count > 1 else {
                throw OversizedRow(
                    tableName: batch.schema.metadata[Table.nameKey] ?? "", rowIndex: rows.lowerBound,
                    byteCount: byteCount, maximumByteCount: maximumByteCount)
            }
            let half = min(maximumRowCount, rows.count / 2)
            pending.append(rows.lowerBound + half..<rows.upperBound)
            pending.append(rows.lowerBound..<rows.lowerBound + half)
        }
        return pieces
    }
}

/// A row that does not fit in a message.
public struct OversizedRow: Error, Hashable, Sendable, CustomStringConvertible {
    /// Name of the table.
    public let tableName: String
    /// Number of the row from 0, in the batch that was sent or in what that is a part of.
    public let rowIndex: Int
    /// Bytes of a message of that row alone.
    public let byteCount: Int
    /// Most bytes of a message.
    public let maximumByteCount: Int

    /// The table, the row and both sizes.
    public var description: String {
        """
        table \(tableName): row \(rowIndex) needs a message of \(byteCount) bytes, over the limit of \
        \(maximumByteCount) bytes
        """
    }

    /// Returns the error with the number that the row has where so many rows come before the batch.
    public func after(rowCount: Int) -> OversizedRow {
        OversizedRow(
            tableName: tableName, rowIndex: rowCount + rowIndex, byteCount: byteCount,
            maximumByteCount: maximumByteCount)
    }
}
