public import ArrowLayout

/// Compares what is read from a file with what the manifest expects of it.
public struct Comparison {
    private let expected: Manifest.File
    private var digests: [ColumnDigest] = []
    private var nullCounts: [Int] = []
    private var rowCount = 0
    /// The first differences, in words; none where the file is right.
    public private(set) var mismatches: [String] = []

    /// Starts with the schema.
    public init(_ expected: Manifest.File, schema: Schema, rowGroupCount: Int) {
        self.expected = expected
        digests = schema.fields.map { _ in ColumnDigest() }
        nullCounts = schema.fields.map { _ in 0 }
        expect(rowGroupCount, expected.rowGroupCount, "row groups")
        let columns = expected.columns
        expect(schema.fields.count, columns.count, "columns")
        for (field, column) in zip(schema.fields, columns) {
            expect(field.name, column.name, "name")
            expect(field.type.manifestName, column.type, "type of \(column.name)")
            expect(field.isNullable, column.nullable, "nullability of \(column.name)")
        }
    }

    /// Adds the values of a batch.
    public mutating func append(_ batch: RecordBatch) {
        for (index, array) in batch.columns.enumerated() {
            nullCounts[index] += array.nullCount
            guard index < expected.columns.count else { continue }
            let view = ArrayView(array)
            for row in 0..<array.count {
                let text = view.text(at: row)
                digests[index].append(text)
                guard let values = expected.columns[index].values, rowCount + row < values.count else { continue }
                if values[rowCount + row] != text {
                    expect(text, values[rowCount + row], "row \(rowCount + row) of \(expected.columns[index].name)")
                }
            }
        }
        rowCount += batch.rowCount
    }

    /// Compares counts and digests, once every value was added.
    public mutating func finish() {
        expect(rowCount, expected.rowCount, "rows")
        for (index, column) in expected.columns.enumerated() where index < digests.count {
            expect(nullCounts[index], column.nullCount, "nulls of \(column.name)")
            expect(digests[index].text, column.digest, "digest of \(column.name)")
        }
    }

    private mutating func expect<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) {
        guard found != wanted, mismatches.count < 5 else { return }
        mismatches.append("\(what): found \(Self.words(found)), expected \(Self.words(wanted))")
    }

    private static func words(_ value: some Equatable) -> String {
        if let text = value as? String? { return text.map { "\"\($0.prefix(60))\"" } ?? "null" }
        return "\(value)"
    }
}
