import ByteCore
import Glibc
public import Logging
import Synchronization

/// The log of a plugin process: lines on standard output, which the CLI reads from a pipe.
public final class PluginLog: Sendable {
    private let module: String
    private let format: ServeOptions.LogFormat
    private let level: Logger.Level
    private let output: LogOutput
    private let invocation = Mutex("")

    /// Creates a log on standard output.
    public convenience init(module: String, options: ServeOptions) {
        self.init(module: module, options: options, fileDescriptor: STDOUT_FILENO)
    }

    /// Returns a log on standard error, for commands whose result is on standard output.
    public static func standardError(module: String, options: ServeOptions) -> PluginLog {
        PluginLog(module: module, options: options, fileDescriptor: STDERR_FILENO)
    }

    init(
        module: String, options: ServeOptions, fileDescriptor: Int32, patience: Duration = .seconds(1)
    ) {
        self.module = module
        format = options.logFormat
        level = Logger.Level(options.logLevel)
        output = LogOutput(fileDescriptor: fileDescriptor, patience: patience)
    }

    /// Returns a logger that writes here.
    public func logger() -> Logger {
        Logger(label: module) { _ in PluginLogHandler(log: self, logLevel: level) }
    }

    /// Identifies the run of the CLI; every further line carries it.
    public func setInvocationID(_ id: String) { invocation.withLock { $0 = id } }

    func write(_ event: LogEvent, metadata: Logger.Metadata) {
        let line = LogLine(
            level: event.level, module: module, invocationID: invocation.withLock { $0 },
            message: event.message.description, error: event.error, metadata: metadata)
        let droppedLineCount = output.write(bytes(of: line))
        guard droppedLineCount > 0 else { return }
        let notice = LogLine(
            level: .warning, module: module, invocationID: line.invocationID,
            message: "\(droppedLineCount) log lines were dropped because nobody read them")
        _ = output.write(bytes(of: notice))
    }

    private func bytes(of line: LogLine) -> Bytes {
        switch format {
        case .json: line.json()
        case .text: line.text(at: time(nil))
        }
    }
}

/// One logger's view of the log.
struct PluginLogHandler: LogHandler {
    let log: PluginLog
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(log: PluginLog, logLevel: Logger.Level) {
        self.log = log
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        log.write(event, metadata: all)
    }
}

extension Logger.Level {
    init(_ level: ServeOptions.LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .warn: .warning
            case .error: .error
            }
    }
}
