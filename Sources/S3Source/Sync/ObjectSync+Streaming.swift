import Parquet
import ParquetArrow

/// Row groups that come out of one request, one after the other.
extension ObjectSync {
    /// What a stream has of the object that was not asked for yet: here and in the transport.
    private static let streamByteCount = 2 << 20

    /// So many bytes, about, come out of the stream at a time.
    private static let blockByteCount = 2 << 20

    private struct Fetched: Sendable {
        var reader: RowGroupReader
        let pieces: FetchedPieces
    }

    /// Calls `body` with every row group, in memory whole, while the next one arrives.
    ///
    /// A row group claims what it will need, and holds what has arrived of it.
    func forEachStreamedRowGroup(
        of file: FileReader, from source: S3ObjectSource, _ lease: MemoryLease,
        _ body: (inout RowGroupReader) async throws -> Void
    ) async throws {
        let count = file.metadata.rowGroups.count
        try await withThrowingTaskGroup(of: Fetched.self) { group in
            for index in 0..<count {
                if index == 0 { group.addTask { try await fetch(0, of: file, from: source, lease) } }
                guard var current = try await group.next() else { preconditionFailure("ObjectSync: not fetched") }
                current.reader.add(current.pieces)
                let openShare = current.reader.openShare()
                source.reader.note(openShare: openShare, table: source.table)
                let open = openByteCount(of: &current.reader, openShare: openShare)
                let needed = min(current.reader.storedByteCount + open, budget.byteCount)
                var held = await lease.settleClaim()
                if needed > held {
                    // More than the footer told: others may have to end first.
                    held = try await lease.exchange(held, for: needed)
                } else {
                    await lease.change(by: needed - held)
                    held = needed
                }
                if index + 1 < count { group.addTask { try await fetch(index + 1, of: file, from: source, lease) } }
                try await body(&current.reader)
                await lease.change(by: -held)
            }
        }
    }

    private func fetch(
        _ index: Int, of file: FileReader, from source: S3ObjectSource, _ lease: MemoryLease
    ) async throws -> Fetched {
        var reader = try RowGroupReader(
            file, rowGroup: index, fileByteCount: source.byteCount, windowByteCount: budget.byteCount / 8,
            wholeByteCount: wholeByteCount)
        let open = openByteCount(of: &reader, openShare: source.reader.openShare(table: source.table))
        try await lease.claim(reader.storedByteCount + open + Self.streamByteCount, goesOn: index > 0)
        try await lease.growClaim(by: Self.streamByteCount)
        let pieces = try await reader.missingPieces().readInOrder(from: source, blockByteCount: Self.blockByteCount) {
            try await lease.growClaim(by: $0)
        }
        try await lease.growClaim(by: .max)
        return Fetched(reader: reader, pieces: pieces)
    }
}
