public import ByteCore

/// At which levels a value of an array begins: where nothing above it goes on, and all that it lies in is there.
public struct LevelSlots: Hashable, Sendable {
    /// Number of repeated fields down to the array's values: a higher repetition level goes on inside of a value.
    public let repetition: UInt8
    /// Definition level of an element of the innermost of these repeated fields: below it there is no value.
    public let definition: UInt8

    /// The values of a column: one for each row.
    public static let rows = LevelSlots(repetition: 0, definition: 0)

    /// Creates the levels of the elements of a repeated field.
    public init(repetition: UInt8, definition: UInt8) {
        self.repetition = repetition
        self.definition = definition
    }
}

/// The levels of some rows of a leaf, one byte each, and what they say of the arrays above the leaf.
///
/// Spec: README, "Nested Encoding". Each pass is linear in the number of levels and has no branch that depends on them.
/// Unsafe: the passes read levels, and write offsets, through pointers, at indices below the counts of both.
public struct RowLevels: Sendable {
    /// How many optional and repeated fields of the path are there.
    public internal(set) var definition: [UInt8] = []
    /// How many repeated fields go on from the level before; empty where nothing is repeated.
    public internal(set) var repetition: [UInt8] = []
    /// The highest repetition level that the leaf can have.
    let maxRepetition: UInt8

    init(maxRepetition: UInt8) { self.maxRepetition = maxRepetition }

    /// Number of levels.
    public var count: Int { definition.count }

    /// Levels of a step: as many as the words of its bits hold.
    static let blockCount = 2048

    /// Appends for each value of an array whether it is there, which is from a definition level on.
    ///
    /// - Parameters:
    ///   - slots: where the values of the array begin.
    ///   - present: definition level of a value that is not null.
    ///   - range: the levels looked at.
    ///   - validity: takes the bits.
    /// - Returns: how many values begin, and how many of them are there.
    @discardableResult
    public func appendValidity(
        of slots: LevelSlots, presentFrom present: UInt8, in range: Range<Int>, to validity: inout RowValidity
    ) -> (slotCount: Int, validCount: Int) {
        var total = (slotCount: 0, validCount: 0)
        var start = range.lowerBound
        var words = InlineArray<32, UInt64>(repeating: 0)
        while start < range.upperBound {
            let end = min(range.upperBound, start + Self.blockCount)
            let found = collect(slots, present, start..<end, into: &words)
            if found.slotCount > 0 {
                unsafe validity.append(found.validCount, of: found.slotCount, bits: words.span.bytes)
            }
            total.slotCount += found.slotCount
            total.validCount += found.validCount
            start = end
        }
        return total
    }

    private func collect(
        _ slots: LevelSlots, _ present: UInt8, _ range: Range<Int>, into words: inout InlineArray<32, UInt64>
    ) -> (slotCount: Int, validCount: Int) {
        unsafe definition.withUnsafeBufferPointer { definition in
            unsafe repetition.withUnsafeBufferPointer { repetition in
                // Where no level can be above that of the array, none has to be looked at.
                let isFiltered = slots.repetition < maxRepetition
                precondition(range.upperBound <= definition.count && range.count <= Self.blockCount)
                precondition(!isFiltered || repetition.count == definition.count)
                var (word, used, slotCount, validCount) = (UInt64(0), UInt64(0), 0, 0)
                for index in range {
                    let level = unsafe definition[index]
                    var isSlot: UInt64 = level >= slots.definition ? 1 : 0
                    if isFiltered { isSlot &= unsafe repetition[index] <= slots.repetition ? 1 : 0 }
                    let isValid = isSlot & (level >= present ? 1 : 0)
                    word |= isValid &<< used
                    used &+= isSlot
                    validCount &+= Int(truncatingIfNeeded: isValid)
                    if used == 64 {
                        words[slotCount &>> 6] = word
                        slotCount &+= 64
                        (word, used) = (0, 0)
                    }
                }
                if used > 0 { words[slotCount &>> 6] = word }
                return (slotCount &+ Int(truncatingIfNeeded: used), validCount)
            }
        }
    }

