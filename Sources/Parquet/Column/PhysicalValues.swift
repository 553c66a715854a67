public import ByteCore

/// The values of one page that were not taken yet, in the cheapest form that their encoding allows.
///
/// The one enumeration over how values are stored. Values are written once, when they are taken.
public enum PhysicalValues: Sendable {
    /// Values of `byteWidth` bytes each: a window over the page where it was PLAIN.
    case fixedWidth(Bytes, byteWidth: Int, index: Int)
    /// Bits, least significant first.
    case bits(Bytes, count: Int, index: Int)
    /// Bits in runs.
    case bitRuns(HybridRLE)
    /// Byte arrays with their lengths in between.
    case plainByteArrays(PlainByteArrays)
    /// Byte arrays with offsets.
    case byteRuns(ByteRuns, index: Int)
    /// Indices into the dictionary of the chunk.
    case indices(HybridRLE)
}

/// The values of a dictionary page, all decoded.
public enum DictionaryValues: Sendable {
    /// Values of `byteWidth` bytes each.
    case fixedWidth(Bytes, byteWidth: Int)
    /// Byte arrays.
    case byteRuns(ByteRuns)
}

extension PhysicalValues {
    /// Takes `count` values of a fixed width, appending them.
    ///
    /// - Throws: malformed where the page has fewer values or an index is not in the dictionary.
    public mutating func take(
        _ count: Int, dictionary: DictionaryValues?, into output: inout ByteBuilder
    ) throws(DecodeFault) {
        switch self {
        case .fixedWidth(let values, let byteWidth, let index):
            let end = index + count
            guard end <= Self.valueCount(values, byteWidth) else { throw .malformed(.tooFewValues) }
            output.append(contentsOf: values.span.extracting(index * byteWidth..<end * byteWidth))
            self = .fixedWidth(values, byteWidth: byteWidth, index: end)
        case .indices(var indices):
            guard case .fixedWidth(let values, let byteWidth)? = dictionary else {
                throw .malformed(.dictionaryMissing)
            }
            try Dictionary.gather(count, by: &indices, from: values, byteWidth: byteWidth, into: &output)
            self = .indices(indices)
        case .bits, .bitRuns, .plainByteArrays, .byteRuns:
            preconditionFailure("values of this form have no fixed width")
        }
    }

    /// Takes `count` values of a fixed width as a window, without a copy; nil where they are not next to each other.
    public mutating func window(_ count: Int) -> Bytes? {
        guard case .fixedWidth(let values, let byteWidth, let index) = self else { return nil }
        let end = index + count
        guard end <= Self.valueCount(values, byteWidth) else { return nil }
        self = .fixedWidth(values, byteWidth: byteWidth, index: end)
        return values[index * byteWidth..<end * byteWidth]
    }

    /// Takes `count` byte arrays as a window, appending where each ends in it; nil where they are not next to each other.
    public mutating func window(_ count: Int, offsets: inout ByteBuilder) -> Bytes? {
        guard case .byteRuns(let runs, let index) = self, index + count <= runs.count else { return nil }
        let start = runs.offset(index)
        runs.appendEnds(first: index, count: count, from: start, to: &offsets)
        self = .byteRuns(runs, index: index + count)
        return runs.data[start..<runs.offset(index + count)]
    }

    /// Takes `count` booleans, appending them.
    public mutating func take(_ count: Int, into output: inout BitBuilder) throws(DecodeFault) {
        switch self {
        case .bits(let values, let total, let index):
            guard index + count <= total else { throw .malformed(.tooFewValues) }
            output.append(bitsOf: values.span, from: index, count: count)
            self = .bits(values, count: total, index: index + count)
        case .bitRuns(var runs):
            _ = try runs.take(count, appendingTo: &output)
            self = .bitRuns(runs)
        case .fixedWidth, .indices, .plainByteArrays, .byteRuns:
            preconditionFailure("values of this form are not booleans")
        }
    }

    /// Takes `count` byte arrays, appending their bytes to `data` and where each ends to `offsets`.
    ///
    /// - Throws: `limit` before `data` gets longer than `byteLimit`, else as for values of a fixed width.
    public mutating func take(
        _ count: Int, dictionary: DictionaryValues?, byteLimit: Int, offsets: inout ByteBuilder,
        data: inout ByteBuilder
    ) throws(DecodeFault) {
        switch self {
        case .plainByteArrays(var arrays):
            try arrays.take(count, byteLimit: byteLimit, offsets: &offsets, data: &data)
            self = .plainByteArrays(arrays)
        case .byteRuns(let runs, let index):
            guard index + count <= runs.count else { throw .malformed(.tooFewValues) }
            try runs.append(first: index, count: count, byteLimit: byteLimit, offsets: &offsets, data: &data)
            self = .byteRuns(runs, index: index + count)
        case .indices(var indices):
            guard case .byteRuns(let runs)? = dictionary else { throw .malformed(.dictionaryMissing) }
            try Dictionary.gather(count, by: &indices, from: runs, byteLimit: byteLimit, offsets: &offsets, data: &data)
            self = .indices(indices)
        case .bits, .bitRuns, .fixedWidth:
            preconditionFailure("values of this form are not byte arrays")
        }
    }

    /// The last of byte arrays or fixed-length values that were decoded as a whole.
    var last: Bytes? {
        switch self {
        case .byteRuns(let runs, _) where runs.count > 0:
            runs.data[runs.offset(runs.count - 1)..<runs.offset(runs.count)]
        case .fixedWidth(let values, let byteWidth, _) where values.count >= byteWidth:
            values[values.count - byteWidth..<values.count]
        default: nil
        }
    }

    /// Values that fit a window; a width of 0 makes any number of empty values, as many as levels ask for.
    private static func valueCount(_ values: Bytes, _ byteWidth: Int) -> Int {
        byteWidth == 0 ? Int.max : values.count / byteWidth
    }
}
