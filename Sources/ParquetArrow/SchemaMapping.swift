import ArrowLayout
import ByteCore
import Parquet

/// The Arrow type of a column, and how its stored values become Arrow values.
///
/// Only plain types: no dictionaries, views or large offsets, which the consumers of the stream do not all take.
/// Spec: LogicalTypes.md. An annotation that does not fit its physical type is ignored, as if it were not there.
struct ColumnMapping: Hashable, Sendable {
    /// The Arrow type.
    let type: DataType
    /// What happens to each value.
    let conversion: LogicalConversion

    /// Maps the type of a leaf.
    init(_ leaf: LeafColumn) {
        if leaf.logicalType == .unknown {
            self.init(.null, .none)
            return
        }
        switch leaf.physicalType {
        case .boolean: self.init(.bool, .none)
        case .int32: self = Self.int32(leaf)
        case .int64: self = Self.int64(leaf)
        case .int96: self.init(.timestamp(.nanosecond, timezone: nil), .int96)
        case .float: self.init(.float32, .none)
        case .double: self.init(.float64, .none)
        case .byteArray: self = Self.byteArray(leaf)
        default: self = Self.fixedLength(leaf)
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
        default: decimal(leaf) ?? ColumnMapping(.int32, .none)
        }
    }

    private static func int64(_ leaf: LeafColumn) -> ColumnMapping {
        switch leaf.logicalType {
        case .integer(64, false): ColumnMapping(.uint64, .none)
        case .time(.microseconds, _): ColumnMapping(.time64(.microsecond), .none)
        case .time(.nanoseconds, _): ColumnMapping(.time64(.nanosecond), .none)
        case .timestamp(let unit, let isUTC):
            ColumnMapping(.timestamp(TimeUnit(unit), timezone: isUTC ? "UTC" : nil), .none)
        default: decimal(leaf) ?? ColumnMapping(.int64, .none)
        }
    }

    private static func byteArray(_ leaf: LeafColumn) -> ColumnMapping {
        switch leaf.logicalType {
        case .string, .enumeration, .json: ColumnMapping(.utf8, .text)
        default: decimal(leaf) ?? ColumnMapping(.binary, .none)
        }
    }

    private static func fixedLength(_ leaf: LeafColumn) -> ColumnMapping {
        switch (leaf.logicalType, leaf.typeLength) {
        case (.float16, 2): ColumnMapping(.float16, .none)
        case (.interval, 12): ColumnMapping(.interval(.monthDayNano), .interval)
        default: decimal(leaf) ?? ColumnMapping(.fixedSizeBinary(byteWidth: leaf.typeLength), .none)
        }
    }

    /// The mapping of a decimal that Arrow can hold; nil for any other leaf.
    private static func decimal(_ leaf: LeafColumn) -> ColumnMapping? {
        guard case .decimal(let precision, let scale)? = leaf.logicalType else { return nil }
        guard precision >= 1, precision <= 76, scale >= 0, scale <= precision else { return nil }
        let isWide = precision > 38
        let conversion: LogicalConversion
        switch leaf.physicalType {
        case .int32: conversion = .decimalOfInteger(byteWidth: 4)
        case .int64: conversion = .decimalOfInteger(byteWidth: 8)
        case .fixedLengthByteArray:
            guard leaf.typeLength > 0 else { return nil }
            conversion = .decimalOfBytes(byteWidth: isWide ? 32 : 16)
        default: conversion = .decimalOfBytes(byteWidth: isWide ? 32 : 16)
        }
        if isWide {
            guard case .decimalOfBytes = conversion else { return nil }
            return ColumnMapping(.decimal256(precision: precision, scale: scale), conversion)
        }
        return ColumnMapping(.decimal128(precision: precision, scale: scale), conversion)
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

/// The Arrow schema of a file, with the leaf and mapping behind each field.
struct SchemaMapping: Sendable {
    /// The Arrow schema: one field for each field below the root.
    let schema: Schema
    /// The leaf of each field.
    let leaves: [LeafColumn]
    /// The mapping of each field.
    let mappings: [ColumnMapping]

    /// Maps a schema tree.
    ///
    /// - Throws: `unsupported` where a field is a group or repeated, naming it.
    init(_ tree: SchemaTree) throws(ParquetError) {
        var fields: [Field] = []
        var leaves: [LeafColumn] = []
        var mappings: [ColumnMapping] = []
        for node in tree.root.children {
            guard let leafIndex = node.leafIndex, node.repetition != .repeated else {
                throw ParquetError(kind: .unsupported(.nestedColumn), column: node.name)
            }
            let leaf = tree.leaves[leafIndex]
            let mapping = ColumnMapping(leaf)
            fields.append(Field(node.name, mapping.type, isNullable: node.repetition == .optional || mapping.type == .null))
            leaves.append(leaf)
            mappings.append(mapping)
        }
        schema = Schema(fields)
        self.leaves = leaves
        self.mappings = mappings
    }
}
