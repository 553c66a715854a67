import ArrowLayout
import ByteCore

/// Puts the typed values of shredded variants back into encoded values.
///
/// Spec: VariantShredding.md, "Reconstructing a Shredded Variant". Where a field of an object has both an encoded and
/// a typed value, it is refused; where it is also among the fields that are not typed, the typed one counts, as the
/// text asks. What is missing where a value must be is a variant's null.
struct VariantReassembly {
    private let shape: VariantShape
    /// The metadata that was looked up last: that of the next row is often the same.
    private var names: VariantNames?
    private var sortedIDs: [Int] = []
    /// The values of the row under construction.
    private var bytes: [UInt8] = []

    init(_ shape: VariantShape) { self.shape = shape }

    /// Returns the metadata and value of a row of the storage, whose struct is not null there.
    mutating func row(_ index: Int, of storage: ArrayData) throws(DecodeFault) -> (metadata: Bytes, value: Bytes) {
        guard let child = shape.metadata, let metadata = ArrayView(storage.children[child]).bytes(at: index) else {
            throw .malformed(.variantMetadata)
        }
        let value = shape.value.flatMap { ArrayView(storage.children[$0]).bytes(at: index) }
        if let value, shape.typed.map({ ArrayView(storage.children[$0.child]).isNull(at: index) }) != false {
            return (metadata, value)
        }
        if names?.bytes != metadata {
            names = try VariantNames(metadata)
            sortedIDs = []
        }
        bytes.removeAll(keepingCapacity: true)
        if try !append(index, of: storage, shape) { VariantWriting.primitive(0, to: &bytes) }
        return (metadata, Bytes(bytes))
    }

    /// Appends a value, or nothing where it is missing; returns whether there is one.
    private mutating func append(
        _ index: Int, of storage: ArrayData, _ shape: VariantShape
    ) throws(DecodeFault) -> Bool {
        if ArrayView(storage).isNull(at: index) { return false }
        let value = shape.value.flatMap { ArrayView(storage.children[$0]).bytes(at: index) }
        guard let (child, form) = shape.typed, !ArrayView(storage.children[child]).isNull(at: index) else {
            if let value { bytes += [UInt8](try value.variantValue()) }
            return value != nil
        }
        let typed = storage.children[child]
        if case .object(let fields) = form {
            try appendObject(index, of: typed, fields, rest: value)
        } else {
            guard value == nil else { throw .malformed(.variantConflict) }
            switch form {
            case .array(let element): try appendArray(index, of: typed, element)
            case .uuid:
                VariantWriting.primitive(20, to: &bytes)
                bytes += ArrayView(typed).bytes(at: index).map { [UInt8]($0) } ?? []
            default: try appendPrimitive(index, of: typed)
            }
        }
        // Offsets inside a value have 32 bits; a batch of values has no more either.
        guard bytes.count <= Int32.max else { throw DecodeFault(.limit(.batchByteCount)) }
        return true
    }

    private mutating func appendArray(
        _ index: Int, of list: ArrayData, _ element: VariantShape
    ) throws(DecodeFault) {
        let start = bytes.count
        var offsets: [Int] = []
        for position in ArrayView(list).elements(at: index) ?? 0..<0 {
            offsets.append(bytes.count - start)
            if try !append(position, of: list.children[0], element) { VariantWriting.primitive(0, to: &bytes) }
        }
        VariantWriting.closeArray(offsets, from: start, in: &bytes)
    }

    private mutating func appendObject(
        _ index: Int, of group: ArrayData, _ fields: [VariantShape.Field], rest: Bytes?
    ) throws(DecodeFault) {
        let start = bytes.count
        var elements: [VariantWriting.Element] = []
        for field in fields {
            let offset = bytes.count - start
            guard try append(index, of: group.children[field.child], field.shape) else { continue }
            let (id, name) = try lookUp(field.name)
            elements.append(VariantWriting.Element(id: id, name: name, offset: offset))
        }
        if let rest, let names {
            try appendFields(of: rest, names, after: elements.count, start: start, to: &elements)
        }
        VariantWriting.closeObject(elements, from: start, in: &bytes)
    }

