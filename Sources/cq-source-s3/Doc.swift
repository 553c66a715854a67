import ArgumentParser
import FoundationEssentials

/// Writes the tables that are known without a bucket, as CloudQuery's own plugins do.
struct Doc: ParsableCommand {
    /// Form of the list.
    enum Format: String, ExpressibleByArgument {
        case json
        case markdown
    }

    static let configuration = CommandConfiguration(
        abstract: "Write the list of tables: empty, since the tables are those of the bucket.")

    @Argument(help: "Directory to write to.")
    var directory: String

    @Option(help: "Form of the list: json or markdown.")
    var format = Format.json

    func run() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        switch format {
        case .json: try HubFile.write("[]\n", to: "\(directory)/__tables.json")
        case .markdown:
            try HubFile.write(
                "# Source Plugin: s3\n\n## Tables\n\nThe tables are those of the bucket that is read.\n",
                to: "\(directory)/README.md")
        }
    }
}

/// Files as CloudQuery's hub takes them.
enum HubFile {
    /// Writes a text.
    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
