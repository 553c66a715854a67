public import ByteCore

/// Typed reads of single values of an array, which must be valid (built here, or checked by `validate`).
///
/// A read returns nil for a null, and for a type whose values are not of the kind asked for.
/// Indices must lie inside `0..<count`.
public struct ArrayView: Sendable {
    /// The array that is read.
    public let array: ArrayData

    /// Creates a view of an array.
    public init(_ array: ArrayData) {
        self.array = array
    }

    /// Number of values.
    public var count: Int { array.count }

    /// Returns whether the value at an index is null.
    public func isNull(at index: Int) -> Bool {
        precondition(index >= 0 && index < count, "ArrayView: index outside")
        if array.type == .null { return true }
        guard array.nullCount > 0 else { return false }
        return array.buffers[0][index &>> 3] &>> UInt8(index & 7) & 1 == 0
    }

    /// Returns a boolean.
    public func bool(at index: Int) -> Bool? {
        guard case .bool = array.type, !isNull(at: index) else { return nil }
        return array.buffers[1][index &>> 3] &>> UInt8(index & 7) & 1 == 1
    }

    /// Returns what an integer, date, time, timestamp, duration, year-month interval or decimal stores, if it fits.
    public func int64(at index: Int) -> Int64? {
        int128(at: index).flatMap { Int64(exactly: $0) }
    }

    /// Returns what an integer, date, time, timestamp, duration, year-month interval or decimal stores, if it fits.
    public func uint64(at index: Int) -> UInt64? {
        int128(at: index).flatMap { UInt64(exactly: $0) }
    }

    /// Returns what an integer, date, time, timestamp, duration, year-month interval or decimal of up to 128 bits
    /// stores; of a decimal, the number without its point.
    public func int128(at index: Int) -> Int128? {
        guard !isNull(at: index) else { return nil }
        switch array.type {
        case .int8: return Int128(load(index, as: Int8.self))
        case .int16: return Int128(load(index, as: Int16.self))
        case .int32, .date32, .time32, .decimal32, .interval(.yearMonth): return Int128(load(index, as: Int32.self))
        case .int64, .date64, .time64, .timestamp, .duration, .decimal64: return Int128(load(index, as: Int64.self))
        case .uint8: return Int128(load(index, as: UInt8.self))
        case .uint16: return Int128(load(index, as: UInt16.self))
        case .uint32: return Int128(load(index, as: UInt32.self))
        case .uint64: return Int128(load(index, as: UInt64.self))
        case .decimal128: return load(index, as: Int128.self)
        default: return nil
        }
    }

    /// Returns a floating-point number of any width.
    public func float64(at index: Int) -> Double? {
        guard !isNull(at: index) else { return nil }
        switch array.type {
        case .float16: return Double(Float16(bitPattern: load(index, as: UInt16.self)))
        case .float32: return Double(load(index, as: Float.self))
        case .float64: return load(index, as: Double.self)
        default: return nil
        }
    }

    /// Returns the bytes of a string, binary or fixed-width value; they share the memory of the array.
    public func bytes(at index: Int) -> Bytes? {
        guard !isNull(at: index) else { return nil }
        switch array.type.layout {
        case .fixedWidth(let byteWidth):
            return array.buffers[1][index * byteWidth..<(index + 1) * byteWidth]
        case .variable(let offsetWidth):
            return array.buffers[2][range(at: index, offsetWidth: offsetWidth)]
        case .view:
            return array.buffers[1].load(at: index * 16, as: BinaryView.self).bytes(at: index, in: array)
        case .none, .bits, .list, .listView, .validityOnly:
            return nil
        }
    }

    /// Returns a string; also nil for bytes that are not UTF-8.
    public func string(at index: Int) -> String? {
        switch array.type {
        case .utf8, .largeUtf8, .utf8View: bytes(at: index).flatMap { String(validating: $0) }
        default: nil
        }
    }

    /// Returns the indices into the child that make up a list of any layout or a map.
    public func elements(at index: Int) -> Range<Int>? {
        guard !isNull(at: index) else { return nil }
        if case .fixedSizeList(_, let size) = array.type { return index * size..<(index + 1) * size }
        switch array.type.layout {
        case .list(let offsetWidth): return range(at: index, offsetWidth: offsetWidth)
        case .listView(offsetWidth: 4):
            let start = Int(load(index, as: Int32.self))
            return start..<start + Int(array.buffers[2].load(at: index * 4, as: Int32.self))
        case .listView:
            let start = Int(load(index, as: Int64.self))
            return start..<start + Int(array.buffers[2].load(at: index * 8, as: Int64.self))
        default: return nil
        }
    }

    /// Returns the index of a value in its dictionary, which is the only child.
    public func dictionaryIndex(at index: Int) -> Int? {
        guard case .dictionary(let indexType, _, _) = array.type else { return nil }
        let indices = ArrayData(type: indexType, count: count, nullCount: array.nullCount, buffers: array.buffers)
        return ArrayView(indices).int64(at: index).flatMap { Int(exactly: $0) }
    }

    /// Returns a view of a child array, by its index in the children of the type.
    public func child(_ index: Int) -> ArrayView { ArrayView(array.children[index]) }

    private func load<Value: NativeValue>(_ index: Int, as type: Value.Type) -> Value {
        array.buffers[1].load(at: index * MemoryLayout<Value>.size, as: type)
    }

    private func range(at index: Int, offsetWidth: Int) -> Range<Int> {
        let offsets = array.buffers[1]
        if offsetWidth == 4 {
            let start = offsets.load(at: index * 4, as: Int32.self)
            return Int(start)..<Int(offsets.load(at: index * 4 + 4, as: Int32.self))
        }
        let start = offsets.load(at: index * 8, as: Int64.self)
        return Int(start)..<Int(offsets.load(at: index * 8 + 8, as: Int64.self))
    }
}
