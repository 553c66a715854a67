import ArrowLayout
import Parquet
import ParquetArrow
import S3

/// An object whose footer is to be read.
struct FooterWork: Sendable {
    /// Index of its table.
    let table: Int
    let object: ObjectSummary
    /// Whether what is fetched is kept.
    let keepsBytes: Bool
}

/// A footer and the columns of the rows that the object gives, in the types of destinations.
struct FooterAndSchema: Sendable {
    /// The object, which may be newer than the one that was listed.
    let object: ObjectSummary
    let metadata: FileMetadata
    let pin: ObjectPin
    let schema: Schema
    let byteCount: Int64
    /// Names of the columns before the selection, where there is one.
    let columnNames: [[UInt8]]

    static func read(
        _ object: ObjectSummary, of table: String, _ reader: BucketReader, keepsBytes: Bool,
        adding added: AddedColumns, int96: Int96Timestamps, keys: DecryptionKeys
    ) async -> Result<FooterAndSchema, any Error> {
        do {
            let requests = RequestCounts(table: table)
            let footer = try await RequestCounts.$current.withValue(requests) {
                try await reader.reading(object, table: table, keepsBytes: keepsBytes) { source in
                    let metadata = try await source.footer(keys: keys)
                    let file = try added.reader(of: metadata, source.object, int96: int96)
                    let fields = try DestinationSchema(file.schema).schema.fields
                    return FooterAndSchema(
                        object: source.object, metadata: metadata, pin: source.pin,
                        schema: Schema(fields + added.columns(of: source.object).map(\.field)),
                        byteCount: Int64(metadata.byteCount),
                        columnNames: added.selection.isWhole ? [] : added.names(in: file.tree, source.object))
                }
            }
            return .success(footer)
        } catch {
            return .failure(error)
        }
    }
}
