import ByteCore

extension LogicalType {
    /// Whether this reader knows the annotation.
    var isRecognised: Bool {
        if case .unrecognised = self { return false }
        return true
    }

    /// Reads the union; nil where it is empty.
    ///
    /// Spec: parquet.thrift, `LogicalType`.
    init?(_ reader: inout CompactReader) throws(DecodeFault) {
        var result: LogicalType?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            guard try reader.structure(field) else { continue }
            result = try Self.member(field.id, &reader)
        }
        guard let result else { return nil }
        self = result
    }

    private static func member(_ id: Int32, _ reader: inout CompactReader) throws(DecodeFault) -> LogicalType {
        switch id {
        case 5: return try decimal(&reader)
        case 7:
            let (unit, isUTC) = try unitAndUTC(&reader)
            return unit.map { .time(unit: $0, isUTC: isUTC) } ?? .unrecognised(7)
        case 8:
            let (unit, isUTC) = try unitAndUTC(&reader)
            return unit.map { .timestamp(unit: $0, isUTC: isUTC) } ?? .unrecognised(8)
        case 10: return try integer(&reader)
        case 16: return .variant(version: try numbers(&reader).0.map(Int.init))
        case 17: return .geometry(crs: try textAndNumber(&reader).0)
        case 18:
            let (crs, algorithm) = try textAndNumber(&reader)
            return .geography(crs: crs, algorithm: algorithm.map(Int.init))
        default:
            try reader.skip(CompactReader.WireType.structure)
            return plain[id] ?? .unrecognised(Int(id))
        }
    }

    /// The members without parameters.
    private static let plain: [Int32: LogicalType] = [
        1: .string, 2: .map, 3: .list, 4: .enumeration, 6: .date, 11: .unknown, 12: .json, 13: .bson, 14: .uuid,
        15: .float16, 19: .file,
    ]

    /// Reads a struct of two numbers with the ids 1 and 2.
    private static func numbers(_ reader: inout CompactReader) throws(DecodeFault) -> (Int32?, Int32?) {
        var result: (Int32?, Int32?)
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: result.0 = try reader.int32(field)
            case 2: result.1 = try reader.int32(field)
            default: try reader.skip(field.type)
            }
        }
        return result
    }

    private static func decimal(_ reader: inout CompactReader) throws(DecodeFault) -> LogicalType {
        let (scale, precision) = try numbers(&reader)
        return .decimal(precision: Int(precision ?? 0), scale: Int(scale ?? 0))
    }

    private static func integer(_ reader: inout CompactReader) throws(DecodeFault) -> LogicalType {
        var bitWidth: Int32?
        var isSigned: Bool?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: bitWidth = try reader.int32(field)
            case 2: isSigned = try reader.boolean(field)
            default: try reader.skip(field.type)
            }
        }
        guard let bitWidth, let isSigned else { return .unrecognised(10) }
        return .integer(bitWidth: Int(bitWidth), isSigned: isSigned)
    }

    private static func unitAndUTC(_ reader: inout CompactReader) throws(DecodeFault) -> (TimeUnit?, Bool) {
        var unit: TimeUnit?
        var isUTC = false
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: isUTC = try reader.boolean(field) ?? false
            case 2: if try reader.structure(field) { unit = try timeUnit(&reader) }
            default: try reader.skip(field.type)
            }
        }
        return (unit, isUTC)
    }

    private static func timeUnit(_ reader: inout CompactReader) throws(DecodeFault) -> TimeUnit? {
        var unit: TimeUnit?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: unit = .milliseconds
            case 2: unit = .microseconds
            case 3: unit = .nanoseconds
            default: break
            }
            try reader.skip(field.type)
        }
        return unit
    }

    private static func textAndNumber(_ reader: inout CompactReader) throws(DecodeFault) -> (String?, Int32?) {
        var result: (String?, Int32?)
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: result.0 = try reader.string(field)
            case 2: result.1 = try reader.int32(field)
            default: try reader.skip(field.type)
            }
        }
        return result
    }
}
