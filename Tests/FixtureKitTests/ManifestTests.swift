import ArrowLayout
import FixtureKit
import Foundation
import Parquet
import ParquetArrow
import Testing

/// The committed files, and what another reader found in them.
enum Fixtures {
    static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures").path

    static func manifest() async throws -> Manifest { try await Manifest(path: directory + "/manifest.json") }

    static func check(
        _ expected: Manifest.File, changing change: (RecordBatch) -> RecordBatch = { $0 }
    ) async throws -> [String] {
        let file = try await ParquetFile(
            path: directory + "/" + expected.file, keys: try DecryptionKeys(parsing: expected.keys ?? ""))
        let reader = try await file.reader()
        var comparison = Comparison(
            expected, schema: reader.schema, rowGroupCount: file.metadata.rowGroups.count)
        try await file.forEachBatch(of: reader, rows: 64) { comparison.append(change($0)) }
        comparison.finish()
        return comparison.mismatches
    }
}

@Suite("Fixtures against their manifest")
struct ManifestTests {
    @Test("every file has the schema, counts and values that an independent reader found")
    func files() async throws {
        let files = try await Fixtures.manifest().files
        #expect(files.count >= 120)
        for file in files {
            let mismatches = try await Fixtures.check(file)
            #expect(mismatches.isEmpty, "\(file.file): \(mismatches.first ?? "")")
        }
    }

    @Test("rows in another order, and rows left out, are noticed")
    func noticesDifferences() async throws {
        let files = try await Fixtures.manifest().files
        let file = try #require(files.first { $0.file == "parquet/pyarrow-flat-none-v1.parquet" })
        let shorter = try await Fixtures.check(file) { $0.slice(0..<$0.rowCount - 1) }
        #expect(shorter.contains { $0.hasPrefix("rows: found 49, expected 50") })
        let swapped = try await Fixtures.check(file) { batch in
            var columns = batch.columns
            columns[1] = ArrayData(
                type: columns[1].type, count: columns[1].count, nullCount: columns[1].nullCount,
                buffers: [columns[1].buffers[0], batch.columns[2].buffers[1]])
            return RecordBatch(schema: batch.schema, rowCount: batch.rowCount, columns: columns)
        }
        #expect(swapped.contains { $0.contains("row 0 of i8") })
        #expect(swapped.count <= 5)
    }

    @Test("every page of a chunk is listed with its header")
    func pages() async throws {
        let file = try await ParquetFile(path: Fixtures.directory + "/parquet/pyarrow-flat-none-v1.parquet")
        let leaf = try SchemaTree(file.metadata.schema).leaves[0]
        let pages = try await file.pages(of: leaf, rowGroup: 0)
        #expect(pages.compactMap(\.header.dataValueCount).reduce(0, +) == 50)
    }

    @Test("the first rows end in the middle of a row group")
    func head() async throws {
        let file = try await ParquetFile(path: Fixtures.directory + "/parquet/pyarrow-flat-none-v1.parquet")
        var rows: [String] = []
        try await file.forEachRow(of: try await file.reader(), limit: 3) { batch, row in
            rows.append(JSONRow.text(of: batch, row: row))
        }
        #expect(rows.count == 3)
        let first = try #require(rows.first)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])
        #expect(object["text"] as? String == "日本")
        #expect(object["day"] as? String == "2038-11-14")
        #expect(object["moment_ms_utc"] as? String == "1956-08-07T05:00:37.516Z")
        #expect(object["large"] as? String == "99999999999999.9999")
    }

    @Test("a file that is not there is said to be so")
    func missing() async {
        await #expect(throws: FileError(path: "/no/such/file", code: 2)) {
            _ = try await ParquetFile(path: "/no/such/file")
        }
    }
}
