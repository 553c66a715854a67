/// The process side of a plugin: listens, logs and ends on signals.
public struct PluginServer: Sendable {
    private let plugin: any SourcePlugin
    private let options: ServeOptions

    /// Creates a server.
    public init(plugin: any SourcePlugin, options: ServeOptions) {
        self.plugin = plugin
        self.options = options
    }

    /// Listens until SIGINT or SIGTERM.
    public func run() async throws {}
}
