import Glibc

/// A shell command that runs beside the tests.
@safe
final class ChildProcess {
    private let process: pid_t
    private let output: Int32

    /// Starts a command whose standard output is read by `readLine`.
    init(_ command: String) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw SocketError(code: errno) }
        defer { close(ends[1]) }
        output = ends[0]
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var process = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe []
        for argument in ["sh", "-c", command] { unsafe arguments.append(strdup(argument)) }
        unsafe arguments.append(nil)
        let code = unsafe posix_spawn(&process, "/bin/sh", &actions, nil, arguments, environ)
        unsafe arguments.forEach { unsafe free($0) }
        guard code == 0 else { throw SocketError(code: code) }
        self.process = process
    }

    deinit { close(output) }

    /// Returns the next line of the output; nil at its end.
    func readLine() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }

    /// Ends the command if it still runs, and returns when it has ended: whether it succeeded.
    @discardableResult
    func end(killing: Bool) -> Bool {
        if killing { kill(process, SIGKILL) }
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        return status == 0
    }
}
