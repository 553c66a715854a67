public import ArrowLayout
import ByteCore
public import TestSupport

/// Random schemas and valid arrays of them, from a seeded generator.
public struct RandomArrow {
    /// The source of randomness.
    public var generator: SeededGenerator
    /// The types without children to choose from.
    public var flatTypes = RandomArrow.allFlatTypes

    /// Starts the sequence that belongs to a seed.
    public init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// One type of each kind that has no children, with several parameters where it has any.
    public static let allFlatTypes: [DataType] =
        [
            .null, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
            .float64, .utf8, .largeUtf8, .utf8View, .binary, .largeBinary, .binaryView,
            .fixedSizeBinary(byteWidth: 1), .fixedSizeBinary(byteWidth: 7), .fixedSizeBinary(byteWidth: 16),
            .decimal32(precision: 9, scale: 2), .decimal64(precision: 18, scale: 0),
            .decimal128(precision: 38, scale: 10), .decimal128(precision: 20, scale: -3),
            .decimal256(precision: 76, scale: 5), .date32, .date64, .time32(.second), .time32(.millisecond),
            .time64(.microsecond), .time64(.nanosecond), .interval(.yearMonth), .interval(.dayTime),
            .interval(.monthDayNano), .timestamp(.microsecond, timezone: "Europe/Berlin"),
        ]
        + TimeUnit.allCases.flatMap { [.timestamp($0, timezone: nil), .timestamp($0, timezone: "UTC"), .duration($0)] }

    /// One nested type of each kind.
    public static let nestedTypes: [DataType] = [
        .list(Field("item", .int32)), .largeList(Field("item", .utf8)),
        .listView(Field("item", .utf8)), .largeListView(Field("item", .int16)),
        .fixedSizeList(Field("item", .int16), count: 3), .fixedSizeList(Field("item", .bool), count: 0),
        .structure([]), .structure([Field("a", .utf8), Field("b", .bool, isNullable: false)]),
        .map(entries: entries(Field("key", .utf8, isNullable: false), Field("value", .int64)), keysSorted: false),
        .map(entries: entries(Field("key", .int8, isNullable: false), Field("value", .null)), keysSorted: true),
        .list(Field("item", .structure([Field("x", .list(Field("item", .utf8View))), Field("y", .float64)]))),
    ]

    private static func entries(_ key: Field, _ value: Field) -> Field {
        Field("entries", .structure([key, value]), isNullable: false)
    }

