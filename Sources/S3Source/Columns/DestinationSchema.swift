import ArrowLayout
import CloudQueryPlugin
import Parquet
import ParquetArrow

/// The columns of a file in the types that destinations take.
///
/// Every destination has a type of its own for the types that CloudQuery's SDK tests destinations with; given another
/// one it panics, or stores Go's text form of the values. So the types of that test are kept, and these become some:
///
/// | in the file | for destinations |
/// |---|---|
/// | UUID | CloudQuery's `uuid` |
/// | VARIANT, shredded or not | CloudQuery's `json`; inside lists, maps and structs text of JSON |
/// | FLOAT16 | float32, which holds every value |
/// | other FIXED_LEN_BYTE_ARRAY | binary |
/// | UNKNOWN, which has no values | text; `TableColumns` sees to it, when the files of the table have agreed |
///
/// They do so inside lists, maps and structs, too. Kept although that test leaves it out: decimals of more than 38
/// digits, since text would lose that they are numbers. JSON columns stay text: no writer checks them, and one wrong
/// value would have a destination refuse a whole batch.
///
/// Whatever Arrow type a writer had in mind (large, view and dictionary types, fixed-size lists, durations, time zones)
/// does not get here, as the reader goes by the Parquet schema: files of one table by different writers agree. The
/// metadata of fields is each file's own, and left out.
struct DestinationSchema: Sendable {
    /// The columns.
    let schema: Schema
    private let variants: VariantMapping

    /// Maps the schema of a file.
    ///
    /// - Throws: `malformed` where a shredded VARIANT has a typed value that variants do not have.
    init(_ file: Schema) throws(ParquetError) {
        let variants = try VariantMapping(file, as: .json)
        let fields = zip(file.fields, variants.schema.fields).map { stored, field in
            let isVariant = field.type == .utf8 && stored.type != .utf8
            return isVariant ? CQColumn.json(field.name, isNullable: field.isNullable) : Self.field(field)
        }
        self.variants = variants
        schema = Schema(fields)
    }

    /// Returns rows of the file in these types.
    ///
    /// - Throws: `RowError` when the bytes of a batch are more than its offsets count, `ParquetError` where a VARIANT
    ///   is malformed.
    func rows(_ batch: RecordBatch) throws -> RecordBatch {
        let batch = try variants.map(batch)
        var columns: [ArrayData] = []
        columns.reserveCapacity(batch.columns.count)
        for (column, field) in zip(batch.columns, schema.fields) {
            do throws(ArrayFault) {
                columns.append(try column.widened(to: field.type))
            } catch {
                throw RowError(
                    description: "column \"\(field.name)\": \(error.rule.rawValue); rows_per_record is too large for it"
                )
            }
        }
        return RecordBatch(schema: schema, rowCount: batch.rowCount, columns: columns)
    }

    private static func field(_ field: Field) -> Field {
        switch (field.type, CQColumn.extensionName(of: field)) {
        case (.fixedSizeBinary(byteWidth: 16), "arrow.uuid"):
            return CQColumn.uuid(field.name, isNullable: field.isNullable)
        case (.fixedSizeBinary, _): return Field(field.name, .binary, isNullable: field.isNullable)
        case (.float16, _): return Field(field.name, .float32, isNullable: field.isNullable)
        default:
            let type = field.type.with(children: field.type.children.map(Self.field))
            return Field(field.name, type, isNullable: field.isNullable)
        }
    }
}

extension DataType {
    /// The type with text in place of what no file has a value of.
    var withTextForNull: DataType {
        if self == .null { return .utf8 }
        return with(
            children: children.map {
                Field($0.name, $0.type.withTextForNull, isNullable: $0.isNullable, metadata: $0.metadata)
            })
    }
}
