import ArrowLayout
import ByteCore

extension ArrayData {
    /// Returns the values in the type that destinations get for this one.
    ///
    /// - Throws: `offsetOverflow` when the values together have more bytes than 32-bit offsets count.
    func converted(to type: DataType) throws(ArrayFault) -> ArrayData {
        switch (self.type, type) {
        case (let same, let target) where same == target: return self
        case (.null, .utf8): return Self.nullText(count: count)
        case (.float16, .float32): return widened()
        case (.fixedSizeBinary(let byteWidth), .binary): return try withOffsets(byteWidth: byteWidth)
        default:
            let fields = type.children
            precondition(
                self.type.layout == type.layout && children.count == fields.count,
                "DestinationSchema: no conversion from \(self.type) to \(type)")
            var converted: [ArrayData] = []
            for (child, field) in zip(children, fields) { converted.append(try child.converted(to: field.type)) }
            return ArrayData(type: type, count: count, nullCount: nullCount, buffers: buffers, children: converted)
        }
    }

    private static func nullText(count: Int) -> ArrayData {
        let validity = Bytes([UInt8](repeating: 0, count: (count + 7) / 8))
        let offsets = Bytes([UInt8](repeating: 0, count: (count + 1) * 4))
        return ArrayData(type: .utf8, count: count, nullCount: count, buffers: [validity, offsets, Bytes()])
    }

    private func widened() -> ArrayData {
        let bytes = buffers[1]
        let stored = bytes.span
        var values = ByteBuilder(capacity: count * 4)
        for index in 0..<count {
            values.append(Float(Float16(bitPattern: stored.load(at: index &* 2, as: UInt16.self))))
        }
        return ArrayData(type: .float32, count: count, nullCount: nullCount, buffers: [buffers[0], values.freeze()])
    }

    private func withOffsets(byteWidth: Int) throws(ArrayFault) -> ArrayData {
        // Without the bytes that a null has room for.
        if nullCount > 0 {
            var builder = VariableBuilder<Int32>(capacity: count)
            let view = ArrayView(self)
            for index in 0..<count { try builder.append(view.bytes(at: index)) }
            return builder.freeze(.binary)
        }
        guard count <= Int(Int32.max) / max(1, byteWidth) else { throw ArrayFault(.offsetOverflow) }
        var offsets = ByteBuilder(capacity: (count + 1) * 4)
        for index in 0...count { offsets.append(Int32(truncatingIfNeeded: index * byteWidth)) }
        return ArrayData(
            type: .binary, count: count, nullCount: 0,
            buffers: [Bytes(), offsets.freeze(), buffers[1][0..<count * byteWidth]])
    }
}
