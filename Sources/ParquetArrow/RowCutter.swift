public import ArrowLayout
import ByteCore
public import Parquet

/// Cuts one row group into record batches of any length.
///
/// Pages are opened as rows are asked for, so at any time each column has one open page.
public struct RowCutter: Sendable {
    /// What a row group has after the rows taken so far.
    public enum Step: Sendable {
        /// The next rows.
        case batch(RecordBatch)
        /// Rows of which more bytes have to be in memory first.
        case awaiting
        /// No more rows.
        case end

        /// Whether bytes are missing.
        var isAwaiting: Bool {
            if case .awaiting = self { true } else { false }
        }
    }

    /// What assembles a column: an index into the assemblers of its kind, which stay where they are while they work.
    enum Column: Hashable, Sendable {
        /// A column without nesting.
        case flat(Int)
        /// A struct, list or map.
        case nested(Int)
    }

    /// What assembles a leaf.
    enum Leaf: Hashable, Sendable {
        /// A column without nesting.
        case flat(Int)
        /// A leaf of a struct, list or map.
        case nested(Int, leaf: Int)
    }

    /// The schema of the batches.
    public let schema: Schema
    /// Number of rows not taken yet.
    public private(set) var remainingRowCount: Int
    private let columns: [Column]
    private let leaves: [Leaf]
    /// The columns of the next batch whose rows were taken, while others wait for their bytes.
    private var arrays: [ArrayData] = []
    private var flat: [FlatAssembler]
    private var nested: [NestedAssembler]
    private var isFinished = false

    init(
        schema: Schema, rowCount: Int, columns: [Column], leaves: [Leaf], flat: [FlatAssembler],
        nested: [NestedAssembler]
    ) {
        self.schema = schema
        remainingRowCount = rowCount
        self.columns = columns
        self.leaves = leaves
        self.flat = flat
        self.nested = nested
    }

    /// Takes the next `rows` rows, or as many as there are left, of a row group that is in memory whole; nil after the
    /// last.
    ///
    /// - Throws: what is wrong with the bytes of a column, naming row group, column and page. A cutter that has thrown
    ///   must not be asked again: its columns no longer stand at the same row.
    public mutating func take(rows: Int) throws(ParquetError) -> RecordBatch? {
        switch try next(rows: rows) {
        case .batch(let batch): return batch
        case .end: return nil
        case .awaiting: preconditionFailure("RowCutter: bytes of the row group are missing")
        }
    }

    /// Takes the next `rows` rows, or as many as there are left, as soon as the bytes of all their pages are in memory;
    /// until then the same number of rows must be asked for.
    ///
    /// - Throws: as `take(rows:)`.
    public mutating func next(rows: Int) throws(ParquetError) -> Step {
        precondition(rows > 0, "RowCutter: rows must be positive")
        guard remainingRowCount > 0 else {
            try finish()
            return .end
        }
        let rowCount = min(rows, remainingRowCount)
        arrays.reserveCapacity(columns.count)
        while arrays.count < columns.count {
            let array =
                switch columns[arrays.count] {
                case .flat(let index): try flat[index].take(rowCount)
                case .nested(let index): try nested[index].take(rowCount)
                }
            guard let array else { return .awaiting }
            arrays.append(array)
        }
        defer { arrays = [] }
        remainingRowCount -= rowCount
        return .batch(RecordBatch(schema: schema, rowCount: rowCount, columns: arrays))
    }

    /// Calls `body` with the assembler of each leaf, in the order of the plan's chunks.
    mutating func forEachLeaf(_ body: (Int, inout FlatAssembler) -> Void) {
        for (position, leaf) in leaves.enumerated() {
            switch leaf {
            case .flat(let index): body(position, &flat[index])
            case .nested(let index, let leaf): nested[index].withLeaf(leaf) { body(position, &$0) }
            }
        }
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
