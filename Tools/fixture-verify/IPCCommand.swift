import ArgumentParser
import ArrowIPC
import FixtureKit
import ParquetArrow

/// Writes the rows of a file as an Arrow IPC stream.
struct IPCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ipc", abstract: "Write the rows as an Arrow IPC stream, which other engines read.")

    @Argument(help: "File to read.")
    var file: String

    @Option(help: "Rows of a batch.")
    var rows = 65_536

    @Option(help: "Where to write; standard output if not given.")
    var output: String?

    @OptionGroup var keys: KeyOptions

    func validate() throws {
        guard rows > 0 else { throw ValidationError("A batch has at least one row.") }
    }

    func run() async throws {
        try await reporting(file) {
            let file = try await ParquetFile(path: file, keys: keys.keys)
            let reader = try await file.reader()
            let restoration = try await file.restoration(of: reader, rows: rows)
            let writer = try StreamWriter(schema: restoration.schema)
            let target = try output.map { path throws(FileError) in try FileOutput(path: path) } ?? .standardOutput
            try target.write(writer.start)
            try await file.forEachBatch(of: reader, rows: rows) { batch in
                try target.write(try writer.message(of: restoration.restore(batch)))
            }
            try target.write(StreamWriter.end)
        }
    }
}
