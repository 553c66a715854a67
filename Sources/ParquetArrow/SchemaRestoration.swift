import ArrowIPC
public import ArrowLayout
import ByteCore
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
        let columns = zip(batch.columns, schema.fields).map { Self.relabelled($0, as: $1.type) }
        return RecordBatch(schema: schema, rowCount: batch.rowCount, columns: columns)
    }

    private static func decoded(_ text: String) -> Schema? {
        Base64.bytes(text).flatMap { try? StreamDecoder.schema(of: $0) }
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

    private static func relabelled(_ array: ArrayData, as type: DataType) -> ArrayData {
        guard array.type != type else { return array }
        return ArrayData(
            type: type, count: array.count, nullCount: array.nullCount, buffers: array.buffers,
            children: zip(array.children, type.children).map { relabelled($0, as: $1.type) })
    }
}

extension Field {
    fileprivate func with(_ fields: [Field]) -> Field {
        var copy = self
        copy.type = .structure(fields)
        return copy
    }
}

/// Base64 of RFC 4648.
enum Base64 {
    /// Returns the bytes that text stands for; nil where it is not Base64.
    static func bytes(_ text: String) -> Bytes? {
        var builder = ByteBuilder(capacity: text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var bitCount = 0
        var paddingCount = 0
        for digit in text.utf8 {
            guard digit != UInt8(ascii: "=") else {
                paddingCount += 1
                continue
            }
            guard paddingCount == 0, let value = value(digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                builder.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return paddingCount <= 2 && bitCount < 6 ? builder.freeze() : nil
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
