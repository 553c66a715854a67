import ArrowIPC
public import ArrowLayout
import ByteCore
import Crypto
public import Parquet

/// Gives columns back the types that their writer had in mind, where the Parquet schema cannot say them.
///
/// Arrow writers store their schema in the metadata as `ARROW:schema`. It is a hint: one that cannot be read is as good
/// as none, and so is what it says of a column that it does not fit. What Parquet says of values always holds.
///
/// | the reader gives | the hint says | restored |
/// |---|---|---|
/// | text, bytes | large or view text, bytes | the hint's type |
/// | any flat type but bool | a dictionary of what is restored for it | the dictionary, its values in order of appearance |
/// | the same | an ordered dictionary | the dictionary in its order, if the file keeps one that has all values |
/// | list | large list, list view, list of a fixed size | the hint's type, if all lists have that size |
/// | decimal | decimal of the same digits and another width | the hint's type, if all values have as many digits |
/// | instant | instant in another time zone | the same unit in that zone |
/// | int64 | duration, timestamp in seconds, date64 | the hint's type |
/// | int32 | time in seconds | the hint's type |
/// | date32 | date64 | date64 |
/// | map | map with sorted keys | the hint's order |
///
/// Children of lists, maps and structs are restored the same way. Metadata of fields and of the schema comes back; a
/// name of an extension type only where all of the type did, and such a type is never looked up or run.
/// Not done: run-end encoded columns come as their values.
public struct SchemaRestoration: Sendable {
    /// The schema of restored batches.
    public internal(set) var schema: Schema
    private let read: Schema
    /// The values of ordered dictionaries, by the path of their field.
    var orders: [[Int]: ValueOrder] = [:]

    /// Compares the schema that a reader gives with what the file's metadata says.
    public init(_ schema: Schema, metadata: FileMetadata) {
        let entries = metadata.keyValueMetadata
        self.init(schema, stored: entries.first { $0.key == Self.key }?.value)
        self.schema.metadata = Metadata(
            entries.filter { $0.key != Self.key }.compactMap { entry in entry.value.map { (entry.key, $0) } })
    }

    /// Compares the schema that a reader gives with the text under `ARROW:schema`.
    init(_ schema: Schema, stored text: String?) {
        read = schema
        self.schema = schema
        if let hint = text.flatMap(Self.decoded) { self.schema.fields = Self.restored(schema.fields, by: hint.fields) }
    }

    /// Whether values decide what can be restored: then `fit` has to see every batch before the first is restored.
    public var dependsOnValues: Bool { zip(read.fields, schema.fields).contains { Self.isDoubtful($0.type, $1.type) } }

    /// Gives up the types of columns whose values in a batch of the reader's schema they do not hold.
    public mutating func fit(_ batch: RecordBatch) {
        for (index, column) in batch.columns.enumerated()
        where Self.isDoubtful(read.fields[index].type, schema.fields[index].type) {
            forgetUnknownOrders(ofColumn: index)
            if column.restored(as: schema.fields[index].type, orders, at: [index]) != nil { continue }
            for path in orders.keys where path[0] == index { forgetOrder(path) }
            if column.restored(as: schema.fields[index].type, orders, at: [index]) == nil {
                schema.fields[index] = read.fields[index]
            }
        }
    }

    /// Returns a batch of the reader's schema under the restored one.
    public func restore(_ batch: RecordBatch) -> RecordBatch {
        let columns = batch.columns.enumerated().map { index, column in
            let type = schema.fields[index].type
            guard let restored = column.restored(as: type, orders, at: [index]) else {
                preconditionFailure("SchemaRestoration: a batch that fit() has not seen")
            }
            return restored
        }
        return RecordBatch(schema: schema, rowCount: batch.rowCount, columns: columns)
    }

    private static let key = "ARROW:schema"

    private static func decoded(_ text: String) -> Schema? {
        Base64.decode(text.utf8).flatMap { try? StreamDecoder.schema(of: Bytes($0)) }
    }

    /// Whether values of the first type may not fit the second.
    private static func isDoubtful(_ type: DataType, _ restored: DataType) -> Bool {
        switch (type, restored) {
        case (_, .fixedSizeList), (.decimal128, .decimal32), (.decimal128, .decimal64): true
        // A batch never has more values than 32 bits count.
        case (_, .dictionary(let index, let value, let isOrdered)):
            isOrdered || isDoubtful(type, value)
                || [.fixedWidth(byteWidth: 1), .fixedWidth(byteWidth: 2)].contains(index.layout)
        default: zip(type.children, restored.children).contains { isDoubtful($0.type, $1.type) }
        }
    }
}

