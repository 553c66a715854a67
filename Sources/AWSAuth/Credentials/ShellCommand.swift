internal import Glibc

/// A command that a shell runs, and what it writes.
///
/// The command has no input and a process group of its own, all of which ends when the time is over.
struct ShellCommand: Sendable {
    let text: String
    let variables: [String: String]
    var timeLimit: Duration = .seconds(60)

    /// Why there is no outcome.
    enum Failure: Error, Hashable {
        case notStarted(String)
        case timedOut
        case outputTooLong
        case cancelled
    }

    /// What a command came to.
    struct Outcome: Sendable, Redacted {
        /// The number it ended with; nil where a signal ended it.
        let exitCode: Int?
        let output: [UInt8]
        let errorOutput: [UInt8]
    }

    /// Most bytes that a command may write to either of its outputs.
    static let outputLimit = 64 << 10

    /// Runs the command to its end.
    func run() async throws(Failure) -> Outcome {
        var child = try Child(text, variables)
        defer { child.end() }
        let clock = ContinuousClock()
        let deadline = clock.now + timeLimit
        var pause = Duration.milliseconds(1)
        while true {
            let status = child.statusIfEnded()
            // After the end, so that nothing written before it is missed.
            try child.output.readAll()
            try child.errorOutput.readAll()
            if let status {
                let exitCode = status & 0x7F == 0 ? Int(status >> 8 & 0xFF) : nil
                return Outcome(exitCode: exitCode, output: child.output.bytes, errorOutput: child.errorOutput.bytes)
            }
            guard clock.now < deadline else { throw .timedOut }
            guard !Task.isCancelled else { throw .cancelled }
            // A look costs microseconds; a thread that waits would be one more to end.
            try? await clock.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }
}

/// The reading end of a pipe, and what came out of it.
private struct Pipe: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var reader: Int32 = -1
    private(set) var writer: Int32 = -1

    init() throws(ShellCommand.Failure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .notStarted(errorText(errno)) }
        (reader, writer) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Of this end only: the command need not expect a pipe that is full.
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    }

    /// Reads what is there.
    mutating func readAll() throws(ShellCommand.Failure) {
        var part = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe read(reader, &part, part.count)
            guard count > 0 else { return }
            bytes += part[..<count]
            guard bytes.count <= ShellCommand.outputLimit else { throw .outputTooLong }
        }
    }

    mutating func closeWriter() {
        if writer >= 0 { close(writer) }
        writer = -1
    }

    mutating func closeAll() {
        closeWriter()
        if reader >= 0 { close(reader) }
        reader = -1
    }
}

/// A shell that was started.
private struct Child: Sendable {
    var output: Pipe
    var errorOutput: Pipe
    private var process: pid_t = 0
    private var hasEnded = false

    init(_ command: String, _ variables: [String: String]) throws(ShellCommand.Failure) {
        output = try Pipe()
        do throws(ShellCommand.Failure) {
            errorOutput = try Pipe()
        } catch {
            output.closeAll()
            throw error
        }
        let code = Self.spawn(command, variables, output: output.writer, error: errorOutput.writer, &process)
        output.closeWriter()
        errorOutput.closeWriter()
        guard code == 0 else {
            output.closeAll()
            errorOutput.closeAll()
            throw .notStarted(errorText(code))
        }
    }

    /// Starts the shell; the C structures live as long as this call.
    private static func spawn(
        _ command: String, _ variables: [String: String], output: Int32, error: Int32, _ process: inout pid_t
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, error, 2)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        // This program ignores broken pipes, which a command inherits otherwise.
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = unsafe ["sh", "-c", command].map { (text: String) in unsafe strdup(text) } + [nil]
        var environment = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        return unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, &environment)
    }

    /// Returns how the shell ended, once it has.
    mutating func statusIfEnded() -> Int32? {
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, WNOHANG) == process else { return nil }
        hasEnded = true
        return status
    }

    /// Ends whatever still runs, and closes the pipes.
    mutating func end() {
        if !hasEnded {
            kill(-process, SIGKILL)
            var status: Int32 = 0
            _ = unsafe waitpid(process, &status, 0)
        }
        output.closeAll()
        errorOutput.closeAll()
    }
}

private func errorText(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
