import ByteCore
import FixtureKit
import Glibc

/// A file or pipe that bytes are written to.
///
/// Unsafe: the kernel reads from memory that outlives the call.
struct FileOutput: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private let isOwned: Bool

    /// Creates or empties a file.
    init(path: String) throws(FileError) {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        self.path = path
        isOwned = true
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
        isOwned = false
    }

    deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

    /// The standard output.
    static var standardOutput: FileOutput { FileOutput(descriptor: STDOUT_FILENO, path: "standard output") }
    /// The standard error.
    static var standardError: FileOutput { FileOutput(descriptor: STDERR_FILENO, path: "standard error") }

    /// Whether a person looks at what is written.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes all bytes.
    func write(_ bytes: Bytes) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes[done..<bytes.count]
            let count = unsafe Glibc.write(descriptor, rest.pointer.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(path: path, code: errno) }
            done += count
        }
    }

    /// Writes text.
    func write(_ text: String) throws(FileError) { try write(Bytes(text.utf8)) }
}
