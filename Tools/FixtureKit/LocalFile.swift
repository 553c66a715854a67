public import ByteCore
import Glibc
public import Parquet

/// A file on disk, read by position; no part is read that nobody asks for.
///
/// Unsafe: the kernel writes into memory that was reserved for the whole range.
public final class LocalFile: RandomAccessSource, Sendable {
    /// Number of bytes when the file was opened.
    public let byteCount: Int64
    private let descriptor: Int32

    /// Opens a file for reading.
    ///
    /// - Throws: `FileError` where it cannot be opened or is no regular file.
    public init(path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(path: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        self.descriptor = descriptor
        byteCount = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    /// Returns the bytes of a range, fewer where the file has become shorter.
    public func read(_ range: ByteRange) async throws -> Bytes {
        let wanted = Int(range.count)
        var builder = ByteBuilder(capacity: wanted)
        unsafe builder.append(byteCount: wanted) { target in
            var done = 0
            while done < wanted {
                let start = unsafe target.baseAddress.map { unsafe $0 + done }
                let count = unsafe pread(descriptor, start, wanted - done, off_t(range.offset) + off_t(done))
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                done += count
            }
            return done
        }
        return builder.freeze()
    }
}

/// Why a file could not be opened or written.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Name of the file.
    public let path: String
    /// The number that the system gave.
    public let code: Int32

    /// Creates an error of a system call.
    public init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// The system's words.
    public var reason: String { unsafe String(cString: strerror(code)) }

    /// The file and the system's words.
    public var description: String { "\(path): \(reason)" }
}
