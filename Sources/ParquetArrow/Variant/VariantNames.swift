import ByteCore

/// The names of the fields of a variant's objects: its metadata.
///
/// Spec: VariantEncoding.md, "Metadata encoding". Nothing is copied; a name is checked when it is asked for.
struct VariantNames: Sendable {
    /// The metadata.
    let bytes: Bytes
    /// Number of names.
    let count: Int
    private let offsetWidth: Int
    /// Where the first name begins.
    private let start: Int

    /// Reads the header.
    ///
    /// - Throws: malformed where the offsets are not all there, unsupported for another version than 1.
    init(_ bytes: Bytes) throws(DecodeFault) {
        guard let header = bytes.isEmpty ? nil : bytes[0] else { throw .malformed(.variantMetadata) }
        guard header & 0x0F == 1 else { throw DecodeFault(.unsupported(.variantVersion(header & 0x0F))) }
        offsetWidth = Int(header >> 6) + 1
        guard bytes.count >= 1 + 2 * offsetWidth else { throw .malformed(.variantMetadata) }
        count = bytes.span.unsigned(at: 1, byteWidth: offsetWidth)
        start = 1 + offsetWidth * (count + 2)
        guard start <= bytes.count else { throw .malformed(.variantMetadata) }
        self.bytes = bytes
    }

    /// Returns where the name with an id is in the bytes.
    ///
    /// - Throws: malformed where there is no such name, or it is not inside the bytes.
    func range(_ id: Int) throws(DecodeFault) -> Range<Int> {
        guard id < count else { throw .malformed(.variantName) }
        let place = 1 + offsetWidth * (id + 1)
        let first = bytes.span.unsigned(at: place, byteWidth: offsetWidth)
        let last = bytes.span.unsigned(at: place + offsetWidth, byteWidth: offsetWidth)
        guard first <= last, last <= bytes.count - start else { throw .malformed(.variantMetadata, at: place) }
        return start + first..<start + last
    }

    /// Returns the ids in the order of their names.
    ///
    /// - Throws: malformed where a name is not inside the bytes.
    func sortedIDs() throws(DecodeFault) -> [Int] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(count)
        var isSorted = true
        for id in 0..<count {
            let range = try range(id)
            if let last = ranges.last {
                isSorted = isSorted && bytes.span.compare(last, with: bytes.span, range) != .greater
            }
            ranges.append(range)
        }
        if isSorted { return Array(0..<count) }
        return (0..<count).sorted { bytes.span.compare(ranges[$0], with: bytes.span, ranges[$1]) == .less }
    }
}

/// Which of two runs of bytes comes first.
enum ByteOrder: Hashable, Sendable {
    case less
    case equal
    case greater
}

extension RawSpan {
    /// Returns an unsigned number of 1 to 4 bytes at an offset that the caller has checked.
    func unsigned(at offset: Int, byteWidth: Int) -> Int {
        switch byteWidth {
        case 1: Int(load(at: offset, as: UInt8.self))
        case 2: Int(load(at: offset, as: UInt16.self))
        case 3: Int(load(at: offset, as: UInt16.self)) | Int(load(at: offset + 2, as: UInt8.self)) << 16
        default: Int(load(at: offset, as: UInt32.self))
        }
    }

    /// Compares bytes as unsigned numbers; a beginning of the other comes first.
    func compare(_ range: Range<Int>, with other: RawSpan, _ otherRange: Range<Int>) -> ByteOrder {
        let shared = Swift.min(range.count, otherRange.count)
        for index in 0..<shared {
            let mine = load(at: range.lowerBound &+ index, as: UInt8.self)
            let others = other.load(at: otherRange.lowerBound &+ index, as: UInt8.self)
            if mine != others { return mine < others ? .less : .greater }
        }
        return range.count == otherRange.count ? .equal : range.count < otherRange.count ? .less : .greater
    }
}
