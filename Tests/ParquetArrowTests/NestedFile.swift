import ByteCore
import Parquet
import TestSupport

/// The levels and values of one column, as a shredder makes them or a paper prints them.
struct ShreddedColumn: Sendable {
    /// A value with its levels; nil where the definition level is below the maximum.
    struct Entry: Sendable {
        var repetition: Int
        var definition: Int
        var value: NestedValue?

        init(_ repetition: Int, _ definition: Int, _ value: NestedValue? = nil) {
            self.repetition = repetition
            self.definition = definition
            self.value = value
        }
    }

    var entries: [Entry] = []
    /// Where pages begin, besides the first.
    var cuts: Set<Int> = []
}

/// A field of a Parquet schema.
struct ParquetField: Sendable {
    var name: String
    var repetition: Repetition
    var logicalType: Int?
    /// Nil for a group.
    var physicalType: Int?
    var children: [ParquetField] = []
    var fieldID: Int?
    /// The number of a member of the union of logical types, and the fields of its struct.
    var annotation: (id: Int, fields: @Sendable (inout Thrift) -> Void)?

    /// The same field with an id.
    func numbered(_ id: Int) -> ParquetField {
        var copy = self
        copy.fieldID = id
        return copy
    }

    /// The same field with a member of the union of logical types.
    func annotated(_ id: Int, _ fields: @escaping @Sendable (inout Thrift) -> Void = { _ in }) -> ParquetField {
        var copy = self
        copy.annotation = (id, fields)
        return copy
    }

    static func leaf(_ name: String, _ repetition: Repetition, text: Bool = false) -> ParquetField {
        ParquetField(name: name, repetition: repetition, logicalType: text ? 0 : nil, physicalType: text ? 6 : 1)
    }

    static func group(
        _ name: String, _ repetition: Repetition, _ annotation: Int? = nil, _ children: [ParquetField]
    ) -> ParquetField {
        ParquetField(name: name, repetition: repetition, logicalType: annotation, children: children)
    }

    static let (map, mapKeyValue, list) = (1, 2, 3)

    /// The leaves with their maximum levels and paths.
    func leaves(
        _ definition: Int = 0, _ repetition: Int = 0
    ) -> [(field: ParquetField, definition: Int, repetition: Int)] {
        let definition = definition + (self.repetition == .required ? 0 : 1)
        let repetition = repetition + (self.repetition == .repeated ? 1 : 0)
        if physicalType != nil { return [(self, definition, repetition)] }
        return children.flatMap { $0.leaves(definition, repetition) }
    }
}

/// Writes whole files of hand-made columns: one row group, PLAIN, uncompressed, data pages of version 1.
enum NestedFile {
    static func bytes(
        _ fields: [ParquetField], _ columns: [ShreddedColumn], rowCount: Int, seed: UInt64 = 0
    ) -> Bytes {
        var generator = SeededGenerator(seed: seed)
        var file = Array("PAR1".utf8)
        var chunks: [[UInt8]] = []
        let leaves = fields.flatMap { $0.leaves() }
        precondition(leaves.count == columns.count)
        for (leaf, column) in zip(leaves, columns) {
            let offset = file.count
            var start = 0
            for end in (1..<max(1, column.entries.count)).filter(column.cuts.contains) + [column.entries.count] {
                guard end > start else { continue }
                file += page(column.entries[start..<end], leaf, using: &generator)
                start = end
            }
            chunks.append(
                Thrift.structure { writer in
                    writer.int(2, 0, type: 6)
                    writer.structure(3) { writer in
                        writer.int(1, leaf.field.physicalType ?? 0)
                        writer.list(2, type: 5, [[0]])
                        writer.list(3, type: 8, [[1, 0x61]])
                        writer.int(4, 0)
                        writer.int(5, column.entries.count, type: 6)
                        writer.int(6, file.count - offset, type: 6)
                        writer.int(7, file.count - offset, type: 6)
                        writer.int(9, offset, type: 6)
                    }
                })
        }
        let footer = Thrift.structure { writer in
            writer.int(1, 1)
            let root = ParquetField(name: "schema", repetition: .required, children: fields)
            writer.list(2, type: 12, elements(root))
            writer.int(3, rowCount, type: 6)
            let group = Thrift.structure { writer in
                writer.list(1, type: 12, chunks)
                writer.int(2, file.count, type: 6)
                writer.int(3, rowCount, type: 6)
            }
            writer.list(4, type: 12, [group])
        }
        return Bytes(file + footer + littleEndian(footer.count) + Array("PAR1".utf8))
    }

