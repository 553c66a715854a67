import ArrowLayout
import ByteCore

/// The tables of the union `Type` in Schema.fbs, by their number in it.
enum TypeCode: UInt8 {
    case null = 1
    case int
    case floatingPoint
    case binary
    case utf8
    case bool
    case decimal
    case date
    case time
    case timestamp
    case interval
    case list
    case structure
    case union
    case fixedSizeBinary
    case fixedSizeList
    case map
    case duration
    case largeBinary
    case largeUtf8
    case largeList
    case runEndEncoded
    case binaryView
    case utf8View
    case listView
    case largeListView
}

extension DataType {
    /// The table that describes this type, or the values of a dictionary.
    var code: TypeCode {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: .int
        case .float16, .float32, .float64: .floatingPoint
        case .utf8: .utf8
        case .largeUtf8: .largeUtf8
        case .utf8View: .utf8View
        case .binary: .binary
        case .largeBinary: .largeBinary
        case .binaryView: .binaryView
        case .fixedSizeBinary: .fixedSizeBinary
        case .decimal32, .decimal64, .decimal128, .decimal256: .decimal
        case .date32, .date64: .date
        case .time32, .time64: .time
        case .timestamp: .timestamp
        case .duration: .duration
        case .interval: .interval
        case .list: .list
        case .largeList: .largeList
        case .listView: .listView
        case .largeListView: .largeListView
        case .fixedSizeList: .fixedSizeList
        case .structure: .structure
        case .map: .map
        case .dictionary(_, let value, _): value.code
        }
    }

    /// Writes the table that describes this type, or the values of a dictionary.
    func write(to builder: inout FlatBufferBuilder, referencedFrom place: Int) throws(IPCError) {
        switch self {
        case .int8: builder.int(bitWidth: 8, isSigned: true, at: place)
        case .int16: builder.int(bitWidth: 16, isSigned: true, at: place)
        case .int32: builder.int(bitWidth: 32, isSigned: true, at: place)
        case .int64: builder.int(bitWidth: 64, isSigned: true, at: place)
        case .uint8: builder.int(bitWidth: 8, isSigned: false, at: place)
        case .uint16: builder.int(bitWidth: 16, isSigned: false, at: place)
        case .uint32: builder.int(bitWidth: 32, isSigned: false, at: place)
        case .uint64: builder.int(bitWidth: 64, isSigned: false, at: place)
        case .float16: builder.unit(0, at: place)
        case .float32: builder.unit(1, at: place)
        case .float64: builder.unit(2, at: place)
        case .date32: builder.unit(0, at: place)
        case .date64: builder.unit(1, at: place)
        case .duration(let unit): builder.unit(unit.rawValue, at: place)
        case .interval(let unit): builder.unit(unit.rawValue, at: place)
        case .time32(let unit): builder.time(unit, bitWidth: 32, at: place)
        case .time64(let unit): builder.time(unit, bitWidth: 64, at: place)
        case .decimal32(let precision, let scale):
            try builder.decimal(precision, scale, bitWidth: 32, at: place)
        case .decimal64(let precision, let scale):
            try builder.decimal(precision, scale, bitWidth: 64, at: place)
        case .decimal128(let precision, let scale):
            try builder.decimal(precision, scale, bitWidth: 128, at: place)
        case .decimal256(let precision, let scale):
            try builder.decimal(precision, scale, bitWidth: 256, at: place)
        case .timestamp(let unit, let timezone):
            let table = builder.table(TableShape(2, timezone == nil ? 0 : 4), referencedFrom: place)
            builder.set(table, 0, unit.rawValue)
            if let timezone { builder.string(timezone, referencedFrom: table.field(1)) }
        case .fixedSizeBinary(let size), .fixedSizeList(_, let size):
            let table = builder.table(TableShape(4), referencedFrom: place)
            builder.set(table, 0, try parameter(size))
        case .map(_, let keysSorted):
            let table = builder.table(TableShape(1), referencedFrom: place)
            builder.set(table, 0, UInt8(keysSorted ? 1 : 0))
        case .dictionary(_, let value, _): try value.write(to: &builder, referencedFrom: place)
        case .null, .bool, .utf8, .largeUtf8, .utf8View, .binary, .largeBinary, .binaryView, .list, .largeList,
            .listView, .largeListView, .structure:
            _ = builder.table(TableShape(), referencedFrom: place)
        }
    }

    /// Reads a type from its number, its table and the children of its field.
    init(code: UInt8, table: FlatBufferTable, children: [Field], text: inout MetadataText) throws(IPCError) {
        guard let kind = TypeCode(rawValue: code) else { throw IPCError(.unsupported(.type("number \(code)"))) }
        switch kind {
        case .null: self = .null
        case .bool: self = .bool
        case .utf8: self = .utf8
        case .largeUtf8: self = .largeUtf8
        case .utf8View: self = .utf8View
        case .binary: self = .binary
        case .largeBinary: self = .largeBinary
        case .binaryView: self = .binaryView
        case .int: self = try DataType(int: table)
        case .floatingPoint: self = try pick(table, 0, default: 0, [.float16, .float32, .float64])
        case .decimal: self = try DataType(decimal: table)
        case .date: self = try pick(table, 0, default: 1, [.date32, .date64])
        case .time: self = try DataType(time: table)
        case .timestamp:
            let unit = try TimeUnit(table, default: .second)
            let timezone = try table.string(1)
            self = .timestamp(unit, timezone: try timezone.map { bytes throws(IPCError) in try text.read(bytes) })
        case .duration: self = .duration(try TimeUnit(table, default: .millisecond))
        case .interval:
            self = try pick(table, 0, default: 0, IntervalUnit.allCases.map { .interval($0) })
        case .fixedSizeBinary: self = .fixedSizeBinary(byteWidth: try size(table))
        case .fixedSizeList: self = .fixedSizeList(try only(children), count: try size(table))
        case .list: self = .list(try only(children))
        case .largeList: self = .largeList(try only(children))
        case .listView: self = .listView(try only(children))
        case .largeListView: self = .largeListView(try only(children))
        case .structure: self = .structure(children)
        case .map:
            let entries = try only(children)
            guard case .structure(let fields) = entries.type, fields.count == 2 else { throw .malformed(.childCount) }
            self = .map(entries: entries, keysSorted: try table.bool(0))
        case .union, .runEndEncoded:
            throw IPCError(.unsupported(.type("\(kind)")))
        }
    }

    /// Reads an integer type from its table.
    init(int table: FlatBufferTable) throws(IPCError) {
        let bitWidth = try table.number(0, default: Int32(0))
        let isSigned = try table.bool(1)
        switch bitWidth {
        case 8: self = isSigned ? .int8 : .uint8
        case 16: self = isSigned ? .int16 : .uint16
        case 32: self = isSigned ? .int32 : .uint32
        case 64: self = isSigned ? .int64 : .uint64
        default: throw .malformed(.typeParameter)
        }
    }

    private init(decimal table: FlatBufferTable) throws(IPCError) {
        let precision = Int(try table.number(0, default: Int32(0)))
        let scale = Int(try table.number(1, default: Int32(0)))
        let bitWidth = try table.number(2, default: Int32(128))
        // The most digits that each width holds.
        let (digits, type): (Int, DataType) =
            switch bitWidth {
            case 32: (9, .decimal32(precision: precision, scale: scale))
            case 64: (18, .decimal64(precision: precision, scale: scale))
            case 128: (38, .decimal128(precision: precision, scale: scale))
            case 256: (76, .decimal256(precision: precision, scale: scale))
            default: (0, .null)
            }
        guard precision >= 1, precision <= digits else { throw .malformed(.typeParameter) }
        self = type
    }

    private init(time table: FlatBufferTable) throws(IPCError) {
        let unit = try TimeUnit(table, default: .millisecond)
        switch (try table.number(1, default: Int32(32)), unit) {
        case (32, .second), (32, .millisecond): self = .time32(unit)
        case (64, .microsecond), (64, .nanosecond): self = .time64(unit)
        default: throw .malformed(.typeParameter)
        }
    }
}

