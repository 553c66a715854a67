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
        var nextTime: ContinuousClock.Instant
        var isShown = false
    }

    private let start = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state: Mutex<State>

    init() {
        state = Mutex(State(nextTime: start))
    }

    /// Takes note of the progress, and shows it when it is time.
    func show(_ progress: SyncProgress) {
        state.withLock { state in
            state.progress = progress
            guard ContinuousClock.now >= state.nextTime else { return }
            // A log of a long sync should stay short.
            state.nextTime = .now + (isTerminal ? .milliseconds(200) : .seconds(10))
            state.isShown = true
            write(progress, end: isTerminal ? "" : "\n")
        }
    }

    /// Shows the last progress.
    func finish() {
        state.withLock { write($0.progress, end: "\n") }
    }

    private func write(_ progress: SyncProgress, end: String) {
        let elapsed = ContinuousClock.now - start
        // Back to the start of the line, and what stands there removed.
        let line =
            isTerminal ? "\r\u{1B}[K" + progress.line(elapsed: elapsed, barWidth: 24) : progress.line(elapsed: elapsed)
        StandardError.write(line + end)
    }
}
