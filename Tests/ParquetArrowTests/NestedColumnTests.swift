import ArrowLayout
import ByteCore
import Foundation
import Parquet
import ParquetArrow
import TestSupport
import Testing

@Suite("Nested columns")
struct NestedColumnTests {
    /// The document schema and the two records of the Dremel paper, with the levels that it prints.
    private static let document: [ParquetField] = [
        .leaf("DocId", .required),
        .group("Links", .optional, nil, [.leaf("Backward", .repeated), .leaf("Forward", .repeated)]),
        .group(
            "Name", .repeated, nil,
            [
                .group(
                    "Language", .repeated, nil,
                    [.leaf("Code", .required, text: true), .leaf("Country", .optional, text: true)]),
                .leaf("Url", .optional, text: true),
            ]),
    ]

    private static let documentColumns: [[ShreddedColumn.Entry]] = [
        [.init(0, 0, .number(10)), .init(0, 0, .number(20))],
        [.init(0, 1), .init(0, 2, .number(10)), .init(1, 2, .number(30))],
        [
            .init(0, 2, .number(20)), .init(1, 2, .number(40)), .init(1, 2, .number(60)), .init(0, 2, .number(80)),
        ],
        [
            .init(0, 2, .text("en-us")), .init(2, 2, .text("en")), .init(1, 1), .init(1, 2, .text("en-gb")),
            .init(0, 1),
        ],
        [.init(0, 3, .text("us")), .init(2, 2), .init(1, 1), .init(1, 3, .text("gb")), .init(0, 1)],
        [.init(0, 2, .text("http://A")), .init(1, 2, .text("http://B")), .init(1, 1), .init(0, 2, .text("http://C"))],
    ]

