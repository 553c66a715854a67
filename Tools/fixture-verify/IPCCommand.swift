import ArgumentParser
import ArrowIPC
import ArrowLayout
import FixtureKit
import ParquetArrow

/// Writes the rows of a file as an Arrow IPC stream.
///
/// Without options, columns have the types in which Arrow C++ gives them: a shredded VARIANT keeps its typed values,
/// and an INTERVAL its 12 bytes.
struct IPCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ipc", abstract: "Write the rows as an Arrow IPC stream, which other engines read.")

    @Argument(help: "File to read.")
    var file: String

    @Option(help: "Rows of a batch.")
    var rows = 65_536

    @Option(help: "Where to write; standard output if not given.")
    var output: String?

    @Option(help: "VARIANT columns: as stored, shredded or not; whole, as metadata and value; or as json text.")
    var variants = Variants.stored

    @Option(help: "INTERVAL columns: as stored, 12 bytes; or calendar, as months, days and nanoseconds.")
    var intervals = Intervals.stored

    @OptionGroup var keys: KeyOptions

    enum Variants: String, ExpressibleByArgument, CaseIterable {
        case stored
        case whole
        case json
    }

    enum Intervals: String, ExpressibleByArgument, CaseIterable {
        case stored
        case calendar
    }

    func validate() throws {
        guard rows > 0 else { throw ValidationError("A batch has at least one row.") }
    }

    func run() async throws {
        try await reporting(file) {
            let file = try await ParquetFile(path: file, keys: keys.keys)
            let reader = try await file.reader(intervals: intervals == .stored ? .stored : .calendar)
            let mapping = try mapping(of: reader.schema)
            let restoration = try await file.restoration(of: reader, mapping, rows: rows)
            let writer = try StreamWriter(schema: restoration.schema)
            let target = try output.map { path throws(FileError) in try FileOutput(path: path) } ?? .standardOutput
            try target.write(writer.start)
            let cutColumns = try await file.forEachBatch(of: reader, rows: rows) { batch in
                let mapped = try mapping?.map(batch) ?? batch
                try target.write(try writer.message(of: restoration.restore(mapped)))
            }
            try target.write(StreamWriter.end)
            try warn(ofCutDigitsIn: cutColumns, of: file.path)
        }
    }

    /// Returns what becomes of VARIANT columns; nil where they stay as they are.
    private func mapping(of schema: Schema) throws -> VariantMapping? {
        switch variants {
        case .stored: nil
        case .whole: try VariantMapping(schema, as: .whole)
        case .json: try VariantMapping(schema, as: .json)
        }
    }
}
