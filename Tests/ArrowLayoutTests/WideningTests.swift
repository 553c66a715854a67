import ArrowLayout
import ArrowTesting
import ByteCore
import Testing

@Suite("Types that hold the values of two types")
struct WideningTests {
    @Test(
        "the narrowest type that holds both, whichever comes first",
        arguments: [
            (.null, .utf8, .utf8), (.int8, .int64, .int64), (.uint8, .uint32, .uint32), (.uint8, .int8, .int16),
            (.uint32, .int8, .int64), (.uint64, .int64, nil), (.float16, .float64, .float64),
            (.int16, .float32, .float32), (.int32, .float32, .float64), (.uint32, .float64, .float64),
            (.int64, .float64, nil), (.uint64, .float64, nil), (.int8, .float16, .float16), (.bool, .int8, nil),
            (.utf8, .largeUtf8, .largeUtf8), (.utf8View, .utf8, .largeUtf8), (.utf8, .binary, nil),
            (.fixedSizeBinary(byteWidth: 3), .fixedSizeBinary(byteWidth: 4), .binary),
            (.fixedSizeBinary(byteWidth: 3), .largeBinary, .largeBinary), (.binary, .binaryView, .largeBinary),
            (
                .decimal128(precision: 9, scale: 2), .decimal128(precision: 9, scale: 4),
                .decimal128(precision: 11, scale: 4)
            ),
            (
                .decimal32(precision: 9, scale: 0), .decimal32(precision: 9, scale: 3),
                .decimal64(precision: 12, scale: 3)
            ),
            (.decimal128(precision: 38, scale: 0), .decimal128(precision: 38, scale: 1), nil),
            (.int32, .decimal128(precision: 20, scale: 0), nil),
            (
                .timestamp(.second, timezone: "UTC"), .timestamp(.microsecond, timezone: "UTC"),
                .timestamp(.microsecond, timezone: "UTC")
            ),
            (.timestamp(.second, timezone: nil), .timestamp(.second, timezone: "UTC"), nil), (.date32, .date64, nil),
            (.time32(.second), .time32(.millisecond), .time32(.millisecond)),
            (.time32(.millisecond), .time64(.nanosecond), .time64(.nanosecond)),
            (.duration(.second), .duration(.millisecond), .duration(.millisecond)),
            (.list(Field("item", .int8)), .list(Field("item", .int16)), .list(Field("item", .int16))),
            (.list(Field("item", .int8)), .largeList(Field("item", .int8)), .largeList(Field("item", .int8))),
            (.list(Field("item", .int8)), .list(Field("item", .utf8)), nil),
        ] as [(DataType, DataType, DataType?)])
    func lattice(left: DataType, right: DataType, wider: DataType?) {
        #expect(left.widened(with: right) == wider)
        #expect(right.widened(with: left) == wider)
    }

