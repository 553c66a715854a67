extension DataType {
    /// Returns the narrowest type that holds every value of both types exactly; nil where there is none.
    ///
    /// Null widens to anything. Integers widen to integers, and to a float whose significand holds them; floats to
    /// floats. Decimals get as many digits before and after the point as either has, up to 38. Times, timestamps of one
    /// time zone and durations take the finer unit. Text and bytes of different layouts become the large layout; bytes
    /// of a fixed size become bytes. Lists and maps widen by their items, structs by the names of their fields, where a
    /// field of one only becomes nullable.
    public func widened(with other: DataType) -> DataType? {
        // Names of fields are compared byte by byte, which == does not do.
        if children.isEmpty, self == other { return self }
        switch (self, other) {
        case (.null, let type), (let type, .null): return type
        case (.time32(let unit), .time32(let other)), (.time64(let unit), .time64(let other)),
            (.time32(let unit), .time64(let other)), (.time64(let unit), .time32(let other)):
            let finer = unit.finer(than: other)
            return finer.rawValue <= TimeUnit.millisecond.rawValue ? .time32(finer) : .time64(finer)
        case (.timestamp(let unit, let timezone), .timestamp(let other, let otherTimezone)):
            return timezone == otherTimezone ? .timestamp(unit.finer(than: other), timezone: timezone) : nil
        case (.duration(let unit), .duration(let other)): return .duration(unit.finer(than: other))
        case (.utf8, .largeUtf8), (.largeUtf8, .utf8), (.utf8View, .utf8), (.utf8, .utf8View), (.utf8View, .largeUtf8),
            (.largeUtf8, .utf8View):
            return .largeUtf8
        default: return widenedBytes(with: other) ?? widenedNumber(with: other) ?? widenedNested(with: other)
        }
    }

    private func widenedBytes(with other: DataType) -> DataType? {
        guard let mine = bytesLayout, let others = other.bytesLayout else { return nil }
        switch (mine, others) {
        case (.binary, .binary): return .binary
        default: return .largeBinary
        }
    }

    /// The type of bytes that bytes of this type are when their sizes differ.
    private var bytesLayout: DataType? {
        switch self {
        case .binary, .fixedSizeBinary: .binary
        case .largeBinary, .binaryView: .largeBinary
        default: nil
        }
    }

    private func widenedNested(with other: DataType) -> DataType? {
        switch (self, other) {
        case (.list(let mine), .list(let others)): mine.widened(with: others).map(DataType.list)
        case (.list(let mine), .largeList(let others)), (.largeList(let mine), .list(let others)),
            (.largeList(let mine), .largeList(let others)):
            mine.widened(with: others).map(DataType.largeList)
        case (.listView(let mine), .listView(let others)): mine.widened(with: others).map(DataType.listView)
        case (.largeListView(let mine), .largeListView(let others)):
            mine.widened(with: others).map(DataType.largeListView)
        case (.fixedSizeList(let mine, let count), .fixedSizeList(let others, let otherCount)) where count == otherCount:
            mine.widened(with: others).map { .fixedSizeList($0, count: count) }
        case (.map(let mine, let isSorted), .map(let others, let isOtherSorted)):
            mine.widened(withEntries: others).map { .map(entries: $0, keysSorted: isSorted && isOtherSorted) }
        case (.structure(let mine), .structure(let others)): Field.widened(mine, others).map(DataType.structure)
        default: nil
        }
    }
}

extension Field {
    /// Returns the field with a type that holds the values of both, nullable when either is; nil when there is none.
    ///
    /// The name is this field's. Metadata is that of the field whose type it is, and of neither when both are widened or
    /// have different extension types: the name of such a type is not true of other values.
    public func widened(with other: Field) -> Field? {
        guard let type = type.widened(with: other.type) else { return nil }
        var metadata = type == self.type ? metadata : type == other.type ? other.metadata : [:]
        if self.type == other.type, metadata[Self.extensionName] != other.metadata[Self.extensionName] {
            metadata = [:]
        }
        return Field(name, type, isNullable: isNullable || other.isNullable, metadata: metadata)
    }

    private static let extensionName = "ARROW:extension:name"

    /// The keys and values of a map, which go by their place: their names have no meaning.
    fileprivate func widened(withEntries other: Field) -> Field? {
        guard let fields = Self.widenedInPlace(type.children, other.type.children) else { return nil }
        return Field(name, .structure(fields), isNullable: isNullable || other.isNullable, metadata: metadata)
    }

    private static func widenedInPlace(_ left: [Field], _ right: [Field]) -> [Field]? {
        guard left.count == right.count else { return nil }
        var fields: [Field] = []
        for (field, other) in zip(left, right) {
            guard let wider = field.widened(with: other) else { return nil }
            fields.append(wider)
        }
        return fields
    }

