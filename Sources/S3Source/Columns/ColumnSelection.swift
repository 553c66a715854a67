import ArrowLayout
import CloudQueryPlugin

/// Which columns of files and keys are read: patterns over top-level names, in which `*` stands for any run of
/// characters.
struct ColumnSelection: Equatable, Sendable {
    /// Patterns of columns to read; none means all.
    var columns: [String] = []
    /// Patterns of columns to leave out; they win.
    var skipColumns: [String] = []

    /// Read with every selection, unless it is to be left out: what it holds decides which rows are the same.
    private static let identity = ["_cq_id", "_cq_parent_id"]

    /// Whether all columns are read.
    var isWhole: Bool { columns.isEmpty && skipColumns.isEmpty }

    /// Returns whether a column is read.
    func includes(_ name: String) -> Bool {
        if isWhole { return true }
        let isListed =
            columns.isEmpty || Self.identity.contains(name) || columns.contains { matches($0, name) }
        return isListed && !skipColumns.contains { matches($0, name) }
    }

    /// Returns the patterns of both lists that match none of some names.
    func unmatched(in names: some Collection<[UInt8]>) -> [UnmatchedPattern] {
        [("columns", columns), ("skip_columns", skipColumns)].flatMap { list, patterns in
            patterns.filter { pattern in !names.contains { TableSelection.matches(Array(pattern.utf8), $0) } }
                .map { UnmatchedPattern(list: list, pattern: $0) }
        }
    }

    /// Checks that a table has a column of its own.
    func checkRemainder(_ schema: Schema, table: String) throws(NoColumnsLeft) {
        if isWhole || schema.fields.contains(where: { !$0.name.hasPrefix("_cq_") }) { return }
        throw NoColumnsLeft(table: table)
    }

    private func matches(_ pattern: String, _ name: String) -> Bool {
        TableSelection.matches(Array(pattern.utf8), Array(name.utf8))
    }
}

/// A table of which no column is to be read.
struct NoColumnsLeft: Error, CustomStringConvertible {
    let table: String

    var description: String { "columns and skip_columns leave table \(table) without a column" }
}
