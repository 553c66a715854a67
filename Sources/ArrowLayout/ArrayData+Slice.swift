import ByteCore

extension ArrayData {
    /// Returns some of the rows as an array of their own, which must lie inside `0..<count` of a valid array.
    ///
    /// Fixed-width values and text share their memory with this array; what holds positions (bitmaps that do not
    /// start at a byte, offsets, views with their bytes) is rewritten, so that no row outside is reachable or sent.
    public func slice(_ rows: Range<Int>) -> ArrayData {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "ArrayData: rows outside")
        if rows.count == count { return self }
        let (validity, nullCount) = slicedValidity(rows)
        switch type.layout {
        case .none:
            return ArrayData(type: type, count: rows.count, nullCount: rows.count, buffers: [])
        case .bits:
            let values = Bitmap(buffers[1], count: count).slice(rows).bytes
            return ArrayData(type: type, count: rows.count, nullCount: nullCount, buffers: [validity, values])
        case .fixedWidth(let byteWidth):
            let values = buffers[1][rows.lowerBound * byteWidth..<rows.upperBound * byteWidth]
            // A dictionary is shared whole.
            return ArrayData(
                type: type, count: rows.count, nullCount: nullCount, buffers: [validity, values], children: children)
        case .variable(let offsetWidth):
            let (offsets, elements) = slicedOffsets(rows, offsetWidth: offsetWidth)
            return ArrayData(
                type: type, count: rows.count, nullCount: nullCount,
                buffers: [validity, offsets, buffers[2][elements]])
        case .list(let offsetWidth):
            let (offsets, elements) = slicedOffsets(rows, offsetWidth: offsetWidth)
            return ArrayData(
                type: type, count: rows.count, nullCount: nullCount, buffers: [validity, offsets],
                children: [children[0].slice(elements)])
        case .listView(let offsetWidth):
            return offsetWidth == 4 ? slicedListViews(rows, Int32.self) : slicedListViews(rows, Int64.self)
        case .view:
            return ArrayData(
                type: type, count: rows.count, nullCount: nullCount, buffers: [validity] + compactedViews(rows))
        case .validityOnly:
            let size = if case .fixedSizeList(_, let size) = type { size } else { 1 }
            let elements = rows.lowerBound * size..<rows.upperBound * size
            return ArrayData(
                type: type, count: rows.count, nullCount: nullCount, buffers: [validity],
                children: children.map { $0.slice(elements) })
        }
    }

    private func slicedValidity(_ rows: Range<Int>) -> (Bytes, nullCount: Int) {
        guard nullCount > 0, let bytes = buffers.first, !bytes.isEmpty else { return (Bytes(), 0) }
        let bitmap = Bitmap(bytes, count: count).slice(rows)
        let nullCount = rows.count - bitmap.countOfOnes
        return (nullCount == 0 ? Bytes() : bitmap.bytes, nullCount)
    }

    private func slicedOffsets(_ rows: Range<Int>, offsetWidth: Int) -> (Bytes, elements: Range<Int>) {
        if rows.isEmpty { return (Bytes(), 0..<0) }
        return offsetWidth == 4
            ? rebasedOffsets(rows, of: Int32.self) : rebasedOffsets(rows, of: Int64.self)
    }

    private func rebasedOffsets<Offset: NativeValue & FixedWidthInteger>(
        _ rows: Range<Int>, of type: Offset.Type
    ) -> (Bytes, elements: Range<Int>) {
        let width = MemoryLayout<Offset>.size
        let window = buffers[1][rows.lowerBound * width..<(rows.upperBound + 1) * width]
        let offsets = window.span
        let first = offsets.load(at: 0, as: Offset.self)
        let last = offsets.load(at: rows.count * width, as: Offset.self)
        let elements = Int(first)..<Int(last)
        if first == 0 { return (window, elements) }
        var rebased = ByteBuilder(capacity: window.count)
        for index in 0...rows.count {
            rebased.append(offsets.load(at: index * width, as: Offset.self) - first)
        }
        return (rebased.freeze(), elements)
    }

    /// Lists of some rows, with as much of the child as lies between the first and the last element of them.
    private func slicedListViews<Offset: NativeValue & FixedWidthInteger>(
        _ rows: Range<Int>, _ type: Offset.Type
    ) -> ArrayData {
        let width = MemoryLayout<Offset>.size
        let (validity, nullCount) = slicedValidity(rows)
        let window = rows.lowerBound * width..<rows.upperBound * width
        let (offsets, sizes) = (buffers[1][window], buffers[2][window])
        let view = ArrayView(self)
        var elements: Range<Int>?
        for row in rows {
            guard let list = view.elements(at: row), !list.isEmpty else { continue }
            let (first, end) = (elements?.lowerBound ?? list.lowerBound, elements?.upperBound ?? list.upperBound)
            elements = min(first, list.lowerBound)..<max(end, list.upperBound)
        }
        let covered = elements ?? 0..<0
        var rebased = ByteBuilder(capacity: window.count)
        var kept = ByteBuilder(capacity: window.count)
        for (index, row) in rows.enumerated() {
            let isEmpty = view.elements(at: row)?.isEmpty ?? true
            let offset = offsets.load(at: index * width, as: Offset.self)
            rebased.append(isEmpty ? 0 : offset - Offset(covered.lowerBound))
            kept.append(isEmpty ? 0 : sizes.load(at: index * width, as: Offset.self))
        }
        return ArrayData(
            type: self.type, count: rows.count, nullCount: nullCount,
            buffers: [validity, rebased.freeze(), kept.freeze()], children: [children[0].slice(covered)])
    }

    /// The views of some rows, followed by data buffers that hold their bytes and no others.
    private func compactedViews(_ rows: Range<Int>) -> [Bytes] {
        var views = ByteBuilder(capacity: rows.count * 16)
        var data = ByteBuilder()
        var finished: [Bytes] = []
        let source = ArrayView(self)
        for row in rows {
            if source.isNull(at: row) {
                views.append(Int128.zero)
                continue
            }
            let view = buffers[1].load(at: row * 16, as: BinaryView.self)
            guard !view.isInline else {
                views.append(view)
                continue
            }
            let bytes = view.bytes(at: row, in: self)
            if data.count + bytes.count > Int(Int32.max) {
                finished.append(data.freeze())
                data = ByteBuilder()
            }
            var moved = view
            moved.bufferIndex = Int32(finished.count)
            moved.offset = Int32(data.count)
            views.append(moved)
            data.append(contentsOf: bytes)
        }
        if data.count > 0 { finished.append(data.freeze()) }
        return [views.freeze()] + finished
    }
}

extension RecordBatch {
    /// Returns some of the rows as a batch of their own, which must lie inside `0..<rowCount` of a valid batch.
    public func slice(_ rows: Range<Int>) -> RecordBatch {
        RecordBatch(schema: schema, rowCount: rows.count, columns: columns.map { $0.slice(rows) })
    }
}