    /// Returns the fields of both, by name: first those of the left, then what only the right has.
    ///
    /// Names that are not unique say nothing, unless both have the same names in the same places.
    fileprivate static func widened(_ left: [Field], _ right: [Field]) -> [Field]? {
        if haveSameNames(left, right) { return widenedInPlace(left, right) }
        guard haveUniqueNames(left), haveUniqueNames(right) else { return nil }
        var fields = left
        for index in fields.indices where !right.contains(where: { $0.hasName(of: left[index]) }) {
            fields[index].isNullable = true
        }
        for field in right {
            if let index = left.firstIndex(where: { $0.hasName(of: field) }) {
                guard let wider = left[index].widened(with: field) else { return nil }
                fields[index] = wider
            } else {
                fields.append(Field(field.name, field.type, isNullable: true, metadata: field.metadata))
            }
        }
        return fields
    }

    /// Whether fields have the same names in the same places.
    static func haveSameNames(_ left: [Field], _ right: [Field]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.hasName(of: $1) }
    }

    private static func haveUniqueNames(_ fields: [Field]) -> Bool {
        Set(fields.map { Array($0.name.utf8) }).count == fields.count
    }

    /// Whether two fields have the same name, byte by byte.
    func hasName(of other: Field) -> Bool { name.utf8.elementsEqual(other.name.utf8) }
}

extension TimeUnit {
    fileprivate func finer(than other: TimeUnit) -> TimeUnit { rawValue > other.rawValue ? self : other }
}

extension DataType {
    private func widenedNumber(with other: DataType) -> DataType? {
        switch (integerForm, other.integerForm, floatBitWidth, other.floatBitWidth) {
        case (let mine?, let others?, _, _): return Self.integer(mine, others)
        case (nil, nil, let mine?, let others?): return Self.float(bitWidth: max(mine, others))
        case (let integer?, _, _, let float?), (_, let integer?, let float?, _):
            let digitCount = integer.isSigned ? integer.bitWidth - 1 : integer.bitWidth
            let enough = digitCount <= 11 ? 16 : digitCount <= 24 ? 32 : digitCount <= 53 ? 64 : nil
            return enough.map { Self.float(bitWidth: max($0, float)) }
        default: return widenedDecimal(with: other)
        }
    }

    private var integerForm: (isSigned: Bool, bitWidth: Int)? {
        switch self {
        case .int8: (true, 8)
        case .int16: (true, 16)
        case .int32: (true, 32)
        case .int64: (true, 64)
        case .uint8: (false, 8)
        case .uint16: (false, 16)
        case .uint32: (false, 32)
        case .uint64: (false, 64)
        default: nil
        }
    }

    private var floatBitWidth: Int? {
        switch self {
        case .float16: 16
        case .float32: 32
        case .float64: 64
        default: nil
        }
    }

    private static func integer(
        _ left: (isSigned: Bool, bitWidth: Int), _ right: (isSigned: Bool, bitWidth: Int)
    ) -> DataType? {
        let isSigned = left.isSigned || right.isSigned
        // A signed integer needs twice the bits of an unsigned one, in powers of two.
        let widths = [left, right].map { isSigned && !$0.isSigned ? $0.bitWidth * 2 : $0.bitWidth }
        switch (isSigned, max(widths[0], widths[1])) {
        case (true, 8): return .int8
        case (true, 16): return .int16
        case (true, 32): return .int32
        case (true, 64): return .int64
        case (false, 8): return .uint8
        case (false, 16): return .uint16
        case (false, 32): return .uint32
        case (false, 64): return .uint64
        default: return nil
        }
    }

    private static func float(bitWidth: Int) -> DataType {
        bitWidth == 16 ? .float16 : bitWidth == 32 ? .float32 : .float64
    }

    private func widenedDecimal(with other: DataType) -> DataType? {
        guard let mine = decimalForm, let others = other.decimalForm else { return nil }
        let scale = max(mine.scale, others.scale)
        let precision = max(mine.precision - mine.scale, others.precision - others.scale) + scale
        guard precision <= 38, scale - min(mine.scale, others.scale) <= 38 else { return nil }
        let needed = precision <= 9 ? 32 : precision <= 18 ? 64 : 128
        switch max(needed, mine.bitWidth, others.bitWidth) {
        case 32: return .decimal32(precision: precision, scale: scale)
        case 64: return .decimal64(precision: precision, scale: scale)
        default: return .decimal128(precision: precision, scale: scale)
        }
    }

    private var decimalForm: (bitWidth: Int, precision: Int, scale: Int)? {
        switch self {
        case .decimal32(let precision, let scale): (32, precision, scale)
        case .decimal64(let precision, let scale): (64, precision, scale)
        case .decimal128(let precision, let scale): (128, precision, scale)
        default: nil
        }
    }
}
