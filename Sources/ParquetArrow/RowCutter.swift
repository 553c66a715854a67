public import ArrowLayout
import ByteCore
public import Parquet

/// Cuts one row group into record batches of any length.
///
/// Pages are opened as rows are asked for, so at any time each column has one open page.
public struct RowCutter: Sendable {
    /// What assembles a column: an index into the assemblers of its kind, which stay where they are while they work.
    enum Column: Hashable, Sendable {
        /// A column without nesting.
        case flat(Int)
        /// A struct, list or map.
        case nested(Int)
    }

    /// The schema of the batches.
    public let schema: Schema
    /// Number of rows not taken yet.
    public private(set) var remainingRowCount: Int
    private let columns: [Column]
    private var flat: [FlatAssembler]
    private var nested: [NestedAssembler]
    private var isFinished = false

    init(schema: Schema, rowCount: Int, columns: [Column], flat: [FlatAssembler], nested: [NestedAssembler]) {
        self.schema = schema
        remainingRowCount = rowCount
        self.columns = columns
        self.flat = flat
        self.nested = nested
    }

    /// Takes the next `rows` rows, or as many as there are left; nil after the last.
    ///
    /// - Throws: what is wrong with the bytes of a column, naming row group, column and page. A cutter that has thrown
    ///   must not be asked again: its columns no longer stand at the same row.
    public mutating func take(rows: Int) throws(ParquetError) -> RecordBatch? {
        precondition(rows > 0, "RowCutter: rows must be positive")
        guard remainingRowCount > 0 else {
            try finish()
            return nil
        }
        let rowCount = min(rows, remainingRowCount)
        var arrays: [ArrayData] = []
        arrays.reserveCapacity(columns.count)
        for column in columns {
            switch column {
            case .flat(let index): arrays.append(try flat[index].take(rowCount))
            case .nested(let index): arrays.append(try nested[index].take(rowCount))
            }
        }
        remainingRowCount -= rowCount
        return RecordBatch(schema: schema, rowCount: rowCount, columns: arrays)
    }

    /// Names of the columns of which an INT96 timestamp, in the pages opened so far, has digits that its unit cuts off.
    public var columnsWithCutDigits: [String] {
        (flat + nested.flatMap(\.leaves)).filter(\.hasCutDigits).map(\.leaf.name)
    }

    /// Checks, once, that no column has rows left.
    private mutating func finish() throws(ParquetError) {
        guard !isFinished else { return }
        isFinished = true
        for index in flat.indices { try flat[index].finish() }
        for index in nested.indices { try nested[index].finish() }
    }
}
