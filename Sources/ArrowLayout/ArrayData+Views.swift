import ByteCore

extension ArrayData {
    /// Returns strings or binary values with 32-bit offsets as views of a type; their bytes are shared.
    public func viewed(as type: DataType) -> ArrayData {
        precondition(
            self.type.layout == .variable(offsetWidth: 4) && type.layout == .view, "ArrayData: no views of this type")
        let (offsetBytes, data) = (buffers[1], buffers[2])
        let (offsets, bytes) = (offsetBytes.span, data.span)
        let nulls = ArrayView(self)
        var views = ByteBuilder(capacity: count * MemoryLayout<BinaryView>.size)
        for index in 0..<count {
            if nulls.isNull(at: index) {
                views.append(Int128.zero)
                continue
            }
            let start = offsets.load(at: index &* 4, as: Int32.self)
            let byteCount = offsets.load(at: index &* 4 &+ 4, as: Int32.self) - start
            if byteCount <= BinaryView.inlineByteCount {
                views.append(byteCount)
                views.append(contentsOf: bytes.extracting(Int(start)..<Int(start + byteCount)))
                views.append(repeating: UInt8(0), count: BinaryView.inlineByteCount - Int(byteCount))
            } else {
                let prefix = bytes.load(at: Int(start), as: UInt32.self)
                views.append(BinaryView(byteCount: byteCount, prefix: prefix, bufferIndex: 0, offset: start))
            }
        }
        return ArrayData(
            type: type, count: count, nullCount: nullCount,
            buffers: [buffers[0], views.freeze()] + (data.isEmpty ? [] : [data]))
    }
}
