import ByteCore

extension ArrayData {
    /// Checks that every read of this array stays inside its buffers and children, and that its strings are UTF-8.
    ///
    /// An array that passes can be sliced and viewed without a trap, whatever bytes it came from. Of string views, all
    /// bytes of the data buffers must be UTF-8, also those that no view shows.
    /// - Throws: the first rule that is broken, with the names of the child fields that lead to it.
    public func validate() throws(ArrayFault) {
        guard count >= 0 else { throw ArrayFault(.negativeCount) }
        let fields = type.children
        guard children.count == fields.count else { throw ArrayFault(.childCount) }
        try validateValidity()
        switch type.layout {
        case .none:
            guard buffers.isEmpty else { throw ArrayFault(.bufferCount) }
        case .bits:
            try require(bufferCount: 2)
            guard buffers[1].count >= Bitmap.byteCount(of: count) else { throw ArrayFault(.valuesTooShort) }
        case .fixedWidth(let byteWidth):
            try require(bufferCount: 2)
            guard byteWidth >= 0, fits(count, byteWidth, in: buffers[1]) else { throw ArrayFault(.valuesTooShort) }
            try validateIndices()
        case .variable(let offsetWidth):
            try require(bufferCount: 3)
            let elements = try validateOffsets(offsetWidth: offsetWidth, elementCount: buffers[2].count)
            if case .utf8 = type { try validateText(elements, offsetWidth: offsetWidth) }
            if case .largeUtf8 = type { try validateText(elements, offsetWidth: offsetWidth) }
        case .list(let offsetWidth):
            try require(bufferCount: 2)
            _ = try validateOffsets(offsetWidth: offsetWidth, elementCount: children[0].count)
        case .listView(let offsetWidth):
            try require(bufferCount: 3)
            if offsetWidth == 4 { try validateListViews(Int32.self) } else { try validateListViews(Int64.self) }
        case .view:
            guard buffers.count >= 2 else { throw ArrayFault(.bufferCount) }
            try validateViews()
        case .validityOnly:
            try require(bufferCount: 1)
            let size = if case .fixedSizeList(_, let size) = type { size } else { 1 }
            let (needed, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow, children.allSatisfy({ $0.count >= needed }) else {
                throw ArrayFault(.childTooShort)
            }
        }
        for (field, child) in zip(fields, children) {
            do throws(ArrayFault) {
                guard child.type == field.type else { throw ArrayFault(.childType) }
                try child.validate()
            } catch {
                throw ArrayFault(error.rule, path: [field.name] + error.path)
            }
        }
    }

    /// Checks that the indices of a dictionary are inside it, except those of nulls.
    private func validateIndices() throws(ArrayFault) {
        guard case .dictionary = type else { return }
        let view = ArrayView(self)
        for index in 0..<count where !view.isNull(at: index) {
            guard let place = view.dictionaryIndex(at: index), place >= 0, place < children[0].count else {
                throw ArrayFault(.indexOutside)
            }
        }
    }

    private func require(bufferCount: Int) throws(ArrayFault) {
        guard buffers.count == bufferCount else { throw ArrayFault(.bufferCount) }
    }

    private func fits(_ count: Int, _ width: Int, in buffer: Bytes) -> Bool {
        let (needed, overflow) = count.multipliedReportingOverflow(by: width)
        return !overflow && needed <= buffer.count
    }

    private func validateValidity() throws(ArrayFault) {
        if case .null = type {
            guard nullCount == count else { throw ArrayFault(.nullCount) }
            return
        }
        guard let validity = buffers.first else { throw ArrayFault(.bufferCount) }
        guard !validity.isEmpty || nullCount != 0 else { return }
        guard validity.count >= Bitmap.byteCount(of: count) else { throw ArrayFault(.validityTooShort) }
        guard Bitmap(validity, count: count).countOfOnes == count - nullCount else { throw ArrayFault(.nullCount) }
    }

    private func validateOffsets(offsetWidth: Int, elementCount: Int) throws(ArrayFault) -> Range<Int> {
        offsetWidth == 4
            ? try validateOffsets(of: Int32.self, elementCount: elementCount)
            : try validateOffsets(of: Int64.self, elementCount: elementCount)
    }

    /// Returns the elements that the offsets cover.
    private func validateOffsets<Offset: NativeValue & FixedWidthInteger>(
        of type: Offset.Type, elementCount: Int
    ) throws(ArrayFault) -> Range<Int> {
        let width = MemoryLayout<Offset>.size
        // An array of no values may leave out its only offset.
        if count == 0, buffers[1].isEmpty { return 0..<0 }
        let (offsetCount, overflow) = count.addingReportingOverflow(1)
        guard !overflow, fits(offsetCount, width, in: buffers[1]) else { throw ArrayFault(.offsetsTooShort) }
        let offsetBytes = buffers[1]
        let offsets = offsetBytes.span
        let first = offsets.load(at: 0, as: Offset.self)
        var last = first
        var decreases = first < 0
        for index in 1..<max(offsetCount, 1) {
            let next = offsets.load(at: index &* width, as: Offset.self)
            decreases = decreases || next < last
            last = next
        }
        guard !decreases else { throw ArrayFault(.offsetsDecrease) }
        guard last <= elementCount else { throw ArrayFault(.offsetBeyondValues) }
        return Int(first)..<Int(last)
    }

    /// Checks that every list lies inside the child, that of a null, too.
    private func validateListViews<Offset: NativeValue & FixedWidthInteger>(_ type: Offset.Type) throws(ArrayFault) {
        let width = MemoryLayout<Offset>.size
        guard fits(count, width, in: buffers[1]) else { throw ArrayFault(.offsetsTooShort) }
        guard fits(count, width, in: buffers[2]) else { throw ArrayFault(.sizesTooShort) }
        let (offsetBytes, sizeBytes) = (buffers[1], buffers[2])
        let (offsets, sizes) = (offsetBytes.span, sizeBytes.span)
        for index in 0..<count {
            let offset = offsets.load(at: index &* width, as: Offset.self)
            let size = sizes.load(at: index &* width, as: Offset.self)
            guard offset >= 0, size >= 0, offset <= children[0].count, Int(size) <= children[0].count - Int(offset)
            else { throw ArrayFault(.listOutside) }
        }
    }

    /// Checks all text at once; only where that fails, value by value, since bytes of nulls have no meaning.
    private func validateText(_ elements: Range<Int>, offsetWidth: Int) throws(ArrayFault) {
        let text = buffers[2][elements]
        let bytes = text.span
        if bytes.isUTF8 {
            let offsetBytes = buffers[1]
            let offsets = offsetBytes.span
            var splits = false
            for index in 0..<count {
                let start =
                    offsetWidth == 4
                    ? Int(offsets.load(at: index &* 4, as: Int32.self))
                    : Int(offsets.load(at: index &* 8, as: Int64.self))
                let place = start - elements.lowerBound
                splits = splits || (place < bytes.byteCount && bytes.load(at: place, as: UInt8.self) & 0xC0 == 0x80)
            }
            if !splits { return }
        }
        let view = ArrayView(self)
        for index in 0..<count {
            guard let value = view.bytes(at: index) else { continue }
            guard value.span.isUTF8 else { throw ArrayFault(.utf8) }
        }
    }

    /// Checks views one by one, but the text in a data buffer as a whole: views may share it, and then checking each
    /// of them would cost their number times its length.
    private func validateViews() throws(ArrayFault) {
        guard fits(count, MemoryLayout<BinaryView>.size, in: buffers[1]) else { throw ArrayFault(.viewsTooShort) }
        let isText = type == .utf8View
        guard !isText || buffers.dropFirst(2).allSatisfy({ $0.span.isUTF8 }) else { throw ArrayFault(.utf8) }
        let nulls = ArrayView(self)
        for index in 0..<count where !nulls.isNull(at: index) {
            let view = buffers[1].load(at: index * 16, as: BinaryView.self)
            guard view.byteCount >= 0 else { throw ArrayFault(.viewOutside) }
            if !view.isInline {
                let (place, length) = (Int(view.offset), Int(view.byteCount))
                guard view.bufferIndex >= 0, Int(view.bufferIndex) < buffers.count - 2, place >= 0,
                    place + length <= buffers[2 + Int(view.bufferIndex)].count
                else { throw ArrayFault(.viewOutside) }
            }
            let bytes = view.bytes(at: index, in: self)
            guard view.isInline || bytes.load(at: 0, as: UInt32.self) == view.prefix else {
                throw ArrayFault(.viewPrefix)
            }
            guard !isText || (view.isInline ? bytes.span.isUTF8 : !splitsText(view)) else { throw ArrayFault(.utf8) }
        }
    }

    /// Returns whether a view into a data buffer starts or ends inside a character.
    private func splitsText(_ view: BinaryView) -> Bool {
        let data = buffers[2 + Int(view.bufferIndex)]
        let end = Int(view.offset) + Int(view.byteCount)
        return data[Int(view.offset)] & 0xC0 == 0x80 || (end < data.count && data[end] & 0xC0 == 0x80)
    }
}