    /// Returns a type of any kind, nested at most `depth` deep.
    public mutating func type(depth: Int) -> DataType {
        if depth == 0 || !generator.once(in: 3) { return pick(flatTypes) }
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: return .list(field(depth: depth - 1))
        case 1: return .largeList(field(depth: depth - 1))
        case 4: return .listView(field(depth: depth - 1))
        case 5: return .largeListView(field(depth: depth - 1))
        case 2: return .fixedSizeList(field(depth: depth - 1), count: Int.random(in: 0...4, using: &generator))
        case 3:
            let count = Int.random(in: 0...4, using: &generator)
            return .structure((0..<count).map { _ in field(depth: depth - 1) })
        default:
            let key = Field("key", pick([.utf8, .int64, .date32, .binary]), isNullable: false)
            // Readers give the fields of a map their own names.
            var value = field(depth: depth - 1)
            value.name = "value"
            return .map(entries: Self.entries(key, value), keysSorted: generator.once(in: 2))
        }
    }

    /// Returns a field of any type.
    public mutating func field(depth: Int) -> Field {
        let names = ["", "id", "name with space", "größe", "日本", "a.b", "\u{1F600}"]
        var metadata: Metadata = [:]
        if generator.once(in: 4) {
            metadata["ARROW:extension:name"] = "test.\(UInt8.random(in: 0...9, using: &generator))"
        }
        if generator.once(in: 6) { metadata["key"] = text() }
        let type = type(depth: depth)
        return Field(pick(names), type, isNullable: type == .null || generator.once(in: 2), metadata: metadata)
    }

    /// Returns a schema of up to `fieldCount` fields.
    public mutating func schema(fieldCount: Int, depth: Int) -> Schema {
        let count = Int.random(in: 0...fieldCount, using: &generator)
        let metadata: Metadata = generator.once(in: 2) ? ["first": text(), "": "", "third": "3"] : [:]
        return Schema((0..<count).map { _ in field(depth: depth) }, metadata: metadata)
    }

    /// Returns a batch of a schema.
    public mutating func batch(_ schema: Schema, rowCount: Int) -> RecordBatch {
        let columns = schema.fields.map { array($0, count: rowCount) }
        return RecordBatch(schema: schema, rowCount: rowCount, columns: columns)
    }

    /// Returns an array for a field, with nulls where the field allows them.
    public mutating func array(_ field: Field, count: Int) -> ArrayData {
        let type = field.type
        if type == .null { return ArrayData(type: type, count: count, nullCount: count, buffers: []) }
        let nullEvery = field.isNullable && !generator.once(in: 4) ? Int.random(in: 1...6, using: &generator) : 0
        var validity = ValidityBufferBuilder()
        var valid: [Bool] = []
        for _ in 0..<count {
            let isValid = nullEvery == 0 || !generator.once(in: nullEvery)
            valid.append(isValid)
            if isValid { validity.appendValid() } else { validity.appendNull() }
        }
        let nullCount = validity.nullCount
        let validityBytes = validity.freeze()
        switch type.layout {
        case .none: preconditionFailure("the null type has no values")
        case .bits:
            var bits = BitBuilder()
            for _ in 0..<count { bits.append(generator.once(in: 2)) }
            return ArrayData(
                type: type, count: count, nullCount: nullCount, buffers: [validityBytes, bits.freeze()])
        case .fixedWidth(let byteWidth):
            var values = ByteBuilder()
            for _ in 0..<count { appendValue(type, byteWidth, to: &values) }
            return ArrayData(type: type, count: count, nullCount: nullCount, buffers: [validityBytes, values.freeze()])
        case .variable(let offsetWidth):
            var values = ByteBuilder()
            var ends: [Int] = [0]
            for isValid in valid {
                // Now and then a null has bytes, which mean nothing.
                if isValid || generator.once(in: 3) { appendBytes(type, to: &values) }
                ends.append(values.count)
            }
            return ArrayData(
                type: type, count: count, nullCount: nullCount,
                buffers: [validityBytes, Self.offsets(ends, offsetWidth), values.freeze()])
        case .view:
            return ArrayData(
                type: type, count: count, nullCount: nullCount, buffers: [validityBytes] + views(type, valid))
        case .list(let offsetWidth):
            var ends: [Int] = [0]
            for isValid in valid {
                ends.append((ends.last ?? 0) + (isValid ? Int.random(in: 0...3, using: &generator) : 0))
            }
            let child = array(type.children[0], count: ends.last ?? 0)
            return ArrayData(
                type: type, count: count, nullCount: nullCount,
                buffers: [validityBytes, Self.offsets(ends, offsetWidth)], children: [child])
        case .listView(let offsetWidth):
            // Anywhere in the child, in any order, one over the other.
            let child = array(type.children[0], count: Int.random(in: 0...2 * count, using: &generator))
            let starts = (0..<count).map { _ in Int.random(in: 0...child.count, using: &generator) }
            let sizes = starts.map { Int.random(in: 0...min(3, child.count - $0), using: &generator) }
            return ArrayData(
                type: type, count: count, nullCount: nullCount,
                buffers: [validityBytes, Self.offsets(starts, offsetWidth), Self.offsets(sizes, offsetWidth)],
                children: [child])
        case .validityOnly:
            let size = if case .fixedSizeList(_, let size) = type { size } else { 1 }
            let children = type.children.map { array($0, count: count * size) }
            return ArrayData(
                type: type, count: count, nullCount: nullCount, buffers: [validityBytes], children: children)
        }
    }

    private mutating func views(_ type: DataType, _ valid: [Bool]) -> [Bytes] {
        var views = ByteBuilder()
        var data: [Bytes] = []
        for isValid in valid {
            var value = ByteBuilder()
            if isValid { appendBytes(type, to: &value) }
            let bytes = value.freeze()
            views.append(Int32(bytes.count))
            if bytes.count <= 12 {
                views.append(contentsOf: bytes)
                views.append(repeating: UInt8(0), count: 12 - bytes.count)
            } else {
                views.append(contentsOf: bytes[0..<4])
                views.append(Int32(data.count))
                views.append(Int32(0))
                data.append(bytes)
            }
        }
        return [views.freeze()] + data
    }

    private static func offsets(_ ends: [Int], _ offsetWidth: Int) -> Bytes {
        var offsets = ByteBuilder()
        for end in ends {
            if offsetWidth == 4 { offsets.append(Int32(end)) } else { offsets.append(Int64(end)) }
        }
        return offsets.freeze()
    }

    /// Appends a value that other readers accept: decimals, dates and times have ranges.
    private mutating func appendValue(_ type: DataType, _ byteWidth: Int, to values: inout ByteBuilder) {
        switch type {
        case .decimal32(let precision, _), .decimal64(let precision, _), .decimal128(let precision, _),
            .decimal256(let precision, _):
            let bound = (0..<min(precision, 36)).reduce(Int128(1)) { product, _ in product * 10 } - 1
            let number = Int128.random(in: -bound...bound, using: &generator)
            for index in 0..<byteWidth {
                values.append(UInt8(truncatingIfNeeded: number >> Int128(min(8 * index, 127))))
            }
        case .time32(let unit):
            values.append(Int32.random(in: 0..<(unit == .second ? 86_400 : 86_400_000), using: &generator))
        case .time64(let unit):
            values.append(
                Int64.random(in: 0..<(unit == .microsecond ? 86_400_000_000 : 86_400_000_000_000), using: &generator))
        case .date64: values.append(Int64.random(in: -100_000...100_000, using: &generator) * 86_400_000)
        default:
            for _ in 0..<byteWidth { values.append(UInt8.random(in: 0...255, using: &generator)) }
        }
    }

    private mutating func appendBytes(_ type: DataType, to values: inout ByteBuilder) {
        switch type {
        case .utf8, .largeUtf8, .utf8View: values.append(utf8: text())
        default:
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                values.append(UInt8.random(in: 0...255, using: &generator))
            }
        }
    }

    private mutating func text() -> String {
        let pieces = ["", "a", "longer than a view", "ß", "日本語", "\u{1F600}", "e\u{301}", "\0", "\"\\", "z"]
        return (0..<Int.random(in: 0...3, using: &generator)).map { _ in pick(pieces) }.joined()
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &generator)]
    }
}
