import ArrowLayout
import ByteCore

extension ArrayData {
    /// Returns the values, which the reader gave, in a type that `SchemaRestoration` found for theirs.
    ///
    /// Returns nil where they do not fit: a list of another length than the fixed one, more different values than the
    /// indices of a dictionary count, a value that an ordered dictionary does not have, a decimal of more digits than the
    /// narrower width has. Ordered dictionaries are found by the path of their field, which is that of this array.
    func restored(as type: DataType, _ orders: [[Int]: ValueOrder] = [:], at path: [Int] = []) -> ArrayData? {
        if self.type == type { return self }
        switch (self.type, type) {
        case (_, .dictionary(let index, let value, let isOrdered)):
            return dictionaryEncoded(index, value, as: type, order: isOrdered ? orders[path] : nil)
        case (_, .utf8View), (_, .binaryView): return viewed(as: type)
        case (_, .largeUtf8), (_, .largeBinary): return withLargeOffsets(type, children: [])
        case (.list, .largeList(let item)):
            return children[0].restored(as: item.type, orders, at: path + [0])
                .map { withLargeOffsets(type, children: [$0]) }
        case (.list, .listView(let item)):
            return children[0].restored(as: item.type, orders, at: path + [0])
                .map { listViews(Int32.self, type, child: $0) }
        case (.list, .largeListView(let item)):
            return children[0].restored(as: item.type, orders, at: path + [0])
                .map { listViews(Int64.self, type, child: $0) }
        case (.list, .fixedSizeList(let item, let size)):
            return fixedSizeElements(size: size, of: item.type)?.restored(as: item.type, orders, at: path + [0]).map {
                ArrayData(type: type, count: count, nullCount: nullCount, buffers: [buffers[0]], children: [$0])
            }
        case (.date32, .date64): return mapped(Int32.self, as: type) { Int64($0) * 86_400_000 }
        case (.decimal128, .decimal32): return mapped(Int128.self, as: type) { Int32(exactly: $0) }
        case (.decimal128, .decimal64): return mapped(Int128.self, as: type) { Int64(exactly: $0) }
        case (.decimal128, .decimal256):
            return widened(as: type)
        default:
            var restored: [ArrayData] = []
            for (index, field) in type.children.enumerated() {
                guard let child = children[index].restored(as: field.type, orders, at: path + [index]) else {
                    return nil
                }
                restored.append(child)
            }
            return ArrayData(type: type, count: count, nullCount: nullCount, buffers: buffers, children: restored)
        }
    }

    private func withLargeOffsets(_ type: DataType, children: [ArrayData]) -> ArrayData {
        let narrow = buffers[1]
        let span = narrow.span
        var offsets = ByteBuilder(capacity: (count + 1) * 8)
        if count > 0 { for index in 0...count { offsets.append(Int64(span.load(at: index &* 4, as: Int32.self))) } }
        return ArrayData(
            type: type, count: count, nullCount: nullCount,
            buffers: [buffers[0], offsets.freeze()] + buffers.dropFirst(2), children: children)
    }

    private func listViews<Offset: NativeValue & FixedWidthInteger>(
        _ width: Offset.Type, _ type: DataType, child: ArrayData
    ) -> ArrayData {
        let view = ArrayView(self)
        var offsets = ByteBuilder(capacity: count * MemoryLayout<Offset>.size)
        var sizes = ByteBuilder(capacity: count * MemoryLayout<Offset>.size)
        for index in 0..<count {
            let elements = view.elements(at: index) ?? 0..<0
            offsets.append(Offset(elements.lowerBound))
            sizes.append(Offset(elements.count))
        }
        return ArrayData(
            type: type, count: count, nullCount: nullCount,
            buffers: [buffers[0], offsets.freeze(), sizes.freeze()], children: [child])
    }

    /// Returns fixed-width values changed one by one; nil where one of them, of no null, has no counterpart.
    private func mapped<Stored: NativeValue, Value: NativeValue>(
        _ stored: Stored.Type, as type: DataType, _ transform: (Stored) -> Value?
    ) -> ArrayData? {
        let bytes = buffers[1]
        let span = bytes.span
        let view = ArrayView(self)
        var values = ByteBuilder(capacity: count * MemoryLayout<Value>.size)
        for index in 0..<count {
            if let value = transform(span.load(at: index &* MemoryLayout<Stored>.size, as: Stored.self)) {
                values.append(value)
            } else {
                guard view.isNull(at: index) else { return nil }
                values.append(Value.zero)
            }
        }
        return ArrayData(type: type, count: count, nullCount: nullCount, buffers: [buffers[0], values.freeze()])
    }