    @Test("structs are widened by name: what only one has becomes nullable")
    func structs() {
        let left = DataType.structure([Field("a", .int8, isNullable: false), Field("b", .utf8, isNullable: false)])
        let right = DataType.structure([Field("c", .bool, isNullable: false), Field("a", .int16, isNullable: false)])
        #expect(
            left.widened(with: right)
                == .structure([Field("a", .int16, isNullable: false), Field("b", .utf8), Field("c", .bool)]))
        let doubled = DataType.structure([Field("a", .int8), Field("a", .utf8)])
        #expect(doubled.widened(with: left) == nil)
        let composed = DataType.structure([Field("caf\u{E9}", .int8)])
        let decomposed = DataType.structure([Field("cafe\u{301}", .int8)])
        #expect(composed.widened(with: decomposed)?.children.count == 2, "names are bytes")
    }

    @Test("metadata that names an extension type stays with its storage")
    func metadata() {
        let plain = Field("a", .int16)
        let named = Field("a", .int8, metadata: ["ARROW:extension:name": "x"])
        #expect(named.widened(with: plain)?.metadata.isEmpty == true)
        #expect(plain.widened(with: named)?.metadata.isEmpty == true)
        #expect(Field("a", .null).widened(with: named)?.metadata == named.metadata)
        let same = Field("a", .int8, metadata: ["ARROW:extension:name": "y"])
        #expect(named.widened(with: same)?.metadata.isEmpty == true)
        let others = Field("a", .uint8, metadata: ["ARROW:extension:name": "y"])
        #expect(named.widened(with: others)?.metadata.isEmpty == true)
    }

    @Test("random types: the order does not matter, and the values of both stay what they are", arguments: 0..<300)
    func random(_ seed: Int) throws {
        var random = RandomArrow(seed: UInt64(seed))
        let (left, right) = (random.type(depth: 2), random.type(depth: 2))
        for (source, other) in [(left, right), (left, .null), (.null, right)] + Self.pairs(of: left) {
            guard let wider = source.widened(with: other) else {
                #expect(other.widened(with: source) == nil, "seed \(seed)")
                continue
            }
            #expect(wider.widened(with: source) == wider, "seed \(seed): \(source), \(other)")
            #expect(other.widened(with: wider)?.widened(with: wider) != nil, "seed \(seed)")
            let array = random.array(Field("value", source), count: 40)
            do throws(ArrayFault) {
                let widened = try array.widened(to: wider)
                try widened.validate()
                #expect(widened.type == wider && widened.count == 40, "seed \(seed)")
                for index in 0..<40 {
                    #expect(Self.same(ArrayView(array), ArrayView(widened), index), "seed \(seed): \(source), \(wider)")
                }
            } catch {
                #expect(error.rule == .wideningOverflow, "seed \(seed): \(source) as \(wider)")
            }
        }
    }

    /// Pairs that do widen: a type beside each flat type that has anything to do with it.
    private static func pairs(of type: DataType) -> [(DataType, DataType)] {
        RandomArrow.allFlatTypes.filter { type.widened(with: $0) != nil }.map { (type, $0) }
    }

    private static func same(_ left: ArrayView, _ right: ArrayView, _ index: Int) -> Bool {
        guard left.isNull(at: index) == right.isNull(at: index) else { return false }
        if left.isNull(at: index) || left.array.type == right.array.type { return true }
        switch (left.array.type, right.array.type) {
        case (_, .float16), (_, .float32), (_, .float64):
            guard let wider = right.float64(at: index) else { return false }
            if let number = left.float64(at: index) { return number == wider || (number.isNaN && wider.isNaN) }
            return left.int128(at: index).flatMap { Double(exactly: $0) } == wider
        case (.decimal32(_, let scale), .decimal32(_, let wider)), (.decimal32(_, let scale), .decimal64(_, let wider)),
            (.decimal32(_, let scale), .decimal128(_, let wider)), (.decimal64(_, let scale), .decimal64(_, let wider)),
            (.decimal64(_, let scale), .decimal128(_, let wider)),
            (.decimal128(_, let scale), .decimal128(_, let wider)):
            return scaled(left, right, index, exponent: wider - scale)
        case (.time32(let unit), .time32(let finer)), (.time32(let unit), .time64(let finer)),
            (.time64(let unit), .time64(let finer)), (.timestamp(let unit, _), .timestamp(let finer, _)),
            (.duration(let unit), .duration(let finer)):
            return scaled(left, right, index, exponent: 3 * Int(finer.rawValue - unit.rawValue))
        case (.structure(let fields), .structure(let wider)):
            return fields.enumerated().allSatisfy { place, field in
                let other = wider.firstIndex { $0.name.utf8.elementsEqual(field.name.utf8) }
                return other.map { same(left.child(place), right.child($0), index) } ?? false
            }
        case (.list, _), (.largeList, _), (.fixedSizeList, _), (.map, _):
            guard let elements = left.elements(at: index), elements == right.elements(at: index) else { return false }
            return elements.allSatisfy { same(left.child(0), right.child(0), $0) }
        default:
            if let number = left.int128(at: index) { return number == right.int128(at: index) }
            return left.bytes(at: index) == right.bytes(at: index)
        }
    }

    private static func scaled(_ left: ArrayView, _ right: ArrayView, _ index: Int, exponent: Int) -> Bool {
        guard var number = left.int128(at: index) else { return false }
        for _ in 0..<exponent { number *= 10 }
        return number == right.int128(at: index)
    }

    @Test("a time that nanoseconds cannot hold is an error, also deep inside; the bytes of a null are none")
    func overflow() throws {
        var seconds = PrimitiveBuilder<Int64>()
        for value in [1, 253_402_300_799] { seconds.append(Int64(value)) }
        let array = seconds.freeze(.timestamp(.second, timezone: nil))
        #expect(throws: ArrayFault(.wideningOverflow)) {
            try array.widened(to: .timestamp(.nanosecond, timezone: nil))
        }
        let masked = ArrayData(
            type: array.type, count: 2, nullCount: 1, buffers: [Bytes([0b01]), array.buffers[1]])
        let widened = ArrayView(try masked.widened(to: .timestamp(.nanosecond, timezone: nil)))
        #expect(widened.int64(at: 0) == 1_000_000_000)
        #expect(widened.isNull(at: 1))
    }

    @Test("an array of nulls is valid, for every type", arguments: RandomArrow.allFlatTypes + RandomArrow.nestedTypes)
    func nulls(_ type: DataType) throws {
        for count in [0, 1, 9] {
            let array = ArrayData.nulls(of: type, count: count)
            try array.validate()
            #expect(array.nullCount == count)
            #expect((0..<count).allSatisfy { ArrayView(array).isNull(at: $0) })
        }
    }
}
