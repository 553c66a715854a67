import ByteCore
import Parquet

/// Definition and repetition levels of some pages.
enum LevelInput {
    static func read(_ input: Bytes) throws {
        guard input.count > 3 else { return }
        let repeated = Int(input[0] % 5)
        // Optional fields lie before, between and after the repeated ones.
        let optional = Int(input[0] / 5 % 5)
        let elements = (1...5).prefix(repeated).map { depth in
            LevelSlots(repetition: UInt8(depth), definition: UInt8(depth + min(depth, optional)))
        }
        let maxDefinition = Int(elements.last?.definition ?? 0) + Int(input[0] / 25 % 4)
        let leaf = LeafColumn(
            index: 0, path: ["v"], physicalType: .int32, repetition: .optional, maxDefinitionLevel: maxDefinition,
            maxRepetitionLevel: repeated)
        let body = input[3..<input.count]
        let split = min(Int(input[2]), body.count)
        let halves = (definition: body[split..<body.count], repetition: body[0..<split])
        let valueCount = 1 + Int(input[1]) * 17
        var cutter = LevelCutter(leaf: leaf, elements: elements, limits: FileInput.limits)
        for pageIndex in 0..<2 {
            let levels = try LevelRuns(
                definition: halves.definition, repetition: halves.repetition, leaf: leaf, valueCount: valueCount,
                isFirstPage: pageIndex == 0)
            cutter.open(levels, valueCount: valueCount)
            // Two passes over the levels of a page always take all of them.
            while !cutter.isPageEmpty {
                cutter.begin(valueCount / 2 + 1)
                var validity = RowValidity(capacity: valueCount)
                while try cutter.take(&validity) != nil {}
                guard cutter.rows.count > 0 else { break }
                var outer = LevelSlots.rows
                var slotCount = outerCount(cutter.rows)
                for slots in elements {
                    let offsets = cutter.rows.offsets(of: outer, slotCount: slotCount, elements: slots)
                    precondition(offsets.count == (slotCount + 1) * 4, "an offset for each list")
                    slotCount = Int(offsets.span.load(at: slotCount * 4, as: Int32.self))
                    outer = slots
                }
            }
            guard cutter.isPageEmpty else { return }
        }
    }

    /// Number of rows, in levels that may begin in the middle of one.
    private static func outerCount(_ rows: RowLevels) -> Int {
        rows.repetition.isEmpty ? rows.count : rows.repetition.count { $0 == 0 }
    }
}