    private func widened(as type: DataType) -> ArrayData {
        let bytes = buffers[1]
        let span = bytes.span
        var values = ByteBuilder(capacity: count * 32)
        for index in 0..<count {
            let value = span.load(at: index &* 16, as: Int128.self)
            values.append(value)
            values.append(Int128(value < 0 ? -1 : 0))
        }
        return ArrayData(type: type, count: count, nullCount: nullCount, buffers: [buffers[0], values.freeze()])
    }
}

extension ArrayData {
    /// Most bytes that the elements of null lists may take: a small file could otherwise ask for any amount.
    private static let fillerByteCount = 256 << 20

    /// Returns the elements of lists of one size, as many for each null; nil where a list has another size.
    private func fixedSizeElements(size: Int, of item: DataType) -> ArrayData? {
        let view = ArrayView(self)
        var indices: [Int?] = []
        var first: Int?
        let (filler, overflow) = (nullCount * size).multipliedReportingOverflow(by: item.fillerByteCount)
        guard !overflow, filler <= Self.fillerByteCount else { return nil }
        for index in 0..<count {
            let elements = view.elements(at: index)
            guard elements.map({ $0.count == size }) ?? true else { return nil }
            first = first ?? elements?.lowerBound
            guard nullCount > 0 else { continue }
            if let elements { indices += elements.map { $0 } } else { indices += repeatElement(nil, count: size) }
        }
        let start = first ?? 0
        return nullCount > 0 ? children[0].gathered(indices) : children[0].slice(start..<start + count * size)
    }

    private func dictionaryEncoded(
        _ index: DataType, _ value: DataType, as type: DataType, order: ValueOrder?
    ) -> ArrayData? {
        guard case .fixedWidth(let indexByteWidth) = index.layout else { return nil }
        let view = ArrayView(self)
        var numbers = order?.places ?? [:]
        var distinct: [Int?] = []
        var indices = ByteBuilder(capacity: count * indexByteWidth)
        for row in 0..<count {
            var number = 0
            if let bytes = view.bytes(at: row) {
                if let known = numbers[bytes] {
                    number = known
                } else {
                    guard order == nil else { return nil }
                    number = distinct.count
                    numbers[bytes] = number
                    distinct.append(row)
                }
            }
            guard index.append(number, to: &indices) else { return nil }
        }
        guard let values = (order?.values ?? gathered(distinct)).restored(as: value) else { return nil }
        return ArrayData(
            type: type, count: count, nullCount: nullCount, buffers: [buffers[0], indices.freeze()],
            children: [values])
    }
}

extension DataType {
    /// Appends a number of this integer type; false where the type does not reach so far.
    fileprivate func append(_ number: Int, to values: inout ByteBuilder) -> Bool {
        func append<Value: NativeValue & FixedWidthInteger>(_ type: Value.Type) -> Bool {
            guard let value = Value(exactly: number) else { return false }
            values.append(value)
            return true
        }
        return switch self {
        case .int8: append(Int8.self)
        case .int16: append(Int16.self)
        case .int32: append(Int32.self)
        case .uint8: append(UInt8.self)
        case .uint16: append(UInt16.self)
        case .uint32: append(UInt32.self)
        case .uint64: append(UInt64.self)
        default: append(Int64.self)
        }
    }

    /// Bytes that a null takes, at most.
    fileprivate var fillerByteCount: Int {
        let own =
            switch layout {
            case .none: 0
            case .bits: 1
            case .fixedWidth(let byteWidth): byteWidth + 1
            case .variable(let offsetWidth), .list(let offsetWidth): offsetWidth + 1
            case .listView(let offsetWidth): 2 * offsetWidth + 1
            case .view: 17
            case .validityOnly: 1
            }
        switch self {
        case .fixedSizeList(let item, let size):
            let (elements, overflow) = item.type.fillerByteCount.multipliedReportingOverflow(by: size)
            return overflow ? .max / 2 : elements.addingReportingOverflow(own).overflow ? .max / 2 : elements + own
        case .structure(let fields):
            return fields.reduce(own) { sum, field in
                let (next, overflow) = sum.addingReportingOverflow(field.type.fillerByteCount)
                return overflow ? .max / 2 : next
            }
        default: return own
        }
    }
}
