import ArrowIPC
import ArrowLayout
import ByteCore

/// Arrow IPC streams.
enum StreamInput {
    private static var limits: StreamDecoder.Limits {
        var limits = StreamDecoder.Limits()
        limits.fieldCount = 1_000
        limits.metadataByteCount = 1 << 20
        limits.batchCount = 16
        limits.valueCount = 1 << 16
        return limits
    }

    /// Values of an array that are looked at: few bytes can claim any number of nulls.
    private static let valueCount = 300

    static func read(_ input: Bytes) throws {
        _ = try? StreamDecoder.schema(of: input, limits: limits)
        let stream = try StreamDecoder.decode(input, limits: limits)
        _ = try StreamEncoder.encode(stream.schema)
        for batch in stream.batches {
            for column in batch.columns { view(ArrayView(column)) }
            let slice = batch.slice(min(1, batch.rowCount)..<min(batch.rowCount, 1_000))
            let copy = try StreamDecoder.decode(try StreamEncoder.encode(slice))
            precondition(copy.batches[0].rowCount == slice.rowCount, "a batch comes back as it was written")
        }
    }

    private static func view(_ array: ArrayView) {
        for index in 0..<min(array.count, valueCount) {
            _ = (array.isNull(at: index), array.bool(at: index), array.int128(at: index), array.float64(at: index))
            _ = (array.bytes(at: index), array.string(at: index))
            guard let elements = array.elements(at: index) else { continue }
            precondition(elements.upperBound <= array.child(0).count, "elements lie inside of their array")
        }
        for index in array.array.children.indices { view(array.child(index)) }
    }
}
