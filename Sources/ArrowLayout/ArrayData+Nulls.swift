import ByteCore

extension ArrayData {
    /// Returns an array of a type in which every value is null.
    public static func nulls(of type: DataType, count: Int) -> ArrayData {
        blank(type, count: count, isNull: true)
    }

    /// Returns values of which none has a meaning: nulls, or zeros where a child below a null may not be null.
    private static func blank(_ type: DataType, count: Int, isNull: Bool) -> ArrayData {
        let validity = isNull ? zeros(byteCount: Bitmap.byteCount(of: count)) : Bytes()
        var buffers = [validity]
        var childCount = 0
        switch type.layout {
        case .none: buffers = []
        case .bits: buffers.append(zeros(byteCount: Bitmap.byteCount(of: count)))
        case .fixedWidth(let byteWidth): buffers.append(zeros(byteCount: count * byteWidth))
        case .variable(let offsetWidth): buffers += [zeros(byteCount: (count + 1) * offsetWidth), Bytes()]
        case .view: buffers.append(zeros(byteCount: count * MemoryLayout<BinaryView>.size))
        case .list(let offsetWidth): buffers.append(zeros(byteCount: (count + 1) * offsetWidth))
        case .listView(let offsetWidth):
            let zeros = zeros(byteCount: count * offsetWidth)
            buffers += [zeros, zeros]
        case .validityOnly:
            childCount = if case .fixedSizeList(_, let size) = type { count * size } else { count }
        }
        return ArrayData(
            type: type, count: count, nullCount: isNull || type == .null ? count : 0, buffers: buffers,
            children: type.children.map { blank($0.type, count: childCount, isNull: $0.isNullable) })
    }

    private static func zeros(byteCount: Int) -> Bytes {
        var builder = ByteBuilder(capacity: byteCount)
        builder.append(repeating: UInt8.zero, count: byteCount)
        return builder.freeze()
    }
}
