import ArrowLayout
import ByteCore
import ParquetArrow

/// Storage of variants made by hand.
enum VariantStorage {
    /// Metadata of some names in their order, with offsets of one byte.
    static func metadata(_ names: [String], isSorted: Bool = false) -> [UInt8] {
        var offsets: [UInt8] = [0]
        for name in names { offsets.append(offsets[offsets.count - 1] + UInt8(name.utf8.count)) }
        return [isSorted ? 0x11 : 0x01, UInt8(names.count)] + offsets + names.flatMap { Array($0.utf8) }
    }

    static func binary(_ values: [[UInt8]?], _ type: DataType = .binary) throws -> ArrayData {
        var builder = VariableBuilder<Int32>()
        for value in values { try builder.append(value.map { Bytes($0) }) }
        return builder.freeze(type)
    }

    static func text(_ values: [String?]) throws -> ArrayData {
        try binary(values.map { $0.map { Array($0.utf8) } }, .utf8)
    }

    static func integers(_ values: [Int64?]) -> ArrayData {
        var builder = PrimitiveBuilder<Int64>()
        for value in values { builder.append(value) }
        return builder.freeze(.int64)
    }

    /// A struct; `isNull` tells the rows where it is null.
    static func group(
        _ columns: KeyValuePairs<String, ArrayData>, isNull: [Bool]? = nil, fields: [String: Metadata] = [:]
    ) -> ArrayData {
        let count = columns[0].value.count
        var validity = ValidityBufferBuilder()
        for row in 0..<count {
            if isNull?[row] == true { validity.appendNull() } else { validity.appendValid() }
        }
        let nullCount = validity.nullCount
        let type = DataType.structure(
            columns.map { Field($0.key, $0.value.type, metadata: fields[$0.key] ?? Metadata()) })
        return ArrayData(
            type: type, count: count, nullCount: nullCount, buffers: [validity.freeze()],
            children: columns.map(\.value))
    }

    /// A list; nil is a null.
    static func list(_ counts: [Int?], of child: ArrayData) throws -> ArrayData {
        var builder = ListBuilder<Int32>()
        for count in counts { try builder.append(elementCount: count) }
        return builder.freeze(.list(Field("element", child.type)), child: child)
    }

    /// A batch of one column, which is a VARIANT.
    static func batch(_ storage: ArrayData) -> RecordBatch {
        let field = Field("v", storage.type, metadata: ["ARROW:extension:name": "arrow.parquet.variant"])
        return RecordBatch(schema: Schema([field]), rowCount: storage.count, columns: [storage])
    }

    /// What a form of the variants is, checked to be a valid array of the type that the schema says.
    static func mapped(_ storage: ArrayData, as form: VariantMapping.Form) throws -> ArrayData {
        let batch = batch(storage)
        let mapping = try VariantMapping(batch.schema, as: form)
        let mapped = try mapping.map(batch)
        precondition(mapped.columns[0].type == mapping.schema.fields[0].type)
        try mapped.columns[0].validate()
        return mapped.columns[0]
    }

    /// The JSON text of each row; nil for a null.
    static func json(_ storage: ArrayData) throws -> [String?] {
        let view = ArrayView(try mapped(storage, as: .json))
        return (0..<view.count).map { view.string(at: $0) }
    }

    /// The encoded value of each row; nil for a null.
    static func values(_ storage: ArrayData) throws -> [[UInt8]?] {
        let view = ArrayView(try mapped(storage, as: .whole))
        return (0..<view.count).map { row in
            view.isNull(at: row) ? nil : view.child(1).bytes(at: row).map { [UInt8]($0) }
        }
    }

    /// The JSON text of one encoded value.
    static func json(_ value: [UInt8], names: [String] = []) throws -> String? {
        try json(group(["metadata": binary([metadata(names)]), "value": binary([value])]))[0]
    }
}
