import ArrowLayout
import ByteCore
import Parquet

/// The Arrow type of a column, and how its stored values become Arrow values.
///
/// Only plain types: no dictionaries, views or large offsets, which the consumers of the stream do not all take.
/// Spec: LogicalTypes.md. Annotations that say what numbers mean must fit their physical type, since guessing would
/// change values; those of text and bytes are ignored where they do not fit, as writers do put them on integers.
struct ColumnMapping: Hashable, Sendable {
    /// The Arrow type.
    let type: DataType
    /// What happens to each value.
    let conversion: LogicalConversion

    /// Maps the type of a leaf.
    ///
    /// - Throws: malformed where an annotation contradicts the physical type, unsupported where Arrow has no such type.
    init(_ leaf: LeafColumn, forms: ChosenForms = ChosenForms()) throws(DecodeFault) {
        if leaf.logicalType == .unknown {
            self.init(.null, .none)
            return
        }
        if case .decimal(let precision, let scale)? = leaf.logicalType {
            self = try Self.decimal(leaf, precision: precision, scale: scale)
            return
        }
        try Self.requireFit(leaf)
        switch leaf.physicalType {
        case .boolean: self.init(.bool, .none)
        case .int32: self = Self.int32(leaf)
        case .int64: self = Self.int64(leaf)
        case .int96: self.init(.timestamp(TimeUnit(forms.int96), timezone: nil), .int96(forms.int96))
        case .float: self.init(.float32, .none)
        case .double: self.init(.float64, .none)
        case .byteArray: self = Self.byteArray(leaf)
        default: self = Self.fixedLength(leaf, forms.intervals)
        }
    }

    private init(_ type: DataType, _ conversion: LogicalConversion) {
        self.type = type
        self.conversion = conversion
    }

    private static func int32(_ leaf: LeafColumn) -> ColumnMapping {
        switch leaf.logicalType {
        case .integer(8, true): ColumnMapping(.int8, .narrow(byteWidth: 1))
        case .integer(8, false): ColumnMapping(.uint8, .narrow(byteWidth: 1))
        case .integer(16, true): ColumnMapping(.int16, .narrow(byteWidth: 2))
        case .integer(16, false): ColumnMapping(.uint16, .narrow(byteWidth: 2))
        case .integer(32, false): ColumnMapping(.uint32, .none)
        case .date: ColumnMapping(.date32, .none)
        case .time(.milliseconds, _): ColumnMapping(.time32(.millisecond), .none)
        default: ColumnMapping(.int32, .none)
        }
    }

    private static func int64(_ leaf: LeafColumn) -> ColumnMapping {
        switch leaf.logicalType {
        case .integer(64, false): ColumnMapping(.uint64, .none)
        case .time(.microseconds, _): ColumnMapping(.time64(.microsecond), .none)
        case .time(.nanoseconds, _): ColumnMapping(.time64(.nanosecond), .none)
        case .timestamp(let unit, let isUTC):
            ColumnMapping(.timestamp(TimeUnit(unit), timezone: isUTC ? "UTC" : nil), .none)
        default: ColumnMapping(.int64, .none)
        }
    }

    private static func byteArray(_ leaf: LeafColumn) -> ColumnMapping {
        switch leaf.logicalType {
        case .string, .enumeration, .json: ColumnMapping(.utf8, .text)
        default: ColumnMapping(.binary, .none)
        }
    }

    private static func fixedLength(_ leaf: LeafColumn, _ intervals: IntervalForm) -> ColumnMapping {
        switch (leaf.logicalType, leaf.typeLength) {
        case (.float16, 2): ColumnMapping(.float16, .none)
        case (.interval, 12) where intervals == .calendar: ColumnMapping(.interval(.monthDayNano), .interval)
        default: ColumnMapping(.fixedSizeBinary(byteWidth: leaf.typeLength), .none)
        }
    }

    private static func decimal(
        _ leaf: LeafColumn, precision: Int, scale: Int
    ) throws(DecodeFault) -> ColumnMapping {
        guard precision >= 1, scale >= 0, scale <= precision else { throw .malformed(.logicalType) }
        if precision > 76 {
            guard leaf.physicalType == .byteArray || leaf.physicalType == .fixedLengthByteArray else {
                throw .malformed(.logicalType)
            }
            return ColumnMapping(.float64, .floatOfDecimal(scale: scale))
        }
        let isWide = precision > 38
        let type =
            isWide
            ? DataType.decimal256(precision: precision, scale: scale)
            : DataType.decimal128(precision: precision, scale: scale)
        switch leaf.physicalType {
        case .int32 where !isWide: return ColumnMapping(type, .decimalOfInteger(byteWidth: 4))
        case .int64 where !isWide: return ColumnMapping(type, .decimalOfInteger(byteWidth: 8))
        case .byteArray: return ColumnMapping(type, .decimalOfBytes(byteWidth: isWide ? 32 : 16))
        case .fixedLengthByteArray where leaf.typeLength > 0:
            return ColumnMapping(type, .decimalOfBytes(byteWidth: isWide ? 32 : 16))
        default: throw .malformed(.logicalType)
        }
    }

    private static func requireFit(_ leaf: LeafColumn) throws(DecodeFault) {
        let fits =
            switch leaf.logicalType {
            case .date, .time(.milliseconds, _), .integer(8, _), .integer(16, _), .integer(32, _):
                leaf.physicalType == .int32
            case .time, .timestamp, .integer(64, _): leaf.physicalType == .int64
            // An integer of 128 bits, which the format does not have, is written as 16 bytes.
            case .integer(let bitWidth, _): bitWidth > 64 && leaf.physicalType == .fixedLengthByteArray
            default: true
            }
        if !fits { throw .malformed(.logicalType) }
    }
}

extension TimeUnit {
    fileprivate init(_ unit: LogicalType.TimeUnit) {
        switch unit {
        case .milliseconds: self = .millisecond
        case .microseconds: self = .microsecond
        case .nanoseconds: self = .nanosecond
        }
    }
}

extension TimeUnit {
    fileprivate init(_ unit: Int96Timestamps) {
        switch unit {
        case .nanoseconds: self = .nanosecond
        case .microseconds: self = .microsecond
        case .milliseconds: self = .millisecond
        }
    }
}
