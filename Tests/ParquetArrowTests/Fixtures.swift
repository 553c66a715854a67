import ArrowLayout
import ByteCore
import FixtureKit
import Foundation
import Parquet
import ParquetArrow
import Testing

/// The committed files of several writers, and what another reader found in them.
enum Fixtures {
    static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// The manifest; nil where it cannot be read, which a test of its own reports.
    private static let manifest: Manifest? = {
        guard let data = try? Data(contentsOf: directory.appending(path: "manifest.json")) else { return nil }
        return try? JSONDecoder().decode(Manifest.self, from: data)
    }()

    /// Every file that is read.
    static let all = manifest?.files ?? []
    /// Every file that is refused.
    static let refused = manifest?.refused ?? []

    /// The bytes of a file.
    static func contents(_ file: String) throws -> Bytes {
        Bytes(try Data(contentsOf: directory.appending(path: file)))
    }
}

extension Manifest.File {
    /// The keys that open the file.
    var decryptionKeys: DecryptionKeys { get throws { try DecryptionKeys(parsing: keys ?? "") } }

    /// The unit in which the manifest has the file's INT96 timestamps.
    var int96: Int96Timestamps { file.contains("int96-far") ? .microseconds : .nanoseconds }

    /// The bytes of the file.
    func contents() throws -> Bytes { try Fixtures.contents(file) }
}

/// Everything read from a file, as text.
struct TableText: Equatable {
    var schema: Schema
    var batchRowCounts: [Int] = []
    var columns: [[String?]]

    /// Reads a file in batches of `rows`.
    init(
        _ file: Bytes, rows: Int, keys: DecryptionKeys = .none, limits: Limits = .default,
        int96: Int96Timestamps = .nanoseconds
    ) async throws {
        let metadata = try await readFooter(of: file, limits: limits, keys: keys)
        let reader = try FileReader(metadata: metadata, limits: limits, int96: int96)
        schema = reader.schema
        columns = reader.schema.fields.map { _ in [] }
        for index in reader.metadata.rowGroups.indices {
            let plan = try reader.plan(rowGroup: index, fileByteCount: file.byteCount)
            var cutter = try reader.batches(of: try await load(plan, from: file), rowGroup: index)
            while let batch = try cutter.take(rows: rows) {
                batchRowCounts.append(batch.rowCount)
                for (column, array) in batch.columns.enumerated() {
                    try array.validate()
                    let view = ArrayView(array)
                    for row in 0..<view.count { columns[column].append(view.text(at: row)) }
                }
            }
        }
    }
}
