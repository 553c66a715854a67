import ByteCore
import CCodecs

/// LZ4 in the forms that Parquet files have.
@unsafe
enum LZ4 {
    /// One block without framing: the codec LZ4_RAW.
    static func block(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(DecodeFault) -> Int {
        guard let sourceCount = Int32(exactly: input.count),
            let targetCount = Int32(exactly: output.count)
        else { throw .malformed(.codecOutputSize) }
        let written = unsafe LZ4_decompress_safe(
            input.baseAddress?.assumingMemoryBound(to: CChar.self),
            output.baseAddress?.assumingMemoryBound(to: CChar.self), sourceCount, targetCount)
        guard written >= 0 else { throw .malformed(.codecData) }
        return Int(written)
    }

    /// The deprecated codec LZ4: Hadoop's framing, an LZ4 frame or a bare block. Writers have made all three under the
    /// same number, so each is tried; a form counts only if it gives the whole page.
    static func legacy(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(DecodeFault) -> Int {
        if unsafe hadoop(input, output) { return output.count }
        if unsafe frame(input, output) { return output.count }
        return try unsafe block(input, output)
    }

    /// Hadoop's framing: decompressed size, then compressed size and block until that many bytes are there; repeated.
    /// Both sizes are big-endian.
    private static func hadoop(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> Bool {
        var read = 0
        var written = 0
        func size() -> Int? {
            guard input.count - read >= 4 else { return nil }
            defer { read += 4 }
            return unsafe Int(UInt32(bigEndian: input.loadUnaligned(fromByteOffset: read, as: UInt32.self)))
        }
        while read < input.count {
            guard let byteCount = size(), byteCount <= output.count - written else { return false }
            let end = written + byteCount
            while written < end {
                guard let blockByteCount = size(), blockByteCount > 0,
                    blockByteCount <= input.count - read
                else { return false }
                let source = unsafe UnsafeRawBufferPointer(rebasing: input[read..<read + blockByteCount])
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[written..<end])
                guard let count = try? unsafe block(source, target), count > 0 else { return false }
                read += blockByteCount
                written += count
            }
        }
        return written == output.count
    }

    private static func frame(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> Bool {
        guard input.count >= 4, unsafe input.loadUnaligned(as: UInt32.self) == 0x184D_2204 else { return false }
        var context: OpaquePointer?
        guard unsafe LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
            return false
        }
        defer { unsafe LZ4F_freeDecompressionContext(context) }
        var read = 0
        var written = 0
        while read < input.count {
            let source = unsafe UnsafeRawBufferPointer(rebasing: input[read...])
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[written...])
            var sourceCount = source.count
            var targetCount = target.count
            let hint = unsafe LZ4F_decompress(
                context, target.baseAddress, &targetCount, source.baseAddress, &sourceCount, nil)
            guard LZ4F_isError(hint) == 0, sourceCount > 0 || targetCount > 0 else { return false }
            read += sourceCount
            written += targetCount
        }
        return written == output.count
    }
}
