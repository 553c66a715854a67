import AWSAuth
import ArrowLayout
import ByteCore
import S3

/// The columns that say where a row comes from.
enum LineageColumns {
    /// Name of the column with the object's key.
    static let key = "_cq_s3_key"
    /// Name of the column with the object's ETag.
    static let eTag = "_cq_s3_etag"

    /// Returns the text that the rows of an object have for its key: what is not UTF-8 is replaced.
    static func text(of key: ObjectKey) -> String { String(decoding: key.bytes, as: UTF8.self) }

    /// Returns the columns for the rows of an object. All may be null, so that they can be added to a table with rows.
    static func columns(of object: ObjectSummary) -> [AddedColumns.Column] {
        let time = object.lastModified
        let (seconds, overflow) = time.seconds.multipliedReportingOverflow(by: 1_000_000)
        let microseconds = overflow ? ConstantValue.null : .int64(seconds + Int64(time.nanoseconds / 1_000))
        return [
            column(key, .utf8, .constant(.text(Bytes(text(of: object.key).utf8)))),
            column(eTag, .utf8, .constant(object.eTag.isEmpty ? .null : .text(Bytes(object.eTag.utf8)))),
            column("_cq_s3_last_modified", .timestamp(.microsecond, timezone: "UTC"), .constant(microseconds)),
            column("_cq_s3_row", .int64, .rowNumber),
        ]
    }

    private static func column(_ name: String, _ type: DataType, _ value: AddedColumns.Value) -> AddedColumns.Column {
        AddedColumns.Column(field: Field(name, type), value: value)
    }
}
