import ByteCore
import Parquet
import Synchronization

/// A source over memory that remembers what was read, and how many reads were under way at the same time.
final class RecordingSource: RandomAccessSource {
    private struct State {
        var ranges: [ByteRange] = []
        var active = 0
        var mostActive = 0
    }

    private let file: Bytes
    private let state = Mutex(State())
    /// Number of bytes that are left out of each answer.
    private let missingByteCount: Int

    init(_ file: Bytes, missingByteCount: Int = 0) {
        self.file = file
        self.missingByteCount = missingByteCount
    }

    var byteCount: Int64 { file.byteCount }
    var ranges: [ByteRange] { state.withLock { $0.ranges } }
    var mostActive: Int { state.withLock { $0.mostActive } }

    func read(_ range: ByteRange) async throws -> Bytes {
        state.withLock {
            $0.ranges.append(range)
            $0.active += 1
            $0.mostActive = max($0.mostActive, $0.active)
        }
        defer { state.withLock { $0.active -= 1 } }
        for _ in 0..<10 { await Task.yield() }
        let bytes = try await file.read(range)
        return bytes[0..<bytes.count - missingByteCount]
    }
}
