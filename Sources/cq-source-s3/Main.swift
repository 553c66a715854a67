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
        subcommands: [Serve.self, Plan.self, Sync.self, Doc.self, Package.self, Info.self])

    static func main() async {
        OpenFiles.raiseLimit()
        do {
            var arguments = try Serve.goStyle.normalized(Array(CommandLine.arguments.dropFirst()))
            // What the command line library of Go plugins takes as well.
            if arguments == ["-v"] { arguments = ["--version"] }
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
            StandardError.write(fullMessage(for: error) + "\n")
            Glibc.exit(1)
        }
    }
}
