internal import Glibc

/// Files that only their owner may read.
enum PrivateFile {
    /// Replaces a file as a whole: who reads it sees the old bytes or the new ones. Does nothing where that fails.
    static func replace(_ path: String, with bytes: [UInt8]) {
        // A name of its own each time: a draft that a process left when it was killed is in nobody's way.
        var draft = Array("\(path).XXXXXX".utf8CString)
        let file = unsafe mkstemp(&draft)
        guard file >= 0 else { return }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let isWritten = write(bytes, to: file)
        guard close(file) == 0, isWritten, unsafe rename(draft, path) == 0 else {
            unsafe unlink(draft)
            return
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
