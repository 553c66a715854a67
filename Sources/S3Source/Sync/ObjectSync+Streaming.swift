import Parquet
import ParquetArrow

/// Row groups that come out of one request, one after the other.
extension ObjectSync {
    /// What a stream has of the object that was not asked for yet: here and in the transport.
    private static let streamByteCount = 2 << 20

    /// So many bytes, about, come out of the stream at a time.
    private static let blockByteCount = 2 << 20

    /// Who waits longer than this for room waits for the whole rest of a row group: a server closes a connection that
    /// takes nothing for long, and each one after it is a request.
    private static let longWait = Duration.seconds(5)

    private struct Arrived: Sendable {
        var reader: RowGroupReader
        /// Whether room is so scarce that row groups are to arrive in one go.
        let isInOneGo: Bool
    }

    /// Calls `body` with every row group, in memory whole, while the next one arrives.
    ///
    /// A row group claims what it will need, and holds what has arrived of it.
    func forEachStreamedRowGroup(
        of file: FileReader, from source: S3ObjectSource, _ lease: MemoryLease,
        _ body: (inout RowGroupReader) async throws -> Void
    ) async throws {
        let count = file.metadata.rowGroups.count
        // Where ranges are ignored, all that was read before would come again.
        var isInOneGo = source.needsOneGo
        try await withThrowingTaskGroup(of: Arrived.self) { group in
            for index in 0..<count {
                if index == 0 {
                    group.addTask { [isInOneGo] in
                        try await arrive(0, of: file, from: source, lease, isInOneGo: isInOneGo)
                    }
                }
                guard var current = try await group.next() else { preconditionFailure("ObjectSync: not begun") }
                isInOneGo = current.isInOneGo
                note(&current.reader, table: source.table)
                let held = try await settle(&current.reader, lease)
                if index + 1 < count {
                    group.addTask { [isInOneGo] in
                        try await arrive(index + 1, of: file, from: source, lease, isInOneGo: isInOneGo)
                    }
                }
                try await body(&current.reader)
                await lease.change(by: -held)
            }
        }
    }

    /// Makes the claim of a row group that has arrived what is held while it is decoded; returns how much that is.
    private func settle(_ reader: inout RowGroupReader, _ lease: MemoryLease) async throws -> Int {
        // The stream goes on, and what it has ahead must not wait for the next claim to be counted.
        let needed = min(
            reader.storedByteCount + openByteCount(of: &reader) + Self.streamByteCount, budget.byteCount)
        await lease.raiseClaim(to: needed)
        try await lease.growClaim(by: .max)
        let held = await lease.settleClaim()
        // More than the footer told, and others have to end first.
        if needed > held { return try await lease.exchange(held, for: needed) }
        await lease.change(by: needed - held)
        return needed
    }

    /// Reads a row group out of the stream, as room is given to it.
    private func arrive(
        _ index: Int, of file: FileReader, from source: S3ObjectSource, _ lease: MemoryLease, isInOneGo: Bool
    ) async throws -> Arrived {
        var reader = try RowGroupReader(
            file, rowGroup: index, fileByteCount: source.byteCount, windowByteCount: budget.byteCount / 8,
            wholeByteCount: wholeByteCount)
        let open = expectedOpenByteCount(of: &reader, table: source.table)
        try await lease.claim(reader.storedByteCount + open + Self.streamByteCount, goesOn: index > 0)
        try await lease.growClaim(by: isInOneGo ? .max : Self.streamByteCount)
        var isInOneGo = isInOneGo
        let blockByteCount = min(Self.blockByteCount, budget.byteCount / 8)
        let pieces = try await reader.missingPieces().readInOrder(from: source, blockByteCount: blockByteCount) {
            let start = ContinuousClock.now
            try await lease.growClaim(by: $0)
            if ContinuousClock.now - start > Self.longWait {
                isInOneGo = true
                try await lease.growClaim(by: .max)
            }
        }
        try await lease.growClaim(by: .max)
        reader.add(pieces)
        return Arrived(reader: reader, isInOneGo: isInOneGo)
    }
}
