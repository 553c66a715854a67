import ArgumentParser
import FixtureKit

/// Prints the first rows.
struct HeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "head", abstract: "Print rows as JSON lines.")

    @Argument(help: "File to read.")
    var file: String

    @OptionGroup var keys: KeyOptions

    @Option(name: .customShort("n"), help: "Number of rows.")
    var count = 10

    func validate() throws {
        guard count >= 0 else { throw ValidationError("The number of rows is not negative.") }
    }

    func run() async throws {
        try await reporting(file) {
            let file = try await ParquetFile(path: file, keys: keys.keys)
            let reader = try await file.reader()
            let cutColumns = try await file.forEachRow(of: reader, limit: count) { batch, row in
                try FileOutput.standardOutput.write(JSONRow.text(of: batch, row: row) + "\n")
            }
            try warn(ofCutDigitsIn: cutColumns, of: file.path)
        }
    }
}