    private static func elements(_ field: ParquetField) -> [[UInt8]] {
        let element = Thrift.structure { writer in
            if let type = field.physicalType { writer.int(1, type) }
            writer.int(3, Int(field.repetition.rawValue))
            writer.binary(4, Array(field.name.utf8))
            if field.physicalType == nil { writer.int(5, field.children.count) }
            if let type = field.logicalType { writer.int(6, type) }
            if let id = field.fieldID { writer.int(9, id) }
            if let (id, fields) = field.annotation { writer.structure(10) { $0.structure(id, fields) } }
        }
        return [element] + field.children.flatMap(elements)
    }

    private static func page(
        _ entries: ArraySlice<ShreddedColumn.Entry>, _ leaf: (field: ParquetField, definition: Int, repetition: Int),
        using generator: inout SeededGenerator
    ) -> [UInt8] {
        var body: [UInt8] = []
        if leaf.repetition > 0 { body += levels(entries.map(\.repetition), leaf.repetition, using: &generator) }
        if leaf.definition > 0 { body += levels(entries.map(\.definition), leaf.definition, using: &generator) }
        for entry in entries {
            switch entry.value {
            case .number(let value)?: body += littleEndian(value)
            case .text(let value)?: body += littleEndian(value.utf8.count) + Array(value.utf8)
            default: break
            }
        }
        return Thrift.structure { writer in
            writer.int(1, 0)
            writer.int(2, body.count)
            writer.int(3, body.count)
            writer.structure(5) { writer in
                writer.int(1, entries.count)
                for id in 2...4 { writer.int(id, id == 2 ? 0 : 3) }
            }
        } + body
    }

    /// Runs of equal levels, or all levels packed, after their length.
    private static func levels(
        _ levels: [Int], _ maximum: Int, using generator: inout SeededGenerator
    ) -> [UInt8] {
        let bitWidth = Int.bitWidth - maximum.leadingZeroBitCount
        var body: [UInt8] = []
        if Bool.random(using: &generator) {
            var packed = [UInt8](repeating: 0, count: (levels.count + 7) / 8 * bitWidth)
            for (index, level) in levels.enumerated() {
                for bit in 0..<bitWidth where level >> bit & 1 == 1 {
                    packed[(index * bitWidth + bit) / 8] |= 1 << UInt8((index * bitWidth + bit) % 8)
                }
            }
            body = Thrift.varint(((levels.count + 7) / 8) << 1 | 1) + packed
        } else {
            var index = 0
            while index < levels.count {
                let count = levels[index...].prefix { $0 == levels[index] }.count
                body += Thrift.varint(count << 1) + [UInt8(levels[index])]
                index += count
            }
        }
        return littleEndian(body.count) + body
    }

    private static func littleEndian(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

/// Writes the little of Thrift's compact protocol that footers and page headers need.
struct Thrift {
    private var bytes: [UInt8] = []
    private var lastID = 0

    static func structure(_ body: (inout Thrift) -> Void) -> [UInt8] {
        var writer = Thrift()
        body(&writer)
        return writer.bytes + [0]
    }

    static func varint(_ value: Int) -> [UInt8] {
        var value = UInt64(bitPattern: Int64(value))
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    private mutating func header(_ id: Int, _ type: UInt8) {
        bytes += (1...15).contains(id - lastID) ? [UInt8(id - lastID) << 4 | type] : [type] + Self.varint(id << 1)
        lastID = id
    }

    mutating func int(_ id: Int, _ value: Int, type: UInt8 = 5) {
        header(id, type)
        bytes += Self.varint(value << 1 ^ value >> (Int.bitWidth - 1))
    }

    mutating func binary(_ id: Int, _ value: [UInt8]) {
        header(id, 8)
        bytes += Self.varint(value.count) + value
    }

    mutating func structure(_ id: Int, _ body: (inout Thrift) -> Void) {
        header(id, 12)
        bytes += Self.structure(body)
    }

    mutating func list(_ id: Int, type: UInt8, _ elements: [[UInt8]]) {
        header(id, 9)
        bytes += elements.count < 15 ? [UInt8(elements.count) << 4 | type] : [0xF0 | type] + Self.varint(elements.count)
        bytes += elements.joined()
    }
}
