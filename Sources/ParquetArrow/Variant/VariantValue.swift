import ByteCore

/// One value of a variant as it is encoded, without what is inside it.
///
/// Spec: VariantEncoding.md, "Value encoding" and "Encoding types".
enum VariantValue {
    case null
    case bool(Bool)
    case integer(Int64)
    case float(Float)
    case double(Double)
    /// A number without its point, and how many digits are after the point.
    case decimal(Int128, scale: Int)
    /// Days since 1970-01-01.
    case date(Int32)
    /// Microseconds of a day.
    case time(Int64)
    /// Time since 1970-01-01T00:00, an instant if `isUTC`.
    case timestamp(Int64, isNanoseconds: Bool, isUTC: Bool)
    case binary(Range<Int>)
    case string(Range<Int>)
    case uuid(Range<Int>)
    case object(VariantElements)
    case array(VariantElements)

    /// Reads the value at an offset, all of which must be before `end`; returns the offset after it.
    ///
    /// - Throws: malformed where it is not, unsupported for a type that is not of the format.
    static func read(
        _ span: RawSpan, at offset: Int, end: Int
    ) throws(DecodeFault) -> (value: VariantValue, end: Int) {
        guard offset < end else { throw .malformed(.variantValue, at: offset) }
        let byte = span.load(at: offset, as: UInt8.self)
        let header = byte >> 2
        let start = offset + 1
        switch byte & 3 {
        case 0: return try primitive(header, span, at: start, end: end)
        case 1:
            guard Int(header) <= end - start else { throw .malformed(.variantValue, at: offset) }
            let last = start + Int(header)
            return (.string(start..<last), last)
        case 2:
            let elements = try VariantElements(
                span, at: start, end: end, isLarge: header & 16 != 0, idWidth: Int(header >> 2 & 3) + 1,
                offsetWidth: Int(header & 3) + 1)
            return (.object(elements), elements.end)
        default:
            let elements = try VariantElements(
                span, at: start, end: end, isLarge: header & 4 != 0, idWidth: 0, offsetWidth: Int(header & 3) + 1)
            return (.array(elements), elements.end)
        }
    }

    private static func primitive(
        _ type: UInt8, _ span: RawSpan, at start: Int, end: Int
    ) throws(DecodeFault) -> (value: VariantValue, end: Int) {
        guard let byteCount = byteCount(of: type) else { throw DecodeFault(.unsupported(.variantType(type))) }
        guard byteCount <= end - start else { throw .malformed(.variantValue, at: start) }
        let value: VariantValue
        switch type {
        case 0: value = .null
        case 1, 2: value = .bool(type == 1)
        case 3: value = .integer(Int64(span.load(at: start, as: Int8.self)))
        case 4: value = .integer(Int64(span.load(at: start, as: Int16.self)))
        case 5: value = .integer(Int64(span.load(at: start, as: Int32.self)))
        case 6: value = .integer(span.load(at: start, as: Int64.self))
        case 7: value = .double(span.load(at: start, as: Double.self))
        case 8, 9, 10:
            let scale = Int(span.load(at: start, as: UInt8.self))
            guard scale <= 38 else { throw .malformed(.decimalRange, at: start) }
            let number =
                switch type {
                case 8: Int128(span.load(at: start + 1, as: Int32.self))
                case 9: Int128(span.load(at: start + 1, as: Int64.self))
                default: span.load(at: start + 1, as: Int128.self)
                }
            value = .decimal(number, scale: scale)
        case 11: value = .date(span.load(at: start, as: Int32.self))
        case 12, 13, 18, 19:
            value = .timestamp(
                span.load(at: start, as: Int64.self), isNanoseconds: type >= 18, isUTC: type == 12 || type == 18)
        case 14: value = .float(span.load(at: start, as: Float.self))
        case 15, 16:
            let count = Int(span.load(at: start, as: UInt32.self))
            let first = start + 4
            guard count <= end - first else { throw .malformed(.variantValue, at: start) }
            let bytes = first..<first + count
            return (type == 15 ? .binary(bytes) : .string(bytes), bytes.upperBound)
        case 17: value = .time(span.load(at: start, as: Int64.self))
        default: value = .uuid(start..<start + 16)
        }
        return (value, start + byteCount)
    }

    /// Bytes of a primitive value, without those that it counts itself; nil for a type that is not of the format.
    private static func byteCount(of type: UInt8) -> Int? {
        let counts = [0, 0, 0, 1, 2, 4, 8, 8, 5, 9, 17, 4, 8, 8, 4, 4, 4, 8, 8, 8, 16]
        return counts.indices.contains(Int(type)) ? counts[Int(type)] : nil
    }
}

/// What is inside an object or array.
struct VariantElements {
    /// Number of elements.
    let count: Int
    /// Where the elements begin.
    let start: Int
    /// Where they end.
    let end: Int
    private let ids: Int
    private let idWidth: Int
    private let offsets: Int
    private let offsetWidth: Int

    fileprivate init(
        _ span: RawSpan, at offset: Int, end: Int, isLarge: Bool, idWidth: Int, offsetWidth: Int
    ) throws(DecodeFault) {
        let countWidth = isLarge ? 4 : 1
        guard countWidth <= end - offset else { throw .malformed(.variantValue, at: offset) }
        count = span.unsigned(at: offset, byteWidth: countWidth)
        ids = offset + countWidth
        self.idWidth = idWidth
        offsets = ids + count * idWidth
        self.offsetWidth = offsetWidth
        start = offsets + (count + 1) * offsetWidth
        guard start <= end else { throw .malformed(.variantValue, at: offset) }
        let byteCount = span.unsigned(at: start - offsetWidth, byteWidth: offsetWidth)
        guard byteCount <= end - start else { throw .malformed(.variantValue, at: offset) }
        self.end = start + byteCount
    }

    /// Returns the id of the name of a field of an object.
    func id(_ index: Int, _ span: RawSpan) -> Int { span.unsigned(at: ids + index * idWidth, byteWidth: idWidth) }

    /// Returns where an element begins, which may be anywhere: reading it there checks that.
    func offset(_ index: Int, _ span: RawSpan) -> Int {
        start + span.unsigned(at: offsets + index * offsetWidth, byteWidth: offsetWidth)
    }
}
