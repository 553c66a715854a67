import ArgumentParser
import CloudQueryPlugin
import S3Source

/// What the commands without the CLI have in common: the spec and the tables.
struct Job: ParsableArguments {
    @Option(help: "YAML or JSON file: a CloudQuery configuration, or the plugin's spec alone.")
    var spec: String

    @Option(help: "Name of the source, where the configuration has several.")
    var source: String?

    @Option(help: "Pattern of tables to take, in place of the file's; may be repeated.")
    var tables: [String] = []

    @Option(help: "Pattern of tables to leave out, in place of the file's; may be repeated.")
    var skipTables: [String] = []

    @Option(help: "Least severe level logged to standard error: trace, debug, info, warn or error.")
    var logLevel = ServeOptions.LogLevel.warn

    /// Returns the plugin with the spec, and what to sync.
    func start() async throws -> (plugin: S3SourcePlugin, options: SyncOptions, log: PluginLog) {
        let file = try SpecFile(path: spec, source: source)
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
