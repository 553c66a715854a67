public import ArgumentParser
public import CloudQueryPlugin
import S3Source

extension ServeOptions.Network: ExpressibleByArgument {}
extension ServeOptions.LogLevel: ExpressibleByArgument {}
extension ServeOptions.LogFormat: ExpressibleByArgument {}

/// Listens for the CLI until a signal ends the process.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the plugin over gRPC.")

    /// Which flags have values, since the CLI writes flags as Go programs do.
    static let goStyle = GoStyleArguments(
        valueFlags: ["address", "network", "log-level", "log-format", "otel-endpoint", "license"],
        switches: ["no-sentry", "otel-endpoint-insecure"])

    @Option(help: "Address to listen on: host:port, or the path of a socket.")
    var address = "localhost:7777"

    @Option(help: "Network of the address: tcp, tcp4, tcp6, unix or unixpacket.")
    var network = ServeOptions.Network.tcp

    @Option(help: "Least severe level logged: trace, debug, info, warn or error.")
    var logLevel = ServeOptions.LogLevel.info

    @Option(help: "Form of log lines: text or json.")
    var logFormat = ServeOptions.LogFormat.text

    @Flag(help: "Accepted for the CLI's sake: no crash reports are ever sent.")
    var noSentry = false

    @Option(help: "Accepted for the CLI's sake: no traces are sent.")
    var otelEndpoint: String?

    @Flag(help: "Accepted for the CLI's sake: no traces are sent.")
    var otelEndpointInsecure = false

    @Option(help: "Accepted for the CLI's sake: this plugin needs no licence.")
    var license: String?

    func run() async throws {
        let options = ServeOptions(address: address, network: network, logLevel: logLevel, logFormat: logFormat)
        let log = PluginLog(module: S3SourcePlugin.identity.module, options: options)
        let plugin = S3SourcePlugin(logger: log.logger())
        try await PluginServer(plugin: plugin, options: options, log: log).run()
    }
}
