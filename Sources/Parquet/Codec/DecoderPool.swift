import CCodecs
import Synchronization

/// Decoder states of the C libraries that nobody uses at the moment.
///
/// Making a state costs more than decompressing a small page, and a zstd state takes 160 KB, so they are shared by all
/// columns: a page takes one and gives it back. There are never more than pages decompressed at the same moment.
final class DecoderPool<Decoder: PooledDecoder>: Sendable {
    private let idle = Mutex<[Decoder]>([])

    func take() -> Decoder { idle.withLock { $0.popLast() } ?? Decoder() }

    func give(_ decoder: Decoder) { idle.withLock { $0.append(decoder) } }
}

/// A state of a C library with one user at a time.
protocol PooledDecoder: AnyObject, Sendable {
    init()
}

/// A zstd decompression context.
@safe
final class ZstdDecoder: PooledDecoder, @unchecked Sendable {
    let pointer: OpaquePointer

    init() {
        guard let context = unsafe ZSTD_createDCtx() else { fatalError("out of memory: zstd context") }
        unsafe pointer = context
    }

    deinit { unsafe ZSTD_freeDCtx(pointer) }
}

/// A libdeflate decompressor.
@safe
final class GzipDecoder: PooledDecoder, @unchecked Sendable {
    let pointer: OpaquePointer

    init() {
        guard let decompressor = unsafe libdeflate_alloc_decompressor() else {
            fatalError("out of memory: gzip decompressor")
        }
        unsafe pointer = decompressor
    }

    deinit { unsafe libdeflate_free_decompressor(pointer) }
}

extension DecoderPool where Decoder == ZstdDecoder {
    static let zstd = DecoderPool()
}

extension DecoderPool where Decoder == GzipDecoder {
    static let gzip = DecoderPool()
}
