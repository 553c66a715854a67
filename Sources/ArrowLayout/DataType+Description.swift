extension TimeUnit: CustomStringConvertible {
    /// The unit's usual abbreviation.
    public var description: String {
        switch self {
        case .second: "s"
        case .millisecond: "ms"
        case .microsecond: "us"
        case .nanosecond: "ns"
        }
    }
}

extension DataType: CustomStringConvertible {
    /// The type as Arrow's own tools write it, such as `timestamp[us, tz=UTC]`.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .uint8: "uint8"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float16: "float16"
        case .float32: "float32"
        case .float64: "float64"
        case .utf8: "utf8"
        case .largeUtf8: "large_utf8"
        case .utf8View: "utf8_view"
        case .binary: "binary"
        case .largeBinary: "large_binary"
        case .binaryView: "binary_view"
        case .fixedSizeBinary(let byteWidth): "fixed_size_binary[\(byteWidth)]"
        case .decimal32(let precision, let scale): "decimal32(\(precision), \(scale))"
        case .decimal64(let precision, let scale): "decimal64(\(precision), \(scale))"
        case .decimal128(let precision, let scale): "decimal128(\(precision), \(scale))"
        case .decimal256(let precision, let scale): "decimal256(\(precision), \(scale))"
        case .date32: "date32"
        case .date64: "date64"
        case .time32(let unit): "time32[\(unit)]"
        case .time64(let unit): "time64[\(unit)]"
        case .timestamp(let unit, nil): "timestamp[\(unit)]"
        case .timestamp(let unit, let timezone?): "timestamp[\(unit), tz=\(timezone)]"
        case .duration(let unit): "duration[\(unit)]"
        case .interval(.yearMonth): "month_interval"
        case .interval(.dayTime): "day_time_interval"
        case .interval(.monthDayNano): "month_day_nano_interval"
        case .list(let item): "list<\(item)>"
        case .largeList(let item): "large_list<\(item)>"
        case .listView(let item): "list_view<\(item)>"
        case .largeListView(let item): "large_list_view<\(item)>"
        case .fixedSizeList(let item, let count): "fixed_size_list<\(item)>[\(count)]"
        case .structure(let fields): "struct<\(fields.map(\.description).joined(separator: ", "))>"
        case .dictionary(let index, let value, let isOrdered):
            "dictionary<values=\(value), indices=\(index), ordered=\(isOrdered ? 1 : 0)>"
        case .map(let entries, _): "map<\(entries.type.children.map(\.description).joined(separator: ", "))>"
        }
    }
}

extension Field: CustomStringConvertible {
    /// The field as Arrow's own tools write it, such as `id: int64 not null`.
    public var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}
