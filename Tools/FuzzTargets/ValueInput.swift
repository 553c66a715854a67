import ByteCore
import Parquet

/// The values of a page, in every encoding of every type.
enum ValueInput {
    private static let encodings: [Encoding] = [
        .plain, .rle, .plainDictionary, .rleDictionary, .deltaBinaryPacked, .deltaLengthByteArray, .deltaByteArray,
        .byteStreamSplit, .alp,
    ]

    static func read(_ input: Bytes) throws {
        guard input.count > 3 else { return }
        let leaf = LeafColumn(
            index: 0, path: ["v"], physicalType: PhysicalType(rawValue: Int32(input[0] % 8)),
            typeLength: input[0] % 8 == 7 ? Int(input[2] % 20) : 0, repetition: .required, maxDefinitionLevel: 0,
            maxRepetitionLevel: 0)
        let encoding = encodings[Int(input[0] / 8) % encodings.count]
        let count = Int(input[1]) * 5
        // The bytes before the split are a dictionary, where the encoding has one.
        var body = input[3..<input.count]
        var dictionary: DictionaryValues?
        if encoding == .plainDictionary || encoding == .rleDictionary {
            let split = min(Int(input[2]), body.count)
            let width = leaf.physicalType == .int64 || leaf.physicalType == .double ? 8 : 4
            dictionary = try ValueDecoding.dictionary(
                body[0..<split], encoding: .plain, leaf: leaf, count: split / max(leaf.typeLength, width))
            body = body[split..<body.count]
        }
        var values = try ValueDecoding.open(
            body, encoding: encoding, leaf: leaf, limit: count, limits: FileInput.limits, before: body)
        var rest = count
        var step = 1
        while rest > 0 {
            try take(min(step, rest), of: &values, dictionary, leaf)
            rest -= min(step, rest)
            step = step * 3 % 1_000
        }
    }

    private static func take(
        _ count: Int, of values: inout PhysicalValues, _ dictionary: DictionaryValues?, _ leaf: LeafColumn
    ) throws {
        var output = ByteBuilder()
        switch leaf.physicalType {
        case .boolean:
            var bits = BitBuilder()
            try values.take(count, into: &bits)
        case .byteArray:
            var offsets = ByteBuilder()
            offsets.append(Int32(0))
            if values.window(count, offsets: &offsets) != nil { return }
            try values.take(
                count, dictionary: dictionary, byteLimit: FileInput.limits.batchByteCount, offsets: &offsets,
                data: &output)
            let ends = offsets.freeze()
            precondition(ends.count == (count + 1) * 4, "an offset for each value")
            try ByteRuns(count: count, offsets: ends, data: output.freeze()).requireUTF8()
        default:
            if values.window(count) != nil { return }
            try values.take(count, dictionary: dictionary, into: &output)
        }
    }
}
