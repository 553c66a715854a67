import ByteCore
import Glibc
import Synchronization

/// Writes lines to a pipe or terminal, each in one write, and never waits long for a reader.
///
/// A pipe that can be written to takes at least 4096 bytes at once, so that a line, which is shorter, neither blocks
/// nor mixes with another. When nobody reads, lines are dropped and counted.
final class LogOutput: Sendable {
    private let fileDescriptor: Int32
    private let patience: Duration
    private let droppedLineCount = Mutex(0)

    /// Creates an output; a line waits for `patience` before it is dropped, the ones after it not at all.
    init(fileDescriptor: Int32, patience: Duration = .seconds(1)) {
        self.fileDescriptor = fileDescriptor
        self.patience = patience
    }

    /// Writes a line and its newline; returns how many lines were dropped just before it.
    func write(_ line: Bytes) -> Int {
        droppedLineCount.withLock { droppedLineCount in
            guard put(line, waiting: droppedLineCount == 0 ? patience : .zero) else {
                droppedLineCount += 1
                return 0
            }
            defer { droppedLineCount = 0 }
            return droppedLineCount
        }
    }

    private func put(_ line: Bytes, waiting: Duration) -> Bool {
        var whole = ByteBuilder(capacity: line.count + 1)
        whole.append(contentsOf: line)
        whole.append(UInt8(ascii: "\n"))
        let bytes = whole.freeze()
        let deadline = ContinuousClock.now + waiting
        repeat {
            guard isWritable(until: deadline) else { return false }
            let written = unsafe Glibc.write(fileDescriptor, bytes.pointer.baseAddress, bytes.count)
            if written >= 0 { return true }
        } while (errno == EINTR || errno == EAGAIN) && ContinuousClock.now < deadline
        return false
    }

    private func isWritable(until deadline: ContinuousClock.Instant) -> Bool {
        let left = max(.zero, deadline - .now)
        let milliseconds = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
        var descriptor = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&descriptor, 1, Int32(clamping: milliseconds)) == 1
            && descriptor.revents & Int16(POLLOUT) != 0
    }
}
