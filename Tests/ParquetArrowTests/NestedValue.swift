import ArrowLayout
import ByteCore
import FixtureKit
import Parquet
import ParquetArrow
import TestSupport

/// A value of any type, for comparison.
indirect enum NestedValue: Hashable, Sendable {
    case null
    case number(Int)
    case text(String)
    case list([NestedValue])
    /// A struct, or an entry of a map.
    case group([NestedValue])
}

extension ArrayView {
    /// The value at an index with everything in it.
    func nested(at index: Int) -> NestedValue {
        if isNull(at: index) { return .null }
        switch array.type {
        case .structure(let fields): return .group(fields.indices.map { child($0).nested(at: index) })
        case .list, .map: return .list((elements(at: index) ?? 0..<0).map { child(0).nested(at: $0) })
        case .utf8: return .text(string(at: index) ?? "?")
        case .null: return .null
        default: return int128(at: index).map { .number(Int($0)) } ?? .text(text(at: index) ?? "?")
        }
    }
}

/// Everything read from a file of nested columns.
struct NestedTable {
    var schema: Schema
    var batchRowCounts: [Int] = []
    var columns: [[NestedValue]]

    /// Reads a file in batches of `rows`, each of which must be valid and exactly as long as was asked.
    init(
        _ file: Bytes, rows: Int, limits: Limits = .default, columns isWanted: (LeafColumn) -> Bool = { _ in true }
    ) async throws {
        let metadata = try await readFooter(of: file, limits: limits)
        let reader = try FileReader(metadata: metadata, limits: limits, columns: isWanted)
        schema = reader.schema
        columns = reader.schema.fields.map { _ in [] }
        for index in reader.metadata.rowGroups.indices {
            let plan = try reader.plan(rowGroup: index, fileByteCount: file.byteCount)
            var cutter = try reader.batches(of: try await load(plan, from: file), rowGroup: index)
            while let batch = try cutter.take(rows: rows) {
                batchRowCounts.append(batch.rowCount)
                for (column, array) in batch.columns.enumerated() {
                    try array.validate()
                    precondition(array.type == schema.fields[column].type && array.count == batch.rowCount)
                    for row in 0..<array.count { columns[column].append(ArrayView(array).nested(at: row)) }
                }
            }
        }
    }
}