extension SchemaRestoration {
    /// Restores fields by the hints in their places where all names agree, else by those of their names.
    private static func restored(_ fields: [Field], by hints: [Field]) -> [Field] {
        if fields.count == hints.count, zip(fields, hints).allSatisfy({ $0.name.utf8.elementsEqual($1.name.utf8) }) {
            return zip(fields, hints).map { restored($0, by: $1) }
        }
        let byName = Swift.Dictionary(grouping: hints) { Array($0.name.utf8) }
        return fields.map { field in
            guard let named = byName[Array(field.name.utf8)], named.count == 1 else { return field }
            return restored(field, by: named[0])
        }
    }

    private static func restored(_ field: Field, by hint: Field) -> Field {
        var result = field
        result.type = restored(field.type, by: hint.type)
        let isWhole = result.type.isStored(like: hint.type)
        for entry in hint.metadata.entries where isWhole || !entry.key.hasPrefix("ARROW:extension:") {
            result.metadata[entry.key] = entry.value
        }
        return result
    }

    private static func restored(_ type: DataType, by hint: DataType) -> DataType {
        switch (type, hint) {
        case (.utf8, .largeUtf8), (.utf8, .utf8View), (.binary, .largeBinary), (.binary, .binaryView): hint
        case (.timestamp(let unit, .some), .timestamp(_, let timezone?)) where !timezone.isEmpty:
            .timestamp(unit, timezone: timezone)
        case (.int64, .duration), (.int64, .date64), (.int64, .timestamp(.second, _)), (.int32, .time32(.second)),
            (.date32, .date64):
            hint
        case (.decimal128(let precision, let scale), .decimal32(let digits, let other)),
            (.decimal128(let precision, let scale), .decimal64(let digits, let other)),
            (.decimal128(let precision, let scale), .decimal256(let digits, let other)):
            digits == precision && other == scale ? hint : type
        case (_, .dictionary(let index, let value, let isOrdered)):
            dictionary(index, of: restored(type, by: value), value, isOrdered: isOrdered, type)
        case (.list(let item), .list(let other)): .list(restored(item, by: other))
        case (.list(let item), .largeList(let other)): .largeList(restored(item, by: other))
        case (.list(let item), .listView(let other)): .listView(restored(item, by: other))
        case (.list(let item), .largeListView(let other)): .largeListView(restored(item, by: other))
        case (.list(let item), .fixedSizeList(let other, let count)):
            .fixedSizeList(restored(item, by: other), count: count)
        case (.structure(let fields), .structure(let others)): .structure(restored(fields, by: others))
        case (.map(let entries, _), .map(let others, let keysSorted)):
            if case .structure(let fields) = entries.type, case .structure(let hints) = others.type,
                fields.count == hints.count
            {
                // The names of keys and values have no meaning.
                .map(
                    entries: entries.with(zip(fields, hints).map { restored($0, by: $1) }), keysSorted: keysSorted)
            } else {
                type
            }
        default: type
        }
    }

    private static func dictionary(
        _ index: DataType, of restored: DataType, _ value: DataType, isOrdered: Bool, _ type: DataType
    ) -> DataType {
        switch type.layout {
        case .fixedWidth, .variable:
            restored == value ? .dictionary(index: index, value: value, isOrdered: isOrdered) : restored
        default: restored
        }
    }
}

extension DataType {
    /// Whether values of both types are stored alike, whatever their children are called and whether those may be null.
    fileprivate func isStored(like other: DataType) -> Bool {
        switch (self, other) {
        case (.list(let mine), .list(let others)), (.largeList(let mine), .largeList(let others)),
            (.listView(let mine), .listView(let others)), (.largeListView(let mine), .largeListView(let others)):
            mine.type.isStored(like: others.type)
        case (.fixedSizeList(let mine, let count), .fixedSizeList(let others, let otherCount)):
            count == otherCount && mine.type.isStored(like: others.type)
        case (.structure(let mine), .structure(let others)):
            mine.count == others.count
                && zip(mine, others).allSatisfy {
                    $0.name.utf8.elementsEqual($1.name.utf8) && $0.type.isStored(like: $1.type)
                }
        case (.map(let mine, _), .map(let others, _)):
            zip(mine.type.children, others.type.children).allSatisfy { $0.type.isStored(like: $1.type) }
        case (.dictionary(let index, let value, _), .dictionary(let otherIndex, let other, _)):
            index == otherIndex && value.isStored(like: other)
        default: self == other
        }
    }
}

extension Field {
    fileprivate func with(_ fields: [Field]) -> Field {
        var copy = self
        copy.type = .structure(fields)
        return copy
    }
}
