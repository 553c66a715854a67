import ByteCore
import Glibc
import Parquet

/// A file on disk, read by position.
final class LocalFile: RandomAccessSource, Sendable {
    private let descriptor: Int32
    let byteCount: Int64

    /// Opens a file for reading.
    init(path: String) throws {
        descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw WorkerError("cannot open \(path)") }
        byteCount = Int64(lseek(descriptor, 0, SEEK_END))
    }

    deinit { close(descriptor) }

    /// Returns the bytes of a range, fewer where the file has become shorter.
    func read(_ range: ByteRange) async throws -> Bytes { try readNow(range) }

    /// Reads without suspension.
    func readNow(_ range: ByteRange) throws -> Bytes {
        let wanted = Int(range.count)
        var builder = ByteBuilder(capacity: wanted)
        unsafe builder.append(byteCount: wanted) { target in
            var done = 0
            while done < wanted {
                let start = unsafe target.baseAddress.map { unsafe $0 + done }
                let count = unsafe pread(descriptor, start, wanted - done, off_t(range.offset) + off_t(done))
                if count <= 0 { break }
                done += count
            }
            return done
        }
        return builder.freeze()
    }
}

/// Why the worker cannot do what it was asked.
struct WorkerError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
