import ByteCore

/// One 16-byte element of a view array: the length, then the bytes themselves or where they are.
///
/// Spec: Arrow columnar format, "Variable-size Binary View Layout".
struct BinaryView: NativeValue {
    /// Longest value that is stored in the view itself.
    static let inlineByteCount = 12
    static let zero = BinaryView(byteCount: 0, prefix: 0, bufferIndex: 0, offset: 0)

    var byteCount: Int32
    /// The first four bytes of the value.
    var prefix: UInt32
    /// For long values the data buffer, else bytes 4 to 7 of the value.
    var bufferIndex: Int32
    /// For long values the place in the data buffer, else bytes 8 to 11 of the value.
    var offset: Int32

    var isInline: Bool { byteCount <= BinaryView.inlineByteCount }

    /// Returns the bytes of this view, which is the one at `row` of a valid array.
    func bytes(at row: Int, in array: ArrayData) -> Bytes {
        if isInline {
            let start = row * MemoryLayout<BinaryView>.size + 4
            return array.buffers[1][start..<start + Int(byteCount)]
        }
        return array.buffers[2 + Int(bufferIndex)][Int(offset)..<Int(offset) + Int(byteCount)]
    }
}
