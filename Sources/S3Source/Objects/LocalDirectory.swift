import AWSAuth
import ByteCore
import Crypto
import Glibc
import S3

/// A directory in place of a bucket: the keys are the paths of the files below it.
///
/// A file's tag is made of its inode, size and time of change, so a file that is replaced while it is read is told as an
/// object is. Symbolic links to files are followed, those to directories are not.
struct LocalDirectory: ObjectStore {
    /// The directory's path, without a slash at the end.
    private let root: [UInt8]
    let bucket: String
    let ignoresRanges = false

    /// Creates the store that an endpoint names, such as `file:///data`; nil for any other endpoint.
    ///
    /// - Throws: `SpecError` for a URL that does not name a directory of this machine.
    init?(endpoint: String, bucket: String) throws(SpecError) {
        guard endpoint.lowercased().hasPrefix("file:") else { return nil }
        guard endpoint.lowercased().hasPrefix("file:///"), let path = PercentText.decoded(endpoint.utf8.dropFirst(7)),
            !path.contains(0)
        else {
            throw SpecError("spec: endpoint \(endpoint) must be file:/// and the absolute path of a directory")
        }
        var root = path
        while root.count > 1, root.last == UInt8(ascii: "/") { root.removeLast() }
        self.root = root == [UInt8(ascii: "/")] ? [] : root
        self.bucket = bucket
    }

    /// Most files of a page.
    private static let pageFileCount = 1_000

    /// Hands over all files whose keys start with a prefix, some of one directory at a time.
    ///
    /// - Returns: the directories that cannot be listed.
    /// - Throws: where that is the root.
    func forEachPage(
        prefix: [UInt8], _ take: ([ObjectSummary]) async throws -> Void
    ) async throws -> [UnreadableDirectory] {
        var unreadable: [UnreadableDirectory] = []
        var directories: [[UInt8]] = [[]]
        while let directory = directories.popLast() {
            var names: DirectoryNames?
            var page: [ObjectSummary] = []
            repeat {
                try Task.checkCancellation()
                page = []
                do throws(S3Error) {
                    if names == nil { names = try self.names(in: directory) }
                    while page.count < Self.pageFileCount, let name = names?.next() {
                        let key = directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
                        // Only what may hold a key with the prefix is looked at.
                        guard zip(key, prefix).allSatisfy({ $0 == $1 }) else { continue }
                        if isDirectory(key) {
                            directories.append(key)
                        } else if key.starts(with: prefix), let object = try object(ObjectKey(key)) {
                            page.append(object)
                        }
                    }
                } catch {
                    if directory.isEmpty { throw error }
                    unreadable.append(UnreadableDirectory(path: ObjectKey(directory), reason: "\(error)"))
                    names = nil
                }
                try await take(page)
            } while names != nil && page.count == Self.pageFileCount
        }
        return unreadable
    }

    func object(_ key: ObjectKey) throws(S3Error) -> ObjectSummary? {
        var status = stat()
        guard unsafe stat(path(key.bytes), &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return nil }
            throw failure(key)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Self.summary(key, status)
    }

    func get(_ key: ObjectKey, range: Range<Int64>?, pin: ObjectPin, byteLimit: Int) async throws -> Bytes {
        let file = unsafe open(path(key.bytes), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(key) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw failure(key) }
        let object = Self.summary(key, status)
        let range = range ?? 0..<object.byteCount
        guard pin.eTag == nil || pin.eTag == object.eTag, range.upperBound <= object.byteCount else {
            throw S3Error(.changed, operation: .getObject, bucket: bucket, key: key)
        }
        guard range.count <= byteLimit else {
            throw S3Error(
                .badRequest, operation: .getObject, bucket: bucket, key: key,
                detail: "\(range.count) bytes are over \(byteLimit)")
        }
        let bytes = try read(file, range, key)
        // The content may have been written to in place meanwhile.
        guard unsafe fstat(file, &status) == 0, Self.summary(key, status).eTag == object.eTag else {
            throw S3Error(.changed, operation: .getObject, bucket: bucket, key: key)
        }
        return bytes
    }

    func stream(_ object: ObjectSummary, range: Range<Int64>?, pin: ObjectPin) -> ObjectStream? { nil }

    func test(prefix: [UInt8]) async throws { _ = try names(in: []) }

    private func read(_ file: Int32, _ range: Range<Int64>, _ key: ObjectKey) throws -> Bytes {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var count = 0
        while count < bytes.count {
            let start = count
            let taken = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    file, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start,
                    off_t(range.lowerBound) + start)
            }
            if taken < 0, errno == EINTR { continue }
            guard taken > 0 else {
                throw taken < 0 ? failure(key) : S3Error(.changed, operation: .getObject, bucket: bucket, key: key)
            }
            count += taken
        }
        return Bytes(bytes)
    }

    /// Names of what is in a directory; nil where it is not there any more.
    private func names(in directory: [UInt8]) throws(S3Error) -> DirectoryNames? {
        if let names = DirectoryNames(path(directory)) { return names }
        if errno == ENOENT, !directory.isEmpty { return nil }
        throw directory.isEmpty && errno == ENOENT
            ? S3Error(.notFound(.bucket), bucket: bucket, detail: "there is no directory \(ObjectKey(root))")
            : failure(ObjectKey(directory))
    }

    private func isDirectory(_ key: [UInt8]) -> Bool {
        var status = stat()
        return unsafe lstat(path(key), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The path of a key, ended by a zero as C wants it.
    private func path(_ key: [UInt8]) -> [CChar] {
        (root + [UInt8(ascii: "/")] + key + [0]).map { CChar(bitPattern: $0) }
    }

    /// The error that the last call left.
    private func failure(_ key: ObjectKey) -> S3Error {
        let kind: S3Error.Kind =
            switch errno {
            case ENOENT, ENOTDIR: .notFound(.key)
            case EACCES, EPERM: .accessDenied
            default: .unavailable
            }
        return S3Error(
            kind, operation: .getObject, bucket: bucket, key: key, detail: "error \(errno) of the file system")
    }

    private static func summary(_ key: ObjectKey, _ status: stat) -> ObjectSummary {
        let time = status.st_mtim
        // A file that was copied or moved here with its old time is new here all the same.
        let changed = status.st_ctim
        let isLater = (changed.tv_sec, changed.tv_nsec) > (time.tv_sec, time.tv_nsec)
        let appeared = isLater ? changed : time
        let tag = [Int(status.st_ino), Int(status.st_size), time.tv_sec, time.tv_nsec].map { String($0, radix: 16) }
        return ObjectSummary(
            key: key, byteCount: Int64(status.st_size), eTag: "\"" + tag.joined(separator: "-") + "\"",
            lastModified: Timestamp(seconds: Int64(appeared.tv_sec), nanoseconds: Int32(appeared.tv_nsec)))
    }
}

/// Names of what is in a directory, without `.` and `..`, as they are read one after the other.
@safe private final class DirectoryNames {
    private let stream: OpaquePointer

    /// Opens the directory of a path that ends with a zero; nil, and an error number, where that fails.
    init?(_ path: [CChar]) {
        guard let stream = unsafe opendir(path) else { return nil }
        unsafe self.stream = stream
    }

    deinit { _ = unsafe closedir(stream) }

    func next() -> [UInt8]? {
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
                    unsafe Array(UnsafeBufferPointer(start: bytes, count: strnlen(name, 256)))
                }
            }
            if name != [UInt8(ascii: ".")], name != [UInt8](repeating: UInt8(ascii: "."), count: 2) { return name }
        }
        return nil
    }
}
