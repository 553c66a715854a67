import ArgumentParser
import CloudQueryPlugin
import Glibc
import S3Source

/// The plugin's command line, with the flags and exit codes of CloudQuery's own plugins.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cq-source-s3",
        abstract: "CloudQuery source plugin that reads Parquet objects from S3.",
        version: S3SourcePlugin.identity.version,
        subcommands: [Serve.self])

    static func main() async {
        do {
            let arguments = try Serve.goStyle.normalized(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard !exitCode(for: error).isSuccess else {
                print(fullMessage(for: error))
                return
            }
            // The CLI shows what a plugin writes to standard error, and expects 1 for every failure.
            let text = Array((fullMessage(for: error) + "\n").utf8)
            _ = unsafe text.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            Glibc.exit(1)
        }
    }
}
