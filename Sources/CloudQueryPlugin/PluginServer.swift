import Dispatch
import Glibc
import Logging
import RPC

/// The process side of a plugin: listens, logs and ends on signals.
public struct PluginServer: Sendable {
    private let plugin: any SourcePlugin
    private let options: ServeOptions
    private let log: PluginLog

    /// Creates a server; the log is the plugin's own, or one on standard output.
    public init(plugin: any SourcePlugin, options: ServeOptions, log: PluginLog? = nil) {
        self.plugin = plugin
        self.options = options
        self.log = log ?? PluginLog(module: plugin.identity.module, options: options)
    }

    /// Listens until SIGINT, SIGTERM or the cancellation of the task, then ends all calls and returns.
    ///
    /// - Throws: `InvalidAddress`, and `RPCStatus` when the address cannot be listened on.
    public func run() async throws {
        // The CLI may close the pipe of the log first: that is no reason to end before the socket file is removed.
        _ = signal(SIGPIPE, SIG_IGN)
        let signals = await StopSignals()
        try await run { _ in
            if await signals.first() != nil { Self.exitSoon() }
        }
    }

    /// Ends the process in 3 seconds, should it still be there: nothing that hangs at its end is to keep the CLI, which
    /// kills after 5, waiting.
    private static func exitSoon() {
        DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + 3) { _exit(0) }
    }

    /// Listens until `wait`, which is told the port, returns.
    func run(until wait: (_ port: Int?) async -> Void) async throws {
        let address = try options.listenAddress()
        let logger = log.logger()
        let log = log
        let service = PluginService(plugin: plugin, log: logger) { log.setInvocationID($0) }
        let server = try RPCServer(listening: address, service: service)
        var bound = address
        if case .tcp(let host, _) = address, let port = server.port { bound = .tcp(host: host, port: port) }
        logger.info("\(plugin.identity.kind) plugin server listening", metadata: ["address": "\(bound)"])
        await wait(server.port)
        if case .unix(let path) = address { unsafe unlink(path) }
        await Self.end(server)
    }

    /// Ends all calls; one that does not heed its cancellation is left behind, since the CLI kills after 5 seconds.
    private static func end(_ server: RPCServer) async {
        let (ended, end) = AsyncStream<Never>.makeStream()
        Task {
            await server.shutdown(grace: .zero)
            end.finish()
        }
        let timer = Task {
            try await Task.sleep(for: .seconds(2))
            end.finish()
        }
        // In a task of its own, because this one may be cancelled already.
        await Task { for await _ in ended {} }.value
        timer.cancel()
    }
}
