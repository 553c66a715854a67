import ByteCore
import Glibc

/// A file that is written from its start, and has its name only when it is whole.
final class OutputFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Creates the file under a name of its own beside the one that it is to have.
    init(path: String) throws(FileFault) {
        self.path = path
        let partial = Self.partial(path)
        descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFault(path: partial) }
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    func write(_ bytes: Bytes) throws(FileFault) {
        var offset = 0
        while offset < bytes.count {
            let rest = bytes[offset..<bytes.count]
            let count = unsafe Glibc.write(descriptor, rest.pointer.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFault(path: Self.partial(path)) }
            offset += count
        }
    }

    /// Gives the file its name, in place of an older one of that name.
    func finish() throws(FileFault) {
        guard unsafe rename(Self.partial(path), path) == 0 else { throw FileFault(path: path) }
    }

    /// Removes the file.
    func abandon() {
        _ = unsafe unlink(Self.partial(path))
    }

    /// Makes a directory, and those that it is in, unless they are there.
    static func makeDirectory(_ path: String) throws(FileFault) {
        if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let end = path.dropLast().lastIndex(of: "/"), end > path.startIndex else {
            throw FileFault(path: path)
        }
        try makeDirectory(String(path[..<end]))
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileFault(path: path) }
    }

    private static func partial(_ path: String) -> String { path + ".partial" }
}

/// What the file system refused.
public struct FileFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Path of the file or directory.
    public let path: String
    private let reason: String

    /// The error that the last call left.
    init(path: String) {
        self.path = path
        reason = unsafe String(cString: strerror(errno))
    }

    /// The path and what the system says.
    public var description: String { "\(path): \(reason)" }
}
