import ByteCore
import CCodecs

/// Decompression of whole pages into memory of the size that the page header promises.
///
/// Every function returns the number of bytes written, which is less than the output's size only if the input ends
/// early. All of it is unsafe because C reads and writes the memory: each call gets the sizes of both sides.
@unsafe
enum BlockCodecs {
    /// One member after the other, as Hadoop's writers and Impala make them. A zlib stream is taken as well: Arrow
    /// C++ reads it.
    static func gzip(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(DecodeFault) -> Int {
        let decoder = DecoderPool.gzip.take()
        defer { DecoderPool.gzip.give(decoder) }
        var read = 0
        var written = 0
        while read < input.count {
            let source = unsafe UnsafeRawBufferPointer(rebasing: input[read...])
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[written...])
            let isGzip = unsafe source.count >= 2 && source[0] == 0x1F && source[1] == 0x8B
            var memberByteCount = 0
            var outputByteCount = 0
            let decompress = unsafe isGzip ? libdeflate_gzip_decompress_ex : libdeflate_zlib_decompress_ex
            let result = unsafe decompress(
                decoder.pointer, source.baseAddress, source.count, target.baseAddress, target.count,
                &memberByteCount, &outputByteCount)
            switch result {
            case LIBDEFLATE_SUCCESS: break
            case LIBDEFLATE_INSUFFICIENT_SPACE: throw .malformed(.codecOutputSize, at: read)
            default: throw .malformed(.codecData, at: read)
            }
            read += memberByteCount
            written += outputByteCount
        }
        return written
    }

    /// One frame after the other; skippable frames are passed over.
    static func zstd(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(DecodeFault) -> Int {
        let decoder = DecoderPool.zstd.take()
        defer { DecoderPool.zstd.give(decoder) }
        let written = unsafe ZSTD_decompressDCtx(
            decoder.pointer, output.baseAddress, output.count, input.baseAddress, input.count)
        guard ZSTD_isError(written) == 0 else {
            throw .malformed(ZSTD_getErrorCode(written) == ZSTD_error_dstSize_tooSmall ? .codecOutputSize : .codecData)
        }
        return written
    }
}

/// CRC-32 as gzip has it.
enum Checksum {
    static func crc32(of bytes: Bytes) -> UInt32 {
        let pointer = unsafe bytes.pointer
        return unsafe libdeflate_crc32(0, pointer.baseAddress, pointer.count)
    }
}
