public import ByteCore

/// Which values of a page are there, and where rows begin, in the cheapest form that the schema allows.
///
/// Spec: README, "Nested Encoding".
public enum LevelRuns: Sendable {
    /// No levels: every value is there and is a row of its own.
    case required
    /// One bit for each row, 1 where the value is there: one optional field on the path and nothing repeated.
    case mask(HybridRLE)
    /// A level each for every value: how many optional and repeated fields of the path are there, and, where something
    /// is repeated, how many of the repeated fields go on from the value before.
    case levels(definition: HybridRLE, repetition: HybridRLE?)

    /// Reads the levels of a page; `definition` and `repetition` are hybrid runs without a length.
    ///
    /// - Throws: malformed where the first value of the chunk goes on a list that was never begun.
    public init(
        definition: Bytes, repetition: Bytes, leaf: LeafColumn, valueCount: Int, isFirstPage: Bool
    ) throws(DecodeFault) {
        let maximums = (definition: leaf.maxDefinitionLevel, repetition: leaf.maxRepetitionLevel)
        guard maximums.definition <= UInt8.max, maximums.repetition <= UInt8.max else {
            throw DecodeFault(.limit(.nestingDepth))
        }
        if leaf.isRequired {
            self = .required
        } else if maximums == (1, 0) {
            self = .mask(try HybridRLE(body: definition, bitWidth: 1, count: valueCount))
        } else {
            let definitionRuns = try HybridRLE(
                body: definition, bitWidth: leaf.definitionBitWidth, count: valueCount)
            guard maximums.repetition > 0 else {
                self = .levels(definition: definitionRuns, repetition: nil)
                return
            }
            let runs = try HybridRLE(body: repetition, bitWidth: leaf.repetitionBitWidth, count: valueCount)
            if isFirstPage, valueCount > 0 {
                var copy = runs
                guard try copy.takeFirst() == 0 else { throw .malformed(.firstRepetitionLevel) }
            }
            self = .levels(definition: definitionRuns, repetition: runs)
        }
    }
}
