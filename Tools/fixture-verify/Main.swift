import ArgumentParser
import Glibc

/// Reads Parquet files without any network: for tests, for other engines, and for whoever has a file.
@main
struct FixtureVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fixture-verify",
        abstract: "Reads every value of Parquet files and says whether they are right.",
        discussion: "Exit codes: 0 right, 1 mismatch or malformed, 2 not supported, 64 wrong usage.",
        subcommands: [
            VerifyCommand.self, SchemaCommand.self, MetaCommand.self, PagesCommand.self, IPCCommand.self,
            HeadCommand.self,
        ],
        defaultSubcommand: VerifyCommand.self)

    static func main() async {
        // A reader that has seen enough closes the pipe; writing then fails as it does for a full disk.
        signal(SIGPIPE, SIG_IGN)
        await main(nil)
    }
}
