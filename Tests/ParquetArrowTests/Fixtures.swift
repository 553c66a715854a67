import ArrowLayout
import ByteCore
import Foundation
import Parquet
import ParquetArrow
import Testing

/// The committed files of several writers, and what another reader found in them.
struct Fixtures: Decodable {
    struct File: Decodable, CustomTestStringConvertible {
        let file: String
        let rowCount: Int
        let flat: Bool
        let columns: [Column]?

        var testDescription: String { file }

        /// The unit in which the manifest has the file's INT96 timestamps.
        var int96: Int96Timestamps { file.contains("int96-far") ? .microseconds : .nanoseconds }

        /// The bytes of the file.
        func contents() throws -> Bytes { Bytes(try Data(contentsOf: Fixtures.directory.appending(path: file))) }
    }

    struct Column: Decodable {
        let name: String
        let plainType: String
        let nullable: Bool
        let nullCount: Int
        let digest: String
        let values: [String?]?
    }

    let files: [File]

    static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// Every file of the manifest; none where the manifest cannot be read, which a test of its own reports.
    static let all: [File] = {
        guard let data = try? Data(contentsOf: directory.appending(path: "manifest.json")),
            let fixtures = try? JSONDecoder().decode(Fixtures.self, from: data)
        else { return [] }
        return fixtures.files
    }()

    static let flat = all.filter { $0.flat }
}

/// Everything read from a file, as text.
struct TableText: Equatable {
    var schema: Schema
    var batchRowCounts: [Int] = []
    var columns: [[String?]]

    /// Reads a file in batches of `rows`.
    init(
        _ file: Bytes, rows: Int, limits: Limits = .default, int96: Int96Timestamps = .nanoseconds
    ) async throws {
        let reader = try FileReader(
            metadata: try await readFooter(of: file, limits: limits), limits: limits, int96: int96)
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

extension ArrayView {
    /// The value as the manifest writes it: what Arrow stores, floats and bytes in hexadecimal.
    func text(at index: Int) -> String? {
        switch array.type {
        case .bool: bool(at: index).map { $0 ? "true" : "false" }
        case .utf8: string(at: index)
        case .float16, .float32, .float64: bytes(at: index).map { Self.hexadecimal([UInt8]($0).reversed()) }
        case .binary, .fixedSizeBinary: bytes(at: index).map { Self.hexadecimal([UInt8]($0)) }
        default: int128(at: index).map { "\($0)" }
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

/// 64-bit FNV-1a over each value: `n` for a null, else the byte count of its text, a colon and the text.
func digest(_ values: [String?]) -> String {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for value in values {
        let encoded = value.map { Array("\($0.utf8.count):".utf8) + Array($0.utf8) } ?? Array("n".utf8)
        for byte in encoded { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    let text = String(state, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
}

/// The name that the manifest's reader gives a type.
func manifestName(_ type: DataType) -> String {
    switch type {
    case .utf8: "string"
    case .date32: "date32[day]"
    case .float32: "float"
    case .float64: "double"
    default: "\(type)"
    }
}
