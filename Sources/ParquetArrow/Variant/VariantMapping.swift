public import ArrowLayout
import ByteCore
public import Parquet

/// Turns the storage of VARIANT columns, at any depth, into what others can use.
///
/// A column counts as VARIANT by its extension name, which `FileReader` gives it. A struct of that name whose fields
/// are not those of a variant stays a struct.
public struct VariantMapping: Sendable {
    /// What becomes of a VARIANT.
    public enum Form: Hashable, Sendable {
        /// A struct of `metadata` and `value`, with no typed value.
        case whole
        /// JSON text, under the extension name `arrow.json`.
        case json
    }

    /// What happens to an array.
    private indirect enum Step: Sendable {
        case none
        case variant(VariantShape)
        case children([Step])
    }

    /// The schema of mapped batches.
    public let schema: Schema
    private let steps: [Step]
    private let form: Form

    /// Looks for the VARIANT columns of a schema.
    ///
    /// - Throws: malformed where a typed value is of a type that variants do not have, naming the column.
    public init(_ schema: Schema, as form: Form) throws(ParquetError) {
        var mapped = schema
        var steps: [Step] = []
        for index in schema.fields.indices {
            do throws(DecodeFault) {
                let (field, step) = try Self.mapped(schema.fields[index], as: form)
                mapped.fields[index] = field
                steps.append(step)
            } catch {
                throw ParquetError(kind: error.kind, column: schema.fields[index].name)
            }
        }
        self.schema = mapped
        self.steps = steps
        self.form = form
    }

    /// Returns the rows under the mapped schema; columns without VARIANT share their memory.
    ///
    /// - Throws: what is wrong with a variant, naming the column.
    public func map(_ batch: RecordBatch) throws(ParquetError) -> RecordBatch {
        var columns: [ArrayData] = []
        columns.reserveCapacity(batch.columns.count)
        for (index, array) in batch.columns.enumerated() {
            do throws(DecodeFault) {
                columns.append(try mapped(array, steps[index], as: schema.fields[index].type, isThere: nil))
            } catch {
                throw ParquetError(kind: error.kind, column: schema.fields[index].name)
            }
        }
        return RecordBatch(schema: schema, rowCount: batch.rowCount, columns: columns)
    }

    private static func mapped(_ field: Field, as form: Form) throws(DecodeFault) -> (Field, Step) {
        var field = field
        if field.metadata[FieldMetadata.extensionNameKey] == FieldMetadata.variantName,
            let shape = try VariantShape(storage: field.type)
        {
            switch form {
            case .whole:
                field.type = .structure([
                    Field("metadata", .binary, isNullable: false), Field("value", .binary, isNullable: false),
                ])
            case .json:
                field.type = .utf8
                field.metadata[FieldMetadata.extensionNameKey] = FieldMetadata.jsonName
            }
            return (field, .variant(shape))
        }
        var children = field.type.children
        var steps: [Step] = []
        var isChanged = false
        for index in children.indices {
            let (child, step) = try mapped(children[index], as: form)
            children[index] = child
            steps.append(step)
            if case .none = step { continue }
            isChanged = true
        }
        guard isChanged else { return (field, .none) }
        field.type = field.type.with(children: children)
        return (field, .children(steps))
    }

    /// Maps an array whose values mean nothing where `isThere` is not set: there a struct around them is null.
    private func mapped(
        _ array: ArrayData, _ step: Step, as type: DataType, isThere: Bitmap?
    ) throws(DecodeFault) -> ArrayData {
        switch step {
        case .none: return array
        case .variant(let shape): return try variants(array, shape, as: type, isThere: isThere)
        case .children(let steps):
            let fields = type.children
            // Null lists have no elements, so that all elements are there.
            let isThere: Bitmap? = if case .structure = type { array.valid(where: isThere) } else { nil }
            var children: [ArrayData] = []
            for (index, child) in array.children.enumerated() {
                children.append(try mapped(child, steps[index], as: fields[index].type, isThere: isThere))
            }
            return ArrayData(
                type: type, count: array.count, nullCount: array.nullCount, buffers: array.buffers, children: children)
        }
    }

    private func variants(
        _ array: ArrayData, _ shape: VariantShape, as type: DataType, isThere: Bitmap?
    ) throws(DecodeFault) -> ArrayData {
        var reassembly = VariantReassembly(shape)
        let isThere = array.valid(where: isThere)
        switch form {
        case .whole:
            var metadata = VariableBuilder<Int32>(capacity: array.count)
            var values = VariableBuilder<Int32>(capacity: array.count)
            for index in 0..<array.count {
                let row = isThere?[index] == false ? nil : try reassembly.row(index, of: array)
                try metadata.add(row?.metadata ?? Bytes())
                try values.add(row?.value ?? Bytes())
            }
            return ArrayData(
                type: type, count: array.count, nullCount: array.nullCount, buffers: array.buffers,
                children: [metadata.freeze(.binary), values.freeze(.binary)])
        case .json:
            var texts = VariableBuilder<Int32>(capacity: array.count)
            var text: [UInt8] = []
            let nulls = ArrayView(array)
            for index in 0..<array.count {
                if nulls.isNull(at: index) {
                    texts.appendNull()
                    continue
                }
                text.removeAll(keepingCapacity: true)
                if isThere?[index] != false {
                    let (metadata, value) = try reassembly.row(index, of: array)
                    try VariantText(VariantNames(metadata), value).append(to: &text)
                }
                try texts.add(Bytes(text))
            }
            return texts.freeze(.utf8)
        }
    }
}

extension ArrayData {
    /// Which values are not null, out of those that are there at all; nil where all are.
    fileprivate func valid(where isThere: Bitmap?) -> Bitmap? {
        guard nullCount > 0 else { return isThere }
        let validity = Bitmap(buffers[0], count: count)
        guard let isThere else { return validity }
        var bits = BitBuilder(capacity: count)
        for index in 0..<count { bits.append(validity[index] && isThere[index]) }
        return Bitmap(bits.freeze(), count: count)
    }
}

extension VariableBuilder<Int32> {
    /// Appends a value; all together must stay below what a batch may have.
    fileprivate mutating func add(_ value: Bytes) throws(DecodeFault) {
        do throws(ArrayFault) {
            try append(value)
        } catch {
            throw DecodeFault(.limit(.batchByteCount))
        }
    }
}
