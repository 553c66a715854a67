import ByteCore
import Parquet
import S3

/// Answers the reads of an object out of one stream: each begins where the one before it ended, or after that.
actor OrderedReads {
    private var stream: ObjectStream
    /// Position after the last byte that is read.
    private let end: Int64
    private var isReading = false
    private var failure: (any Error)?

    init(upTo end: Int64, of stream: ObjectStream) {
        self.end = end
        self.stream = stream
    }

    /// Returns the bytes of a range; nil where the stream is past its beginning, or is being read, or ends before.
    ///
    /// - Throws: also what an earlier read has thrown: nothing is known of the bytes after it.
    func read(_ range: ByteRange) async throws -> Bytes? {
        if let failure { throw failure }
        guard !isReading, range.offset >= stream.offset, range.end <= stream.end else { return nil }
        isReading = true
        defer { isReading = false }
        var stream = self.stream
        defer { self.stream = stream }
        do {
            let bytes = try await stream.read(range.offset..<range.end)
            // The checksum of the whole object is known when its end was seen, and to be known before its last rows.
            if range.end >= end { _ = try await stream.read(stream.end..<stream.end) }
            return bytes
        } catch {
            failure = error
            throw error
        }
    }

    /// Gives up what was not read.
    func close() {
        if failure == nil { failure = CancellationError() }
        stream.close()
    }
}
