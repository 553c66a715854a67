import ByteCore
import Parquet
import S3

/// Answers reads that are known beforehand out of one stream, in the order of their offsets whoever comes first.
actor OrderedReads {
    /// What is asked for, by offset.
    private let offsets: [Int64]
    private var stream: ObjectStream
    /// Index of the read whose turn it is.
    private var next = 0
    private var waiting: [Int64: CheckedContinuation<Void, any Error>] = [:]
    private var failure: (any Error)?

    /// Creates the reads of some ranges, sorted by offset, all of which will be asked for.
    init(_ ranges: [ByteRange], of stream: ObjectStream) {
        offsets = ranges.map(\.offset)
        self.stream = stream
    }

    /// Returns the bytes of a range, or the start of it, when all before it were read; nil where it is not one of those
    /// known beforehand.
    ///
    /// - Throws: also what an earlier read has thrown: nothing is known of the bytes after it.
    func read(_ range: ByteRange) async throws -> Bytes? {
        guard offsets[next...].contains(range.offset) else { return nil }
        try await turn(of: range.offset)
        var stream = self.stream
        do {
            let bytes = try await stream.read(range.offset..<range.end)
            // The checksum of the whole object is known when its end was seen, and to be known before its last rows.
            if next + 1 == offsets.count { _ = try await stream.read(stream.end..<stream.end) }
            self.stream = stream
            next += 1
            if next < offsets.count { waiting.removeValue(forKey: offsets[next])?.resume() }
            return bytes
        } catch {
            self.stream = stream
            fail(error)
            throw error
        }
    }

    /// Gives up what was not read.
    func close() {
        fail(CancellationError())
        stream.close()
    }

    private func turn(of offset: Int64) async throws {
        if let failure { throw failure }
        if offsets[next] == offset { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                waiting[offset] = continuation
            }
        } onCancel: {
            Task { await self.abandon(offset) }
        }
    }

    private func abandon(_ offset: Int64) {
        waiting.removeValue(forKey: offset)?.resume(throwing: CancellationError())
    }

    private func fail(_ error: any Error) {
        if failure == nil { failure = error }
        for continuation in waiting.values { continuation.resume(throwing: error) }
        waiting = [:]
    }
}
