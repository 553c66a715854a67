public import ByteCore

/// Cuts the levels of a leaf's pages at the beginnings of rows; a row may go on over any number of pages.
public struct LevelCutter: Sendable {
    /// The levels of the rows that are being taken.
    public private(set) var rows: RowLevels

    private let maxDefinition: UInt8
    private let maxRepetition: UInt8
    /// Where the leaf's values begin.
    private let slots: LevelSlots
    /// Definition levels of the elements of the repeated fields, outermost first, after a 0 for the row itself.
    private let elementDefinitions: [UInt8]
    private let valueLimit: Int

    /// What is left of the open page: levels that are still runs, and after those a block of bytes.
    private var definitionRuns: HybridRLE?
    private var repetitionRuns: HybridRLE?
    private var runCount = 0
    private var block: RowLevels
    private var blockIndex = 0
    private var blockEnd = 0

    private var wantedRowCount = 0
    private var begunRowCount = 0
    /// The level before the next one.
    private var lastDefinition: UInt8 = 0

    /// Creates a cutter; `elements` are the levels of the repeated fields on the leaf's path, outermost first.
    public init(leaf: LeafColumn, elements: [LevelSlots], limits: Limits) {
        precondition(elements.count == leaf.maxRepetitionLevel && leaf.maxDefinitionLevel <= UInt8.max)
        maxDefinition = UInt8(leaf.maxDefinitionLevel)
        maxRepetition = UInt8(leaf.maxRepetitionLevel)
        slots = elements.last ?? .rows
        elementDefinitions = [0] + elements.map(\.definition)
        // Offsets of lists have 32 bits.
        valueLimit = min(limits.batchValueCount, Int(Int32.max))
        rows = RowLevels(maxRepetition: maxRepetition)
        block = RowLevels(maxRepetition: maxRepetition)
    }

    /// Forgets the rows that were taken and begins to take `rowCount` more.
    public mutating func begin(_ rowCount: Int) {
        rows.definition.removeAll(keepingCapacity: true)
        rows.repetition.removeAll(keepingCapacity: true)
        wantedRowCount = rowCount
        begunRowCount = 0
    }

    /// Whether nothing is left of the open page.
    public var isPageEmpty: Bool { blockIndex == blockEnd && runCount == 0 }

    /// Whether the next step needs a page: where something repeats, only the next page says where the last row ends.
    public var needsPage: Bool { isPageEmpty && (maxRepetition > 0 || begunRowCount < wantedRowCount) }

    /// Whether all rows have begun, so that a column may end here.
    public var hasAllRows: Bool { begunRowCount == wantedRowCount }

    /// Opens the levels of a page of `valueCount` values, after the last one was taken whole.
    public mutating func open(_ levels: LevelRuns, valueCount: Int) {
        precondition(isPageEmpty)
        runCount = valueCount
        switch levels {
        case .required: (definitionRuns, repetitionRuns) = (nil, nil)
        case .mask(let mask): (definitionRuns, repetitionRuns) = (mask, nil)
        case .levels(let definition, let repetition): (definitionRuns, repetitionRuns) = (definition, repetition)
        }
    }

    /// Takes some levels of the open page, at most to the end of the last row; nil where that was reached.
    ///
    /// - Parameter validity: takes for each value of the leaf whether it is there.
    /// - Returns: how many values begin, and how many of them are there; both may be 0.
    /// - Throws: malformed where a level is above its maximum or goes on a list that is not there, limit where the rows
    ///   have too many values.
    public mutating func take(
        _ validity: inout RowValidity
    ) throws(DecodeFault) -> (slotCount: Int, validCount: Int)? {
        if blockIndex == blockEnd {
            guard runCount > 0 else { return nil }
            try readBlock()
        }
        let start = blockIndex
        let (end, rowCount) = endOfRows()
        guard end > start else { return nil }
        if maxRepetition > 0 {
            let isContinuous = block.isContinuous(
                in: start..<end, after: lastDefinition, elements: elementDefinitions)
            guard isContinuous else { throw .malformed(.brokenRepetition) }
        }
        guard rows.count + end - start <= valueLimit else { throw DecodeFault(.limit(.batchValueCount)) }
        blockIndex = end
        begunRowCount = rowCount
        lastDefinition = block.definition[end - 1]
        rows.definition.append(contentsOf: block.definition[start..<end])
        if maxRepetition > 0 { rows.repetition.append(contentsOf: block.repetition[start..<end]) }
        return block.appendValidity(of: slots, presentFrom: maxDefinition, in: start..<end, to: &validity)
    }

    private mutating func readBlock() throws(DecodeFault) {
        let count = min(runCount, RowLevels.blockCount)
        if block.definition.isEmpty {
            block.definition = [UInt8](repeating: 0, count: RowLevels.blockCount)
            if maxRepetition > 0 { block.repetition = block.definition }
        }
        if maxDefinition > 0 { try definitionRuns?.take(count, upTo: maxDefinition, into: &block.definition) }
        if maxRepetition > 0 { try repetitionRuns?.take(count, upTo: maxRepetition, into: &block.repetition) }
        runCount -= count
        blockIndex = 0
        blockEnd = count
    }

    /// Returns where the row after the last wanted one begins in the block, or its end, and how many have begun then.
    private func endOfRows() -> (index: Int, begunRowCount: Int) {
        guard maxRepetition > 0 else {
            let count = min(blockEnd - blockIndex, wantedRowCount - begunRowCount)
            return (blockIndex + count, begunRowCount + count)
        }
        let wholeCount = begunRowCount + block.rowCount(in: blockIndex..<blockEnd)
        if wholeCount <= wantedRowCount { return (blockEnd, wholeCount) }
        var (index, rowCount) = (blockIndex, begunRowCount)
        while rowCount < wantedRowCount || block.repetition[index] != 0 {
            rowCount += block.repetition[index] == 0 ? 1 : 0
            index += 1
        }
        return (index, rowCount)
    }
}
