import ByteCore
import CGRPC

/// Messages as gRPC holds them, lists of slices, made of `Bytes` and turned into them.
enum MessageSlices {
    /// Parts of fewer bytes are copied: that is cheaper than keeping their owner alive.
    private static let smallestSharedByteCount = 256
    /// A received slice may be a corner of a large read buffer; below this its copy costs less than the buffer kept.
    private static let smallestBorrowedByteCount = 4096

    private final class Owner: Sendable {
        let bytes: Bytes
        init(_ bytes: Bytes) { self.bytes = bytes }
    }

    /// Returns a message that is the concatenation of the parts; the memory of large parts is shared with it.
    @unsafe
    static func buffer(_ parts: [Bytes]) -> UnsafeMutablePointer<grpc_byte_buffer>? {
        var slices = unsafe parts.map { part in unsafe slice(part) }
        let buffer = unsafe grpc_raw_byte_buffer_create(&slices, slices.count)
        unsafe slices.forEach { slice in unsafe grpc_slice_unref(slice) }
        return unsafe buffer
    }

    @unsafe
    private static func slice(_ bytes: Bytes) -> grpc_slice {
        guard bytes.count >= smallestSharedByteCount, let base = unsafe bytes.pointer.baseAddress else {
            return unsafe grpc_slice_from_copied_buffer(bytes.pointer.baseAddress, bytes.count)
        }
        let owner = unsafe Unmanaged.passRetained(Owner(bytes)).toOpaque()
        return unsafe grpc_slice_new_with_user_data(
            UnsafeMutableRawPointer(mutating: base), bytes.count,
            { owner in
                guard let owner = unsafe owner else { return }
                unsafe Unmanaged<Owner>.fromOpaque(owner).release()
            }, owner)
    }

    /// Returns the text as a slice.
    @unsafe
    static func slice(_ text: String) -> grpc_slice {
        var text = text
        return text.withUTF8 { utf8 in
            unsafe grpc_slice_from_copied_buffer(UnsafeRawPointer(utf8.baseAddress), utf8.count)
        }
    }

    /// Returns the text in a slice; wrong UTF-8 is repaired.
    @unsafe
    static func text(_ slice: grpc_slice) -> String {
        unsafe withUnsafePointer(to: slice) { slice in
            unsafe String(
                decoding: UnsafeRawBufferPointer(start: rpc_slice_start(slice), count: rpc_slice_byte_count(slice)),
                as: UTF8.self)
        }
    }

    /// Returns the bytes of a message, without a copy where they are one large slice.
    ///
    /// - Throws: INTERNAL where the message cannot be decompressed.
    @unsafe
    static func bytes(
        _ buffer: UnsafeMutablePointer<grpc_byte_buffer>, library: CoreLibrary
    ) throws(RPCStatus) -> Bytes {
        var reader = unsafe grpc_byte_buffer_reader()
        guard unsafe grpc_byte_buffer_reader_init(&reader, buffer) != 0 else {
            throw RPCStatus(.internal, "a message cannot be decompressed")
        }
        defer { unsafe grpc_byte_buffer_reader_destroy(&reader) }
        // The length is that after decompression: gRPC has replaced the buffer's content before handing it over.
        let byteCount = unsafe grpc_byte_buffer_length(buffer)
        var slice = unsafe grpc_slice()
        guard unsafe grpc_byte_buffer_reader_next(&reader, &slice) != 0 else { return Bytes() }
        if byteCount >= smallestBorrowedByteCount, unsafe rpc_slice_byte_count(&slice) == byteCount,
            unsafe rpc_slice_is_shared(&slice) != 0
        {
            return unsafe borrow(slice, library: library)
        }
        var builder = ByteBuilder(capacity: byteCount)
        repeat {
            unsafe builder.append(
                contentsOf: RawSpan(_unsafeStart: rpc_slice_start(&slice), byteCount: rpc_slice_byte_count(&slice)))
            unsafe grpc_slice_unref(slice)
        } while unsafe grpc_byte_buffer_reader_next(&reader, &slice) != 0
        return builder.freeze()
    }

    /// Takes over a reference to a slice whose bytes lie outside it.
    @unsafe
    private static func borrow(_ slice: grpc_slice, library: CoreLibrary) -> Bytes {
        let shared = unsafe SharedSlice(slice: slice, library: library)
        return unsafe Bytes(borrowing: shared.memory, release: { unsafe shared.release() })
    }
}

@unsafe
private struct SharedSlice: @unchecked Sendable {
    let slice: grpc_slice
    let library: CoreLibrary

    var memory: UnsafeRawBufferPointer {
        unsafe withUnsafePointer(to: slice) { slice in
            unsafe UnsafeRawBufferPointer(start: rpc_slice_start(slice), count: rpc_slice_byte_count(slice))
        }
    }

    func release() { unsafe grpc_slice_unref(slice) }
}
