import AWSAuth
import ArrowLayout
import ByteCore
import S3

/// The columns that say where a row comes from.
enum LineageColumns {
    /// Returns the columns for the rows of an object. All may be null, so that they can be added to a table with rows.
    static func columns(of object: ObjectSummary) -> [AddedColumns.Column] {
        let time = object.lastModified
        let (seconds, overflow) = time.seconds.multipliedReportingOverflow(by: 1_000_000)
        let microseconds = overflow ? ConstantValue.null : .int64(seconds + Int64(time.nanoseconds / 1_000))
        return [
            column("_cq_s3_key", .utf8, .constant(.text(utf8(object.key.bytes)))),
            column("_cq_s3_etag", .utf8, .constant(object.eTag.isEmpty ? .null : .text(utf8(Array(object.eTag.utf8))))),
            column("_cq_s3_last_modified", .timestamp(.microsecond, timezone: "UTC"), .constant(microseconds)),
            column("_cq_s3_row", .int64, .rowNumber),
        ]
    }

    private static func column(_ name: String, _ type: DataType, _ value: AddedColumns.Value) -> AddedColumns.Column {
        AddedColumns.Column(field: Field(name, type), value: value)
    }

    /// Text of bytes; what is not UTF-8 is replaced.
    private static func utf8(_ bytes: [UInt8]) -> Bytes { Bytes(String(decoding: bytes, as: UTF8.self).utf8) }
}
