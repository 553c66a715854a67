import ArrowLayout
import ByteCore
import FixtureKit
import Parquet
import ParquetArrow
import TestSupport
import Testing

@Suite("Files of several writers")
struct FixtureTests {
    @Test("there are files to read")
    func present() {
        #expect(Fixtures.all.count >= 120)
        #expect(Fixtures.refused.count >= 3)
    }

    @Test("types and values are those that another reader found", arguments: Fixtures.all)
    func values(file: Manifest.File) async throws {
        let table = try await TableText(
            try file.contents(), rows: 500, keys: try file.decryptionKeys, int96: file.int96)
        #expect(table.schema.fields.map(\.name) == file.columns.map(\.name))
        for (index, column) in file.columns.enumerated() where index < table.columns.count {
            let field = table.schema.fields[index]
            #expect(field.type.manifestName == column.type, "\(column.name)")
            #expect(field.isNullable == column.nullable, "\(column.name)")
            let values = table.columns[index]
            #expect(values.count == file.rowCount, "\(column.name)")
            #expect(values.count { $0 == nil } == column.nullCount, "\(column.name)")
            if let expected = column.values {
                let row = zip(values, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
                let (found, wanted) = row.map { (values[$0] ?? "null", expected[$0] ?? "null") } ?? ("", "")
                #expect(row == nil, "\(column.name): \(found.prefix(80)) instead of \(wanted.prefix(80))")
            }
            var digest = ColumnDigest()
            for value in values { digest.append(value) }
            #expect(digest.text == column.digest, "\(column.name)")
        }
    }

    @Test("files that are not supported are refused with column and reason", arguments: Fixtures.refused)
    func refused(file: Manifest.RefusedFile) async throws {
        let contents = try Fixtures.contents(file.file)
        let error = await #expect(throws: ParquetError.self) { try await TableText(contents, rows: 500) }
        #expect(error?.description == file.error)
        guard case .unsupported? = error?.kind else {
            Issue.record("another kind of error: \(String(describing: error?.kind))")
            return
        }
    }

    @Test("batches of any length give the same rows, each as long as was asked", arguments: Fixtures.all)
    func cutting(file: Manifest.File) async throws {
        let contents = try file.contents()
        let keys = try file.decryptionKeys
        let whole = try await TableText(contents, rows: 1 << 20, keys: keys, int96: file.int96)
        for rows in [1, 3, 7, 64, 499] where file.rowCount <= 700 || rows > 3 {
            let cut = try await TableText(contents, rows: rows, keys: keys, int96: file.int96)
            #expect(cut.columns == whole.columns, "\(rows) rows")
            #expect(cut.batchRowCounts.allSatisfy { $0 <= rows }, "\(rows) rows")
            let short = cut.batchRowCounts.count { $0 < rows }
            #expect(short <= whole.batchRowCounts.count, "only the last batch of a row group may be shorter")
        }
    }

    @Test("INT96 timestamps that nanoseconds do not hold are an error in nanoseconds")
    func farTimestamps() async throws {
        let file = try #require(Fixtures.all.first { $0.file.contains("int96-far") })
        let error = await #expect(throws: ParquetError.self) {
            _ = try await TableText(try file.contents(), rows: 10, int96: .nanoseconds)
        }
        #expect(error?.kind == .malformed(.timestampRange) && error?.column == "moment")
    }

    @Test(
        "digits that the unit cuts off are noted",
        arguments: [
            ("int96.", Int96Timestamps.nanoseconds, [] as [String]), ("int96.", .microseconds, ["moment_ns"]),
            ("int96-plain", .microseconds, ["moment_ns"]), ("int96-plain", .milliseconds, ["moment_us", "moment_ns"]),
            ("int96-far", .microseconds, []),
        ])
    func cutDigits(name: String, unit: Int96Timestamps, expected: [String]) async throws {
        let file = try #require(Fixtures.all.first { $0.file.contains("pyarrow-\(name)") }).contents()
        let reader = try FileReader(metadata: try await readFooter(of: file), int96: unit)
        let plan = try reader.plan(rowGroup: 0, fileByteCount: file.byteCount)
        var cutter = try reader.batches(of: try await load(plan, from: file), rowGroup: 0)
        while try cutter.take(rows: 7) != nil {}
        #expect(cutter.columnsWithCutDigits == expected)
    }

    @Test("structs, lists and maps of another writer", arguments: [1, 7, 500])
    func nested(rows: Int) async throws {
        let file = try #require(Fixtures.all.first { $0.file.contains("pyarrow-nested.") })
        let table = try await NestedTable(try file.contents(), rows: rows)
        let point = DataType.structure([Field("x", .int64), Field("y", .float64)])
        let entry = DataType.structure([Field("key", .utf8, isNullable: false), Field("value", .int64)])
        let expected = [
            Field("id", .int64), Field("point", point), Field("tags", .list(Field("element", .utf8))),
            Field("scores", .map(entries: Field("key_value", entry, isNullable: false), keysSorted: false)),
        ]
        #expect(table.schema.fields == expected)
        for row in 0..<20 {
            #expect(table.columns[0][row] == .number(row))
            #expect(table.columns[1][row] == .group([.number(row), row % 3 == 0 ? .text("3fe0000000000000") : .null]))
            #expect(table.columns[2][row] == .list(Array(repeating: .text("a"), count: row % 4)))
            #expect(table.columns[3][row] == .list([.group([.text("k"), .number(row)])]))
        }
    }
}
