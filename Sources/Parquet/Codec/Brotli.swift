import ByteCore
import CCodecs

/// Brotli streams.
enum Brotli {
    /// Decompresses to exactly `byteCount` bytes. A few bytes of brotli may stand for any number, so the memory grows
    /// with what was really decompressed.
    static func decompress(
        _ input: Bytes, to byteCount: Int, builder: consuming ByteBuilder
    ) throws(DecodeFault) -> Bytes {
        guard let state = unsafe BrotliDecoderCreateInstance(nil, nil, nil) else {
            fatalError("out of memory: brotli decoder")
        }
        defer { unsafe BrotliDecoderDestroyInstance(state) }
        let memory = unsafe input.pointer
        var source = unsafe memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var sourceCount = memory.count
        var step = max(input.count &* 4, 64 << 10)
        while true {
            let room = min(step, byteCount - builder.count)
            var result = BROTLI_DECODER_RESULT_ERROR
            unsafe builder.append(byteCount: room) { output in
                var target = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
                var targetCount = output.count
                result = unsafe BrotliDecoderDecompressStream(
                    state, &sourceCount, &source, &targetCount, &target, nil)
                return room - targetCount
            }
            switch result {
            case BROTLI_DECODER_RESULT_SUCCESS:
                guard builder.count == byteCount, sourceCount == 0 else { throw .malformed(.codecOutputSize) }
                return builder.freeze()
            case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
                guard builder.count < byteCount else { throw .malformed(.codecOutputSize) }
                step = step &* 2
            case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: throw DecodeFault(.truncated, at: input.count)
            default: throw .malformed(.codecData)
            }
        }
    }
}
