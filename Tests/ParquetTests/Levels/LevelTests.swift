import ByteCore
import Parquet
import TestSupport
import Testing

@Suite("Levels")
struct LevelTests {
    private func leaf(definition: Int, repetition: Int) -> LeafColumn {
        LeafColumn(
            index: 0, path: ["a"], physicalType: .int32, repetition: .optional, maxDefinitionLevel: definition,
            maxRepetitionLevel: repetition)
    }

    @Test(
        "masks of random runs are taken in random steps, and values are spread to their rows", arguments: UInt64(0)..<60
    )
    func mask(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var levels: [UInt32] = []
        while levels.count < 6000 {
            let count = [1, 3, 20, 700, 3000][Int.random(in: 0..<5, using: &generator)]
            let kind = Int.random(in: 0..<3, using: &generator)
            levels += (0..<count).map { _ in kind < 2 ? UInt32(kind) : UInt32.random(in: 0...1, using: &generator) }
        }
        let body = Bytes(TestEncoders.hybrid(levels, bitWidth: 1, using: &generator))
        let runs = try LevelRuns(
            definition: body, repetition: Bytes(), leaf: leaf(definition: 1, repetition: 0), valueCount: levels.count,
            isFirstPage: true)
        guard case .mask(var mask) = runs else {
            Issue.record("not a mask")
            return
        }
        var validity = RowValidity(capacity: 10)
        var values = ByteBuilder()
        var offsets = ByteBuilder()
        offsets.append(Int32(0))
        var next: Int64 = 0
        while validity.count < levels.count {
            let start = validity.count
            let limit = min(levels.count - start, Int.random(in: 1...5000, using: &generator))
            let taken = try validity.take(limit, of: &mask)
            #expect(taken.rowCount >= 1 && taken.rowCount <= limit)
            for _ in 0..<taken.validCount {
                next += 1
                values.append(next)
                offsets.append(Int32(next))
            }
            guard taken.validCount < taken.rowCount else { continue }
            NullSpacing.spread(
                &values, byteWidth: 8, validCount: taken.validCount, rowCount: taken.rowCount, mask: validity.span,
                maskOffset: start)
            NullSpacing.spreadEnds(
                &offsets, validCount: taken.validCount, rowCount: taken.rowCount, mask: validity.span,
                maskOffset: start)
        }
        #expect(validity.nullCount == levels.count { $0 == 0 })
        var expected: [Int64] = []
        var ends: [Int32] = [0]
        var value: Int64 = 0
        for level in levels {
            value += Int64(level)
            expected.append(level == 0 ? 0 : value)
            ends.append(Int32(value))
        }
        #expect(values.freeze().values(Int64.self) == expected, "seed \(seed)")
        #expect(offsets.freeze().values(Int32.self) == ends, "seed \(seed)")
        let bits = validity.freeze()
        if !bits.isEmpty {
            #expect(levels.indices.allSatisfy { bits.span.bit(at: $0) == (levels[$0] == 1) }, "seed \(seed)")
        }
    }

    @Test("values of every width are spread", arguments: [1, 2, 3, 4, 8, 12, 16, 32])
    func spread(byteWidth: Int) {
        for seed in UInt64(0)..<20 {
            var generator = SeededGenerator(seed: seed)
            let rows = (0..<200).map { _ in Int.random(in: 0..<3, using: &generator) > 0 }
            var mask = BitBuilder()
            for row in rows { mask.append(row) }
            let entries = rows.filter { $0 }.map { _ in
                (0..<byteWidth).map { _ in UInt8.random(in: 1...255, using: &generator) }
            }
            var values = ByteBuilder()
            values.append(contentsOf: Array(entries.joined()))
            NullSpacing.spread(
                &values, byteWidth: byteWidth, validCount: entries.count, rowCount: rows.count, mask: mask.span,
                maskOffset: 0)
            var next = entries.makeIterator()
            let expected = rows.flatMap { row in
                row ? next.next() ?? [] : [UInt8](repeating: 0, count: byteWidth)
            }
            #expect([UInt8](values.freeze()) == expected, "seed \(seed)")
        }
    }

    @Test("a batch that begins with nothing but nulls has their bits")
    func nullsFirst() throws {
        var mask = try HybridRLE(body: Bytes([0x06, 0x00, 0x04, 0x01]), bitWidth: 1, count: 5)
        var validity = RowValidity(capacity: 5)
        while validity.count < 5 { _ = try validity.take(5 - validity.count, of: &mask) }
        #expect(validity.nullCount == 3)
        #expect([UInt8](validity.freeze()) == [0b0001_1000])
    }

    @Test("nested levels are kept one by one")
    func nested() throws {
        let runs = try LevelRuns(
            definition: Bytes([0x03, 0b1110_0100, 0]), repetition: Bytes([0x03, 0b0000_1010]),
            leaf: leaf(definition: 3, repetition: 1), valueCount: 4, isFirstPage: false)
        guard case .levels(var definition, var repetition?) = runs else {
            Issue.record("not levels")
            return
        }
        var levels = [UInt8](repeating: 9, count: 4)
        try definition.take(4, upTo: 3, into: &levels)
        #expect(levels == [0, 1, 2, 3])
        try repetition.take(4, upTo: 1, into: &levels)
        #expect(levels == [0, 1, 0, 1])
    }

    @Test("levels above the maximum, missing levels and a first level that goes on nothing are refused")
    func broken() throws {
        func kind(_ definition: [UInt8], _ repetition: [UInt8], _ leaf: LeafColumn, _ count: Int) -> DecodeFault.Kind? {
            brokenRule {
                let runs = try LevelRuns(
                    definition: Bytes(definition), repetition: Bytes(repetition), leaf: leaf, valueCount: count,
                    isFirstPage: true)
                guard case .levels(var definition, _) = runs else { return }
                var levels = [UInt8](repeating: 0, count: count)
                try definition.take(count, upTo: UInt8(leaf.maxDefinitionLevel), into: &levels)
            }
        }
        #expect(kind([0x08, 3], [], leaf(definition: 2, repetition: 0), 4) == .malformed(.valueAboveMaximum))
        #expect(kind([0x03, 0xFF, 0xFF], [], leaf(definition: 2, repetition: 0), 4) == .malformed(.valueAboveMaximum))
        #expect(kind([0x04, 1], [], leaf(definition: 2, repetition: 0), 4) == .truncated)
        #expect(
            kind([0x08, 1], [0x08, 1], leaf(definition: 2, repetition: 1), 4) == .malformed(.firstRepetitionLevel))
        #expect(kind([0x08, 1], [], leaf(definition: 256, repetition: 0), 4) == .limit(.nestingDepth))

        var mask = try HybridRLE(body: Bytes([0x08, 3]), bitWidth: 1, count: 4)
        var validity = RowValidity(capacity: 4)
        #expect(brokenRule { _ = try validity.take(4, of: &mask) } == .malformed(.valueAboveMaximum))
    }
}
