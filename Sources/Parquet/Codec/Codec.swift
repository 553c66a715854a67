import ByteCore

/// The codecs this reader has: the closed set behind the open `CompressionCodec`, and its one switch.
///
/// Spec: Compression.md.
enum Codec {
    case uncompressed
    case snappy
    case gzip
    case brotli
    case lz4
    case zstd
    case lz4Raw

    /// - Throws: `unsupported` for a codec this reader does not have.
    init(_ codec: CompressionCodec) throws(DecodeFault) {
        switch codec {
        case .uncompressed: self = .uncompressed
        case .snappy: self = .snappy
        case .gzip: self = .gzip
        case .brotli: self = .brotli
        case .lz4: self = .lz4
        case .zstd: self = .zstd
        case .lz4Raw: self = .lz4Raw
        default: throw DecodeFault(.unsupported(.codec(codec.rawValue)))
        }
    }

    /// The most bytes that one compressed byte can stand for, by the codec's own format; a larger claim is a lie and
    /// is refused before memory is reserved for it. Nil where the format has no such bound.
    private var maximumRatio: Int? {
        switch self {
        case .uncompressed: 1
        // A copy of three bytes gives 64.
        case .snappy: 22
        // A match of two bits gives 258.
        case .gzip: 1_032
        // A length byte stands for 255.
        case .lz4, .lz4Raw: 255
        // A block of four bytes gives 128 KiB.
        case .zstd: 32_768
        case .brotli: nil
        }
    }

    /// Returns exactly `byteCount` decompressed bytes, in memory of `scratch`; without compression they are `input`.
    ///
    /// - Throws: `malformed` where the bytes are not valid or give another size, `limit` where so few bytes may not
    ///   stand for so many.
    func decompress(
        _ input: Bytes, to byteCount: Int, limits: Limits, scratch: inout PageScratch
    ) throws(DecodeFault) -> Bytes {
        if self == .uncompressed {
            guard input.count == byteCount else { throw .malformed(.codecOutputSize) }
            return input
        }
        // Writers store pages of nothing but nulls as no bytes at all, or as the codec's form of none.
        if byteCount == 0 { return Bytes() }
        guard !input.isEmpty else { throw DecodeFault(.truncated) }
        if let maximumRatio, byteCount / maximumRatio > input.count { throw .malformed(.codecRatio) }
        if byteCount / max(1, limits.compressionRatio) > input.count { throw DecodeFault(.limit(.compressionRatio)) }
        if self == .brotli {
            let output = try Brotli.decompress(input, to: byteCount, builder: scratch.builder(byteCount: 0))
            scratch.remember(output)
            return output
        }
        var builder = scratch.builder(byteCount: byteCount)
        try unsafe builder.append(byteCount: byteCount) { output throws(DecodeFault) in
            let input = unsafe input.pointer
            switch self {
            case .snappy: return try unsafe Snappy.decompress(input, output)
            case .gzip: return try unsafe BlockCodecs.gzip(input, output)
            case .zstd: return try unsafe BlockCodecs.zstd(input, output)
            case .lz4Raw: return try unsafe LZ4.block(input, output)
            case .lz4: return try unsafe LZ4.legacy(input, output)
            case .uncompressed, .brotli: preconditionFailure("Codec: handled above")
            }
        }
        guard builder.count == byteCount else { throw .malformed(.codecOutputSize) }
        let output = builder.freeze()
        scratch.remember(output)
        return output
    }
}
