import ArgumentParser
import CloudQueryPlugin
import S3Source

/// What the commands without the CLI have in common: the spec and the tables.
struct Job: ParsableArguments {
    @Option(help: "JSON file: the plugin's spec, or the source's document of a CloudQuery configuration.")
    var spec: String

    @Option(help: "Pattern of tables to take, in place of the file's; may be repeated.")
    var tables: [String] = []

    @Option(help: "Pattern of tables to leave out, in place of the file's; may be repeated.")
    var skipTables: [String] = []

    @Option(help: "Least severe level logged to standard error: trace, debug, info, warn or error.")
    var logLevel = ServeOptions.LogLevel.warn

    /// Returns the plugin with the spec, and what to sync.
    func start() async throws -> (plugin: S3SourcePlugin, options: SyncOptions, log: PluginLog) {
        let file = try SpecFile(path: spec)
        let log = PluginLog.standardError(
            module: S3SourcePlugin.identity.module, options: ServeOptions(logLevel: logLevel))
        let plugin = S3SourcePlugin(logger: log.logger())
        try await plugin.initialize(InitRequest(spec: file.spec))
        let selection = TableSelection(
            tables: tables.isEmpty ? file.tables : tables, skipTables: skipTables.isEmpty ? file.skipTables : skipTables
        )
        return (plugin, SyncOptions(selection: selection), log)
    }
}