    @Test("the records of the Dremel paper, cut into pages anywhere", arguments: [1, 2], UInt64(0)..<8)
    func dremel(rows: Int, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let columns = Self.documentColumns.map { entries in
            let cuts = Set((1...5).filter { _ in Bool.random(using: &generator) })
            return ShreddedColumn(entries: entries, cuts: cuts)
        }
        let file = NestedFile.bytes(Self.document, columns, rowCount: 2, seed: seed)
        let table = try await NestedTable(file, rows: rows)
        #expect(table.columns[0] == [.number(10), .number(20)])
        #expect(
            table.columns[1] == [
                .group([.list([]), .list([.number(20), .number(40), .number(60)])]),
                .group([.list([.number(10), .number(30)]), .list([.number(80)])]),
            ])
        let languages: [NestedValue] = [
            .list([.group([.text("en-us"), .text("us")]), .group([.text("en"), .null])]),
            .list([]), .list([.group([.text("en-gb"), .text("gb")])]),
        ]
        #expect(
            table.columns[2] == [
                .list([
                    .group([languages[0], .text("http://A")]), .group([languages[1], .text("http://B")]),
                    .group([languages[2], .null]),
                ]),
                .list([.group([.list([]), .text("http://C")])]),
            ])
        #expect(table.batchRowCounts == (rows == 1 ? [1, 1] : [2]))
    }

    @Test(
        "random types and values come back, in batches of any length and pages cut anywhere", arguments: UInt64(0)..<150
    )
    func roundTrip(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let type = NestedType.structure([
            (NestedType.random(depth: Int.random(in: 0...5, using: &generator), using: &generator), seed % 2 == 0),
            (NestedType.random(depth: Int.random(in: 0...3, using: &generator), using: &generator), seed % 3 == 0),
        ])
        // At the top both a struct of fields and the fields on their own.
        let isTop = seed % 4 < 2
        let root = type.field("root", seed % 5 == 0 || isTop ? .required : .optional)
        let rowCount = Int.random(in: 1...60, using: &generator)
        var shredder = Shredder(root)
        var expected: [NestedValue] = []
        for _ in 0..<rowCount {
            let isNull = root.repetition == .optional && Int.random(in: 0..<4, using: &generator) == 0
            let value = isNull ? .null : type.value(using: &generator)
            let stored = type.stored(value, root.repetition)
            shredder.add(stored.file, of: root)
            expected.append(stored.arrow)
        }
        let columns = shredder.columns.map { column in
            let cuts = (0..<column.entries.count).filter { _ in Int.random(in: 0..<9, using: &generator) == 0 }
            return ShreddedColumn(entries: column.entries, cuts: Set(cuts))
        }
        let file = NestedFile.bytes(isTop ? root.children : [root], columns, rowCount: rowCount, seed: seed)
        for rows in [1, 2, 7, rowCount, 1000] {
            let table = try await NestedTable(file, rows: rows)
            let read =
                isTop
                ? (0..<rowCount).map { row in NestedValue.group(table.columns.map { $0[row] }) } : table.columns[0]
            let wrong = zip(read, expected).enumerated().first { $0.element.0 != $0.element.1 }
            #expect(wrong == nil && read.count == expected.count, "seed \(seed), \(rows) rows, \(table.schema)")
            #expect(table.batchRowCounts.dropLast().allSatisfy { $0 == rows }, "seed \(seed)")
        }
    }

    @Test("lists longer than a block of levels, over many pages")
    func longLists() async throws {
        let field = ParquetField.group(
            "a", .optional, ParquetField.list, [.group("list", .repeated, nil, [.leaf("element", .optional)])])
        var shredder = Shredder(field)
        var expected: [NestedValue] = []
        for count in [0, 5000, 1, 2047, 2048, 2049, 0, 10_000] {
            let values = (0..<count).map { $0 % 7 == 0 ? NestedValue.null : .number($0) }
            shredder.add(.group([.list(values.map { .group([$0]) })]), of: field)
            expected.append(.list(values))
        }
        let cuts = Set(stride(from: 777, to: 30_000, by: 1777))
        let column = ShreddedColumn(entries: shredder.columns[0].entries, cuts: cuts)
        let file = NestedFile.bytes([field], [column], rowCount: expected.count, seed: 1)
        for rows in [1, 3, 8] {
            let table = try await NestedTable(file, rows: rows)
            #expect(zip(table.columns[0], expected).allSatisfy { $0 == $1 }, "\(rows) rows")
        }
        var limits = Limits()
        limits.batchValueCount = 9999
        let error = await #expect(throws: ParquetError.self) {
            _ = try await NestedTable(file, rows: 1, limits: limits)
        }
        #expect(error?.kind == .limit(.batchValueCount))
    }

    @Test("a hundred and twenty lists, structs and maps in each other", arguments: [0, 1, 2])
    func deep(kind: Int) async throws {
        var type = NestedType.number
        for level in 0..<(kind == 0 ? 120 : 60) {
            switch kind {
            case 0: type = .structure([(type, level % 2 == 0)])
            case 1: type = .list(type, isNullable: true, .threeLevel)
            default: type = .map(key: .number, value: type, isNullable: true)
            }
        }
        func value(_ type: NestedType) -> NestedValue {
            switch type {
            case .structure(let children): .group([value(children[0].type)])
            case .list(let element, _, _): .list([value(element)])
            case .map(_, let item, _): .list([.group([.number(1), value(item)])])
            case .number, .text: .number(7)
            }
        }
        let field = type.field("a", .optional)
        let stored = type.stored(value(type), .optional)
        var shredder = Shredder(field)
        for _ in 0..<3 { shredder.add(stored.file, of: field) }
        shredder.add(.null, of: field)
        let file = NestedFile.bytes([field], shredder.columns, rowCount: 4)
        let table = try await NestedTable(file, rows: 3)
        #expect(table.columns[0] == [stored.arrow, stored.arrow, stored.arrow, .null])
    }

    // MARK: Broken structure

    private func kind(
        _ fields: [ParquetField], _ columns: [[ShreddedColumn.Entry]], rowCount: Int
    ) async -> (kind: DecodeFault.Kind?, column: String?) {
        let file = NestedFile.bytes(fields, columns.map { ShreddedColumn(entries: $0) }, rowCount: rowCount)
        do {
            _ = try await NestedTable(file, rows: 10)
            return (nil, nil)
        } catch {
            let error = error as? ParquetError
            return (error?.kind, error?.column)
        }
    }

    private static let pair = ParquetField.group(
        "s", .optional, nil, [.leaf("a", .optional), .leaf("b", .optional)])
    private static let map = ParquetField.group(
        "m", .optional, ParquetField.map,
        [.group("key_value", .repeated, nil, [.leaf("key", .optional), .leaf("value", .optional)])])
    private static let list = ParquetField.group(
        "l", .optional, ParquetField.list, [.group("list", .repeated, nil, [.leaf("element", .required)])])

    @Test("columns of one struct that disagree whether it is there")
    func siblings() async {
        let one = ShreddedColumn.Entry(0, 2, .number(1))
        #expect(await kind([Self.pair], [[one, .init(0, 0)], [one, .init(0, 0)]], rowCount: 2).kind == nil)
        #expect(await kind([Self.pair], [[one, .init(0, 1)], [.init(0, 1), one]], rowCount: 2).kind == nil)
        let found = await kind([Self.pair], [[one, .init(0, 0)], [one, .init(0, 1)]], rowCount: 2)
        #expect(found.kind == .malformed(.siblingStructure))
        #expect(found.column == "s.a and s.b")
    }

    @Test("keys and values of a map that differ in number")
    func entries() async {
        let (first, next) = (ShreddedColumn.Entry(0, 3, .number(1)), ShreddedColumn.Entry(1, 3, .number(2)))
        #expect(await kind([Self.map], [[first, next], [first, next]], rowCount: 1).kind == nil)
        let found = await kind([Self.map], [[first, next], [first]], rowCount: 1)
        #expect(found.kind == .malformed(.siblingStructure))
        #expect(found.column == "m.key_value.key and m.key_value.value")
        // One has a list of lists, the other only a list: they are compared where both have it.
        let mixed = ParquetField.group("s", .repeated, nil, [.leaf("a", .repeated), .leaf("b", .required)])
        let inner: [ShreddedColumn.Entry] = [.init(0, 2, .number(1)), .init(2, 2, .number(1)), .init(1, 1)]
        let outer: [ShreddedColumn.Entry] = [.init(0, 1, .number(1)), .init(1, 1, .number(1))]
        #expect(await kind([mixed], [inner, outer], rowCount: 1).kind == nil)
        #expect(
            await kind([mixed], [inner, outer + outer.suffix(1)], rowCount: 1).kind == .malformed(.siblingStructure))
        #expect(await kind([mixed], [inner.dropLast(), outer], rowCount: 1).kind == .malformed(.siblingStructure))
    }

    @Test("a null key, where keys are optional")
    func nullKey() async {
        let value = ShreddedColumn.Entry(0, 3, .number(1))
        #expect(await kind([Self.map], [[.init(0, 1)], [.init(0, 1)]], rowCount: 1).kind == nil)
        let found = await kind([Self.map], [[.init(0, 2)], [value]], rowCount: 1)
        #expect(found.kind == .malformed(.mapKeyNull))
        #expect(found.column == "m.key_value.key")
    }

    @Test("levels that go on no list, and rows that are too few or too many")
    func levels() async {
        let (first, next) = (ShreddedColumn.Entry(0, 2, .number(1)), ShreddedColumn.Entry(1, 2, .number(2)))
        #expect(await kind([Self.list], [[first, next, .init(0, 1), .init(0, 0)]], rowCount: 3).kind == nil)
        #expect(await kind([Self.list], [[next, first]], rowCount: 1).kind == .malformed(.firstRepetitionLevel))
        #expect(await kind([Self.list], [[.init(0, 0), next]], rowCount: 1).kind == .malformed(.brokenRepetition))
        #expect(await kind([Self.list], [[first, .init(1, 1)]], rowCount: 1).kind == .malformed(.brokenRepetition))
        for rowCount in [1, 3] {
            let found = await kind([Self.list], [[first, next, first]], rowCount: rowCount)
            #expect(found.kind == .malformed(.columnRowCount))
            #expect(found.column == "l.list.element")
        }
    }

    // MARK: Files of other writers

    @Test("nested files of other writers are read alike in batches of any length")
    func corpus() async throws {
        guard let directory = ProcessInfo.processInfo.environment["PARQUET_CORPUS"] else { return }
        let root = URL(filePath: directory)
        let lines = try String(decoding: Data(contentsOf: root.appending(path: "MANIFEST.tsv")), as: UTF8.self)
        var fileCount = 0
        for line in lines.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            let isNested = cells[11].contains("rep:repeated") || cells[11].contains("ct:LIST")
            guard isNested, cells[2] == "good", (Int(cells[7]) ?? 0) < 100_000 else { continue }
            let file = Bytes(try Data(contentsOf: root.appending(path: String(cells[1]))))
            do {
                let whole = try await NestedTable(file, rows: 65_536)
                let cut = try await NestedTable(file, rows: 7)
                let isSame = zip(whole.columns, cut.columns).allSatisfy { $0 == $1 }
                #expect(isSame, "\(cells[1])")
                fileCount += 1
            } catch let error as ParquetError {
                // What values are not read yet is the business of other tests; their structure is of this one.
                switch error.kind {
                case .malformed(.timestampRange), .unsupported: break
                default: Issue.record("\(cells[1]): \(error)")
                }
            }
        }
        #expect(fileCount > 100)
    }
}