extension TimeUnit {
    fileprivate init(_ table: FlatBufferTable, default defaultUnit: TimeUnit) throws(IPCError) {
        guard let unit = TimeUnit(rawValue: try table.number(0, default: defaultUnit.rawValue)) else {
            throw .malformed(.typeParameter)
        }
        self = unit
    }
}

private func pick(
    _ table: FlatBufferTable, _ field: Int, default defaultIndex: Int16, _ types: [DataType]
) throws(IPCError) -> DataType {
    let index = Int(try table.number(field, default: defaultIndex))
    guard types.indices.contains(index) else { throw .malformed(.typeParameter) }
    return types[index]
}

private func size(_ table: FlatBufferTable) throws(IPCError) -> Int {
    let size = try table.number(0, default: Int32(0))
    guard size >= 0 else { throw .malformed(.typeParameter) }
    return Int(size)
}

private func only(_ children: [Field]) throws(IPCError) -> Field {
    guard children.count == 1 else { throw .malformed(.childCount) }
    return children[0]
}

private func parameter(_ value: Int) throws(IPCError) -> Int32 {
    guard let value = Int32(exactly: value) else { throw .malformed(.typeParameter) }
    return value
}

extension FlatBufferBuilder {
    fileprivate mutating func int(bitWidth: Int32, isSigned: Bool, at place: Int) {
        let table = table(TableShape(4, 1), referencedFrom: place)
        set(table, 0, bitWidth)
        set(table, 1, UInt8(isSigned ? 1 : 0))
    }

    fileprivate mutating func unit(_ unit: Int16, at place: Int) {
        let table = table(TableShape(2), referencedFrom: place)
        set(table, 0, unit)
    }

    fileprivate mutating func time(_ unit: TimeUnit, bitWidth: Int32, at place: Int) {
        let table = table(TableShape(2, 4), referencedFrom: place)
        set(table, 0, unit.rawValue)
        set(table, 1, bitWidth)
    }

    fileprivate mutating func decimal(
        _ precision: Int, _ scale: Int, bitWidth: Int32, at place: Int
    ) throws(IPCError) {
        let table = table(TableShape(4, 4, 4), referencedFrom: place)
        set(table, 0, try parameter(precision))
        set(table, 1, try parameter(scale))
        set(table, 2, bitWidth)
    }
}
