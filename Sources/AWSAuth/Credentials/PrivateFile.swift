internal import Glibc

/// Files that only their owner may read.
enum PrivateFile {
    /// Replaces a file as a whole: who reads it sees the old bytes or the new ones. Does nothing where that fails.
    static func replace(_ path: String, with bytes: [UInt8]) {
        let draft = "\(path).\(getpid()).new"
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let isWritten = unsafe write(file, bytes, bytes.count) == bytes.count
        guard close(file) == 0, isWritten, unsafe rename(draft, path) == 0 else {
            unsafe unlink(draft)
            return
        }
    }
}