    /// Appends the fields of an encoded object that are not among the first ones, and brings all into order.
    private mutating func appendFields(
        of object: Bytes, _ names: VariantNames, after typedCount: Int, start: Int,
        to elements: inout [VariantWriting.Element]
    ) throws(DecodeFault) {
        guard case .object(let others) = try VariantValue.read(object.span, at: 0, end: object.count).value else {
            throw .malformed(.variantConflict)
        }
        let text = names.bytes.span
        let typed = elements[..<typedCount]
        // Values may not share bytes: few of them would make many.
        var left = others.end - others.start
        for position in 0..<others.count {
            let id = others.id(position, object.span)
            let name = try names.range(id)
            let first = others.offset(position, object.span)
            let last = try VariantValue.read(object.span, at: first, end: others.end).end
            left -= last - first
            guard left >= 0 else { throw .malformed(.variantValue, at: first) }
            if typed.firstIndex(sortedBy: { text.compare($0.name, with: text, name) }) != nil { continue }
            elements.append(VariantWriting.Element(id: id, name: name, offset: bytes.count - start))
            bytes += [UInt8](object[first..<last])
        }
        elements.sort { text.compare($0.name, with: text, $1.name) == .less }
    }

    /// Returns the id and place of a name.
    private mutating func lookUp(_ name: Bytes) throws(DecodeFault) -> (id: Int, name: Range<Int>) {
        guard let names else { throw .malformed(.variantName) }
        if sortedIDs.isEmpty { sortedIDs = try names.sortedIDs() }
        let ids = sortedIDs
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            let range = try names.range(ids[middle])
            switch names.bytes.span.compare(range, with: name.span, 0..<name.count) {
            case .equal: return (ids[middle], range)
            case .less: low = middle + 1
            case .greater: high = middle
            }
        }
        throw .malformed(.variantName)
    }

    private mutating func appendPrimitive(_ index: Int, of array: ArrayData) throws(DecodeFault) {
        let view = ArrayView(array)
        switch array.type {
        case .bool: VariantWriting.primitive(view.bool(at: index) == true ? 1 : 2, to: &bytes)
        case .int8: VariantWriting.primitive(3, Int8(truncatingIfNeeded: view.int64(at: index) ?? 0), to: &bytes)
        case .int16: VariantWriting.primitive(4, Int16(truncatingIfNeeded: view.int64(at: index) ?? 0), to: &bytes)
        case .int32: VariantWriting.primitive(5, Int32(truncatingIfNeeded: view.int64(at: index) ?? 0), to: &bytes)
        case .int64: VariantWriting.primitive(6, view.int64(at: index) ?? 0, to: &bytes)
        case .float32: VariantWriting.primitive(14, Float(view.float64(at: index) ?? 0).bitPattern, to: &bytes)
        case .float64: VariantWriting.primitive(7, (view.float64(at: index) ?? 0).bitPattern, to: &bytes)
        case .decimal128(let precision, let scale):
            VariantWriting.decimal(view.int128(at: index) ?? 0, precision: precision, scale: scale, to: &bytes)
        case .date32: VariantWriting.primitive(11, Int32(truncatingIfNeeded: view.int64(at: index) ?? 0), to: &bytes)
        case .time64: VariantWriting.primitive(17, view.int64(at: index) ?? 0, to: &bytes)
        case .timestamp(let unit, let timezone):
            let type: UInt8 = (unit == .nanosecond ? 18 : 12) + (timezone == nil ? 1 : 0)
            VariantWriting.primitive(type, view.int64(at: index) ?? 0, to: &bytes)
        case .utf8: VariantWriting.string(view.bytes(at: index) ?? Bytes(), to: &bytes)
        case .binary: VariantWriting.binary(view.bytes(at: index) ?? Bytes(), to: &bytes)
        default: throw .malformed(.variantShape)
        }
    }
}

extension RandomAccessCollection where Index == Int {
    /// Returns the index of the element that a comparison with what is looked for calls equal, in a sorted collection.
    fileprivate func firstIndex(sortedBy compare: (Element) -> ByteOrder) -> Int? {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            switch compare(self[middle]) {
            case .equal: return middle
            case .less: low = middle + 1
            case .greater: high = middle
            }
        }
        return nil
    }
}

extension Bytes {
    /// The encoded value at the beginning, without what may follow it.
    fileprivate func variantValue() throws(DecodeFault) -> Bytes {
        self[0..<(try VariantValue.read(span, at: 0, end: count).end)]
    }
}