/// A random type as users see it, and how a writer lays it out.
indirect enum NestedType: Sendable {
    enum ListStyle: CaseIterable, Sendable {
        case threeLevel
        case hive
        case twoLevel
        case bare
    }

    case number
    case text
    case structure([(type: NestedType, isNullable: Bool)])
    case list(NestedType, isNullable: Bool, ListStyle)
    case map(key: NestedType, value: NestedType, isNullable: Bool)

    static func random(depth: Int, using generator: inout SeededGenerator) -> NestedType {
        switch depth == 0 ? 0 : Int.random(in: 0..<7, using: &generator) {
        case 0: return .number
        case 1: return .text
        case 2, 3:
            let count = Int.random(in: 1...3, using: &generator)
            return .structure(
                (0..<count).map { _ in
                    (random(depth: depth - 1, using: &generator), Bool.random(using: &generator))
                })
        case 4, 5:
            let style = ListStyle.allCases[Int.random(in: 0..<4, using: &generator)]
            let element = random(depth: depth - 1, using: &generator)
            var isNullable = style != .twoLevel && style != .bare && Bool.random(using: &generator)
            // A required element that is a repeated field would make a two-level list of the group around it.
            if case .list(_, _, .bare) = element, style == .threeLevel || style == .hive { isNullable = true }
            return .list(element, isNullable: isNullable, style)
        default:
            return .map(
                key: Bool.random(using: &generator) ? .text : .structure([(.number, true), (.text, false)]),
                value: random(depth: depth - 1, using: &generator), isNullable: Bool.random(using: &generator))
        }
    }

    /// The field of a file; `repetition` is that of the values.
    func field(_ name: String, _ repetition: Repetition) -> ParquetField {
        switch self {
        case .number: return .leaf(name, repetition)
        case .text: return .leaf(name, repetition, text: true)
        case .structure(let children):
            return .group(
                name, repetition, nil,
                children.enumerated().map { index, child in
                    child.type.field("f\(index)", child.isNullable ? .optional : .required)
                })
        case .list(let element, let isNullable, .threeLevel):
            let element = element.field("element", isNullable ? .optional : .required)
            return .group(name, repetition, ParquetField.list, [.group("list", .repeated, nil, [element])])
        case .list(let element, let isNullable, .hive):
            let element = element.field("array_element", isNullable ? .optional : .required)
            return .group(name, repetition, ParquetField.list, [.group("bag", .repeated, nil, [element])])
        case .list(let element, _, .twoLevel):
            return .group(name, repetition, ParquetField.list, [element.field("array", .repeated)])
        case .list(let element, _, .bare):
            // A field that is repeated has no nulls and cannot be in a list itself without a group around it.
            return repetition == .required
                ? element.field(name, .repeated) : .group(name, repetition, nil, [element.field("bare", .repeated)])
        case .map(let key, let value, let isNullable):
            let entry = [key.field("key", .required), value.field("value", isNullable ? .optional : .required)]
            return .group(
                name, repetition, ParquetField.map, [.group("key_value", .repeated, nil, entry)])
        }
    }

    /// A random value that is not null.
    func value(using generator: inout SeededGenerator) -> NestedValue {
        func part(_ type: NestedType, _ isNullable: Bool) -> NestedValue {
            isNullable && Int.random(in: 0..<3, using: &generator) == 0 ? .null : type.value(using: &generator)
        }
        let count = [0, 0, 1, 1, 2, 3, 9][Int.random(in: 0..<7, using: &generator)]
        switch self {
        case .number: return .number(Int.random(in: -1000...1000, using: &generator))
        case .text: return .text(String(repeating: "é", count: count))
        case .structure(let children): return .group(children.map { part($0.type, $0.isNullable) })
        case .list(let element, let isNullable, _): return .list((0..<count).map { _ in part(element, isNullable) })
        case .map(let key, let value, let isNullable):
            return .list((0..<count).map { _ in .group([part(key, false), part(value, isNullable)]) })
        }
    }

    /// The value as the fields of the file hold it, and, where that is not the same, as Arrow gives it back.
    func stored(_ value: NestedValue, _ repetition: Repetition) -> (file: NestedValue, arrow: NestedValue) {
        switch (self, value) {
        case (.structure(let children), .group(let parts)):
            let stored = zip(children, parts).map { $0.type.stored($1, $0.isNullable ? .optional : .required) }
            return (.group(stored.map(\.file)), .group(stored.map(\.arrow)))
        case (.list(let element, let isNullable, let style), .list(let values)):
            let isGroup = style == .threeLevel || style == .hive
            let inner: Repetition = isGroup ? (isNullable ? .optional : .required) : .repeated
            let stored = values.map { element.stored($0, inner) }
            let file = NestedValue.list(stored.map { isGroup ? .group([$0.file]) : $0.file })
            let arrow = NestedValue.list(stored.map(\.arrow))
            if style != .bare { return (.group([file]), arrow) }
            return repetition == .required ? (file, arrow) : (.group([file]), .group([arrow]))
        case (.map(let key, let item, let isNullable), .list(let entries)):
            let stored = entries.map { entry -> (file: NestedValue, arrow: NestedValue) in
                guard case .group(let parts) = entry else { return (.null, .null) }
                let (key, item) = (
                    key.stored(parts[0], .required), item.stored(parts[1], isNullable ? .optional : .required)
                )
                return (.group([key.file, item.file]), .group([key.arrow, item.arrow]))
            }
            return (.group([.list(stored.map(\.file))]), .list(stored.map(\.arrow)))
        default: return (value, value)
        }
    }
}

/// Takes values apart into levels, as in the Dremel paper.
struct Shredder {
    private(set) var columns: [ShreddedColumn] = []

    init(_ field: ParquetField) {
        columns = field.leaves().map { _ in ShreddedColumn() }
    }

    mutating func add(_ value: NestedValue, of field: ParquetField) {
        add(value, of: field, firstLeaf: 0, repetition: 0, definition: 0, depth: 0)
    }

    private mutating func add(
        _ value: NestedValue, of field: ParquetField, firstLeaf: Int, repetition: Int, definition: Int, depth: Int
    ) {
        let isNothing = value == .null || (field.repetition == .repeated && value == .list([]))
        if isNothing {
            for leaf in field.leaves().indices {
                columns[firstLeaf + leaf].entries.append(.init(repetition, definition))
            }
            return
        }
        let isRepeated = field.repetition == .repeated
        guard case .list(let values) = isRepeated ? value : .list([value]) else { return }
        let definition = definition + (field.repetition == .required ? 0 : 1)
        let depth = depth + (isRepeated ? 1 : 0)
        for (index, value) in values.enumerated() {
            let repetition = index == 0 ? repetition : depth
            guard field.physicalType == nil, case .group(let parts) = value else {
                columns[firstLeaf].entries.append(.init(repetition, definition, value))
                continue
            }
            var leaf = firstLeaf
            for (child, part) in zip(field.children, parts) {
                add(part, of: child, firstLeaf: leaf, repetition: repetition, definition: definition, depth: depth)
                leaf += child.leaves().count
            }
        }
    }
}
