import ArgumentParser
import CloudQueryPlugin
import Glibc
import S3Source
import Synchronization

/// Reads all tables into files, without the CLI.
struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write every table as an Arrow IPC stream, DIR/TABLE.arrows, without CloudQuery.")

    @OptionGroup var job: Job

    @Option(name: .customLong("out"), help: "Directory to write to.")
    var directory: String

    func run() async throws {
        let (plugin, options, log) = try await job.start()
        let sink = try ArrowFileSink(directory: directory, log: log.logger())
        let display = ProgressDisplay()
        do {
            try await plugin.sync(options, state: nil, into: sink) { display.show($0) }
            display.finish()
            try await sink.finish()
        } catch {
            display.finish()
            // The tables that did not fail are whole.
            if error is TablesFailed { try await sink.finish() } else { await sink.abandon() }
            throw error
        }
    }
}

/// Shows how far a sync is on standard error: one line that changes on a terminal, else a line now and then.
final class ProgressDisplay: Sendable {
    private struct State {
        var progress = SyncProgress()
        /// When the first object was begun.
        var start: ContinuousClock.Instant?
        var nextTime = ContinuousClock.now
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    /// Takes note of the progress, and shows it when it is time.
    func show(_ progress: SyncProgress) {
        state.withLock { state in
            state.progress = progress
            if state.start == nil { state.start = .now }
            guard ContinuousClock.now >= state.nextTime else { return }
            // A log of a long sync should stay short.
            state.nextTime = .now + (isTerminal ? .milliseconds(200) : .seconds(10))
            write(state, end: isTerminal ? "" : "\n")
        }
    }

    /// Shows the last progress.
    func finish() {
        state.withLock { write($0, end: "\n") }
    }

    private func write(_ state: State, end: String) {
        let elapsed = state.start.map { ContinuousClock.now - $0 } ?? .zero
        let line = state.progress.line(elapsed: elapsed, barWidth: isTerminal ? 24 : 0)
        // Back to the start of the line and what stands there removed; what is wider than the terminal is cut off.
        StandardError.write((isTerminal ? "\r\u{1B}[K\u{1B}[?7l\(line)\u{1B}[?7h" : line) + end)
    }
}