    /// Returns for each list where its elements begin, and where the last one's end: `slotCount + 1` offsets.
    ///
    /// - Parameters:
    ///   - slots: where the lists begin, of which there are `slotCount`.
    ///   - elements: where their elements begin.
    public func offsets(of slots: LevelSlots, slotCount: Int, elements: LevelSlots) -> Bytes {
        var offsets = ByteBuilder(capacity: (slotCount + 1) * 4)
        unsafe offsets.rewrite(from: 0, byteCount: (slotCount + 1) * 4) { target in
            unsafe definition.withUnsafeBufferPointer { definition in
                unsafe repetition.withUnsafeBufferPointer { repetition in
                    precondition(repetition.count == definition.count)
                    var (slot, element) = (0, Int32(0))
                    for index in 0..<definition.count {
                        let level = unsafe (definition: definition[index], repetition: repetition[index])
                        // The end of the lists so far is the start of the next one, whether it begins here or later.
                        unsafe target.storeBytes(of: element, toByteOffset: slot &* 4, as: Int32.self)
                        let isSlot = level.definition >= slots.definition && level.repetition <= slots.repetition
                        slot &+= isSlot ? 1 : 0
                        precondition(slot <= slotCount)
                        let isElement =
                            level.definition >= elements.definition && level.repetition <= elements.repetition
                        element &+= isElement ? 1 : 0
                    }
                    precondition(slot == slotCount)
                    unsafe target.storeBytes(of: element, toByteOffset: slot &* 4, as: Int32.self)
                }
            }
        }
        return offsets.freeze()
    }

    /// Returns how many rows begin in a range of the levels of a leaf that repeats.
    func rowCount(in range: Range<Int>) -> Int {
        unsafe repetition.withUnsafeBufferPointer { repetition in
            precondition(range.upperBound <= repetition.count)
            var rowCount = 0
            for index in range { rowCount &+= unsafe repetition[index] == 0 ? 1 : 0 }
            return rowCount
        }
    }

    /// Returns whether every level that goes on a list lies in it, as the one before it did.
    ///
    /// - Parameters:
    ///   - range: the levels looked at.
    ///   - last: the definition level before them.
    ///   - elements: definition levels of the elements of each repeated field, after a 0 for the row itself.
    func isContinuous(in range: Range<Int>, after last: UInt8, elements: [UInt8]) -> Bool {
        unsafe definition.withUnsafeBufferPointer { definition in
            unsafe repetition.withUnsafeBufferPointer { repetition in
                unsafe elements.withUnsafeBufferPointer { elements in
                    precondition(elements.count == Int(maxRepetition) + 1 && repetition.count == definition.count)
                    precondition(range.upperBound <= definition.count && maxRepetition > 0)
                    guard let start = range.first else { return true }
                    // Both levels must be those of an element at least; a row goes on nothing.
                    var isBroken: UInt8 = unsafe min(definition[start], last) < elements[Int(repetition[start])] ? 1 : 0
                    let outermost = unsafe elements[1]
                    for index in range.dropFirst() {
                        let lower = unsafe min(definition[index], definition[index &- 1])
                        let needed =
                            unsafe maxRepetition == 1
                            ? (repetition[index] == 0 ? 0 : outermost) : elements[Int(repetition[index])]
                        isBroken |= lower < needed ? 1 : 0
                    }
                    return isBroken == 0
                }
            }
        }
    }

    /// Returns whether two leaves say the same of the group that both lie in, whose levels `group` has.
    public func agrees(with other: RowLevels, inside group: LevelSlots) -> Bool {
        let isWhole = maxRepetition == group.repetition && other.maxRepetition == group.repetition
        if isWhole { guard count == other.count, repetition == other.repetition else { return false } }
        return unsafe definition.withUnsafeBufferPointer { mine in
            unsafe other.definition.withUnsafeBufferPointer { others in
                guard !isWhole else {
                    var difference: UInt8 = 0
                    for index in 0..<mine.count {
                        difference |= unsafe min(mine[index], group.definition) ^ min(others[index], group.definition)
                    }
                    return difference == 0
                }
                var (index, otherIndex) = (0, 0)
                while true {
                    while index < mine.count, inside(index, group) { index &+= 1 }
                    while otherIndex < others.count, other.inside(otherIndex, group) { otherIndex &+= 1 }
                    guard index < mine.count, otherIndex < others.count else {
                        return index == mine.count && otherIndex == others.count
                    }
                    let isSame = unsafe min(mine[index], group.definition) == min(others[otherIndex], group.definition)
                    guard isSame, repetition(at: index) == other.repetition(at: otherIndex) else { return false }
                    index &+= 1
                    otherIndex &+= 1
                }
            }
        }
    }

    private func repetition(at index: Int) -> UInt8 { maxRepetition == 0 ? 0 : repetition[index] }

    private func inside(_ index: Int, _ group: LevelSlots) -> Bool { repetition(at: index) > group.repetition }
}
