import ArrowLayout
import ByteCore
import ParquetArrow
import TestSupport
import Testing

/// A value of a variant.
private indirect enum Value {
    case null
    case number(Int64)
    case text(String)
    case list([Value])
    case object([String: Value])

    static let names = ["a", "b", "aa", "é", "z", "\"", "", "a.b"]

    static func random(depth: Int, using generator: inout SeededGenerator) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 3), using: &generator) {
        case 0: return .null
        case 1: return .number(Int64.random(in: -3_000_000_000...3_000_000_000, using: &generator))
        case 2: return .text(String(repeating: "xé\n", count: Int.random(in: 0...30, using: &generator)))
        case 3, 4:
            let count = Int.random(in: 0...4, using: &generator)
            return .list((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            var fields: [String: Value] = [:]
            for name in names where Bool.random(using: &generator) {
                fields[name] = random(depth: depth - 1, using: &generator)
            }
            return .object(fields)
        }
    }

    /// The JSON text, with the fields of objects in the order of their names' bytes.
    var json: String {
        switch self {
        case .null: return "null"
        case .number(let number): return "\(number)"
        case .text(let text): return Self.quoted(text)
        case .list(let values): return "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let fields):
            return "{" + Self.sorted(fields).map { Self.quoted($0) + ":" + $1.json }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }

    private static func sorted(_ fields: [String: Value]) -> [(String, Value)] {
        fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// The encoded form, in any of the sizes that the format allows.
    func encoded(_ ids: [String: Int], using generator: inout SeededGenerator) -> [UInt8] {
        func bytes(_ number: Int, _ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        switch self {
        case .null: return [0]
        case .number(let number):
            if let small = Int8(exactly: number) { return [0x0C, UInt8(bitPattern: small)] }
            if let medium = Int32(exactly: number) { return [0x14] + bytes(Int(medium), 4) }
            return [0x18] + bytes(Int(number), 8)
        case .text(let text):
            let utf8 = Array(text.utf8)
            let isShort = utf8.count < 64 && Bool.random(using: &generator)
            return (isShort ? [UInt8(utf8.count) << 2 | 1] : [0x40] + bytes(utf8.count, 4)) + utf8
        case .list(let values):
            let children = values.map { $0.encoded(ids, using: &generator) }
            let width = Int.random(in: 2...4, using: &generator)
            let isLarge = Bool.random(using: &generator)
            var result = [UInt8(width - 1) << 2 | (isLarge ? 0x10 : 0) | 3] + bytes(values.count, isLarge ? 4 : 1)
            var offset = 0
            for child in children {
                result += bytes(offset, width)
                offset += child.count
            }
            return result + bytes(offset, width) + children.joined()
        case .object(let fields):
            let sorted = Self.sorted(fields)
            let children = sorted.map { $1.encoded(ids, using: &generator) }
            var offsets = [Int](repeating: 0, count: children.count)
            var data: [UInt8] = []
            for index in children.indices.shuffled(using: &generator) {
                offsets[index] = data.count
                data += children[index]
            }
            let (idWidth, width) = (Int.random(in: 1...4, using: &generator), Int.random(in: 3...4, using: &generator))
            let head = UInt8(width - 1) << 2 | UInt8(idWidth - 1) << 4 | 2
            return [head, UInt8(sorted.count)] + sorted.flatMap { bytes(ids[$0.0] ?? 0, idWidth) }
                + (offsets + [data.count]).flatMap { bytes($0, width) } + data
        }
    }
}

/// What of a value has columns of its own.
private indirect enum Shredding {
    case none
    case number
    case text
    case list(Shredding)
    case object([(String, Shredding)])

    static func random(depth: Int, using generator: inout SeededGenerator) -> Shredding {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 3), using: &generator) {
        case 0: return .none
        case 1: return .number
        case 2: return .text
        case 3, 4: return .list(random(depth: depth - 1, using: &generator))
        default:
            var fields: [(String, Shredding)] = []
            for name in Value.names.shuffled(using: &generator).prefix(Int.random(in: 1...4, using: &generator)) {
                fields.append((name, random(depth: depth - 1, using: &generator)))
            }
            return .object(fields)
        }
    }

    /// The encoded and typed values; nil is missing.
    func columns(
        _ values: [Value?], _ ids: [String: Int], using generator: inout SeededGenerator
    ) throws -> (value: ArrayData, typed: ArrayData?) {
        var rest = values
        var typed: ArrayData?
        switch self {
        case .none: break
        case .number:
            typed = VariantStorage.integers(
                values.map { value in if case .number(let number)? = value { number } else { nil } })
            for (row, value) in values.enumerated() { if case .number? = value { rest[row] = nil } }
        case .text:
            typed = try VariantStorage.text(
                values.map { value in if case .text(let text)? = value { text } else { nil } })
            for (row, value) in values.enumerated() { if case .text? = value { rest[row] = nil } }
        case .list(let element):
            let lists = values.map { value in if case .list(let list)? = value { list } else { nil as [Value]? } }
            let child = try element.part(lists.flatMap { $0 ?? [] }, ids, using: &generator)
            typed = try VariantStorage.list(lists.map { $0?.count }, of: child)
            for row in values.indices where lists[row] != nil { rest[row] = nil }
        case .object(let fields):
            let objects = values.map { value in
                if case .object(let object)? = value { object } else { nil as [String: Value]? }
            }
            var parts: [ArrayData] = []
            for (name, shredding) in fields {
                parts.append(try shredding.part(objects.map { $0?[name] }, ids, using: &generator))
            }
            var validity = ValidityBufferBuilder()
            for (row, object) in objects.enumerated() {
                guard let object else {
                    validity.appendNull()
                    continue
                }
                validity.appendValid()
                let others = object.filter { member in !fields.contains { $0.0 == member.key } }
                rest[row] = others.isEmpty && Bool.random(using: &generator) ? nil : .object(others)
            }
            let nullCount = validity.nullCount
            typed = ArrayData(
                type: .structure(zip(fields, parts).map { Field($0.0, $1.type) }), count: values.count,
                nullCount: nullCount, buffers: [validity.freeze()], children: parts)
        }
        let encoded = try VariantStorage.binary(rest.map { $0?.encoded(ids, using: &generator) })
        return (encoded, typed)
    }

    private func part(
        _ values: [Value?], _ ids: [String: Int], using generator: inout SeededGenerator
    ) throws -> ArrayData {
        let (value, typed) = try columns(values, ids, using: &generator)
        guard let typed else { return VariantStorage.group(["value": value]) }
        // A part whose values are all typed may come without the other column.
        if value.nullCount == value.count { return VariantStorage.group(["typed_value": typed]) }
        return VariantStorage.group(["typed_value": typed, "value": value])
    }
}

struct VariantPropertyTests {
    @Test("random values come back from any shredding", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
            Value.random(depth: 4, using: &generator)
        }
        let names = seed % 2 == 0 ? Value.names.sorted() : Value.names.shuffled(using: &generator)
        let ids = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let shredding = Shredding.random(depth: 4, using: &generator)
        let (value, typed) = try shredding.columns(values, ids, using: &generator)
        let metadata = try VariantStorage.binary(values.map { _ in VariantStorage.metadata(names) })
        let storage =
            if let typed {
                VariantStorage.group(["value": value, "typed_value": typed, "metadata": metadata])
            } else {
                VariantStorage.group(["metadata": metadata, "value": value])
            }
        let expected = values.map { Optional($0.json) }
        let read = try VariantStorage.json(storage)
        let wrong = zip(read, expected).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(wrong == nil && read.count == expected.count, "seed \(seed)")
        // The whole form is storage itself, which gives the same text.
        let again = try VariantStorage.json(VariantStorage.mapped(storage, as: .whole))
        #expect(again.elementsEqual(expected), "seed \(seed)")
    }
}
