import ArrowIPC
public import ArrowLayout
import ByteCore
import Crypto
public import Parquet

/// Gives columns back the types that their writer had in mind, where the Parquet schema cannot say them.
///
/// Arrow writers store their schema in the metadata as `ARROW:schema`. It is a hint: one that cannot be read, or that
/// has other columns than the file, is as good as none. What the same bytes can be is restored: durations, time zones
/// of instants, and the metadata of fields, which names extension types. An extension type is never looked up or run.
/// Not done: what needs other bytes (large and view types, dictionaries, date64, fixed-size lists) stays plain.
public struct SchemaRestoration: Sendable {
    /// The schema of restored batches.
    public let schema: Schema
    /// Whether restored batches differ from what was read.
    private let isChanged: Bool

    /// Compares the schema that a reader gives with what the file's metadata says.
    public init(_ schema: Schema, metadata: FileMetadata) {
        self.init(schema, stored: metadata.keyValueMetadata.first { $0.key == "ARROW:schema" }?.value)
    }

    /// Compares the schema that a reader gives with the text under `ARROW:schema`.
    init(_ schema: Schema, stored text: String?) {
        guard let hint = text.flatMap(Self.decoded), Self.haveSameNames(schema.fields, hint.fields) else {
            self.schema = schema
            isChanged = false
            return
        }
        let fields = zip(schema.fields, hint.fields).map { Self.restored($0, by: $1) }
        self.schema = Schema(fields, metadata: schema.metadata)
        isChanged = fields != schema.fields
    }

    /// Returns a batch of the reader's schema under the restored one; the values are shared.
    public func restore(_ batch: RecordBatch) -> RecordBatch {
        guard isChanged else { return batch }
        let columns = zip(batch.columns, schema.fields).map { $0.retyped(as: $1.type) }
        return RecordBatch(schema: schema, rowCount: batch.rowCount, columns: columns)
    }

    private static func decoded(_ text: String) -> Schema? {
        Base64.decode(text.utf8).flatMap { try? StreamDecoder.schema(of: Bytes($0)) }
    }

    private static func haveSameNames(_ fields: [Field], _ others: [Field]) -> Bool {
        fields.count == others.count && zip(fields, others).allSatisfy { $0.name.utf8.elementsEqual($1.name.utf8) }
    }

    private static func restored(_ field: Field, by hint: Field) -> Field {
        var result = field
        result.type = restored(field.type, by: hint.type)
        // Metadata that names an extension type is only true of the type that it was written for.
        if result.type == hint.type { result.metadata = hint.metadata }
        return result
    }

    private static func restored(_ type: DataType, by hint: DataType) -> DataType {
        switch (type, hint) {
        case (.timestamp(let unit, .some), .timestamp(_, let timezone?)): .timestamp(unit, timezone: timezone)
        case (.int64, .duration): hint
        case (.list(let item), .list(let other)), (.list(let item), .largeList(let other)),
            (.list(let item), .fixedSizeList(let other, _)):
            .list(restored(item, by: other))
        case (.structure(let fields), .structure(let others)) where haveSameNames(fields, others):
            .structure(zip(fields, others).map { restored($0, by: $1) })
        case (.map(let entries, let keysSorted), .map(let others, _)):
            if case .structure(let fields) = entries.type, case .structure(let hints) = others.type,
                fields.count == hints.count
            {
                .map(entries: entries.with(zip(fields, hints).map { restored($0, by: $1) }), keysSorted: keysSorted)
            } else {
                type
            }
        default: type
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
