import ByteCore

/// The footer of a file: its schema, and where everything is.
///
/// Spec: parquet.thrift, `FileMetaData`.
public struct FileMetadata: Sendable {
    /// Number of bytes of the serialized footer.
    public internal(set) var byteCount = 0
    /// Version that the writer claims; says nothing about what the file uses.
    public internal(set) var version: Int32 = 0
    /// The schema, depth first; the root is the first element.
    public internal(set) var schema: [SchemaElement] = []
    /// Number of rows in the file, as the writer says.
    public internal(set) var rowCount: Int64 = 0
    /// The row groups in file order.
    public internal(set) var rowGroups: [RowGroupMetadata] = []
    /// Keys and values of the file, in their order; keys may repeat.
    public internal(set) var keyValueMetadata: [KeyValue] = []
    /// Name and version of the writer.
    public internal(set) var createdBy: String?
    /// How the file is encrypted; nil where nothing of it is.
    public internal(set) var encryptionAlgorithm: EncryptionAlgorithm?
    /// What the writer stored to find the footer's key by.
    public internal(set) var footerKeyMetadata: [UInt8]?
    /// Bytes of the serialized structure, which a signature may follow.
    var structureByteCount = 0
    /// The order of minimum and maximum values for each leaf; empty where the file does not say.
    public internal(set) var columnOrders: [ColumnOrder] = []

    /// Reads a serialized footer, whose bytes parts of the result share; encrypted chunks stay as they are stored.
    init(unprotected footer: Bytes, limits: Limits) throws(ParquetError) {
        do throws(DecodeFault) {
            try self.init(parsing: footer, limits: limits)
        } catch {
            throw ParquetError(error)
        }
        let leafCount = schema.dropFirst().count { $0.isLeaf }
        for rowGroup in rowGroups where rowGroup.columns.count != leafCount {
            throw ParquetError(kind: .malformed(.chunkColumnCount), rowGroup: rowGroup.index)
        }
    }

    private init(parsing footer: Bytes, limits: Limits) throws(DecodeFault) {
        guard footer.count <= limits.footerByteCount else { throw DecodeFault(.limit(.footerSize)) }
        byteCount = footer.count
        var reader = CompactReader(footer.span, depthLimit: limits.nestingDepth)
        var hasRowGroups = false
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1: version = try reader.int32(field) ?? 0
            case 2: schema = try reader.schema(field, limits: limits)
            case 3: rowCount = try reader.int64(field) ?? 0
            case 4:
                rowGroups = try reader.rowGroups(field, footer: footer)
                hasRowGroups = true
            case 5: keyValueMetadata = try reader.keyValues(field)
            case 6: createdBy = try reader.string(field)
            case 7: columnOrders = try reader.columnOrders(field)
            case 8: if try reader.structure(field) { encryptionAlgorithm = try EncryptionAlgorithm(&reader) }
            case 9: footerKeyMetadata = try reader.bytes(field)
            default: try reader.skip(field.type)
            }
        }
        structureByteCount = reader.offset
        mark(WriterQuirks(createdBy: createdBy))
        guard !schema.isEmpty, hasRowGroups else { throw .malformed(.missingField, at: reader.offset) }
        guard rowCount >= 0 else { throw .malformed(.negativeSize) }
    }

    /// Tells every chunk about its writer, whose name may come after the chunks.
    private mutating func mark(_ quirks: WriterQuirks) {
        if quirks.isEmpty { return }
        for rowGroup in rowGroups.indices {
            for column in rowGroups[rowGroup].columns.indices {
                rowGroups[rowGroup].columns[column].quirks = quirks
            }
        }
    }
}

extension CompactReader {
    fileprivate mutating func schema(_ field: Field, limits: Limits) throws(DecodeFault) -> [SchemaElement] {
        let start = offset
        guard let list = try list(field, of: WireType.structure) else { return [] }
        guard list.count <= limits.schemaElementCount else {
            throw DecodeFault(.limit(.schemaElements), at: start)
        }
        var result: [SchemaElement] = []
        // An element has a name and the end of its struct: four bytes at least.
        result.reserveCapacity(min(list.count, cursor.remaining / 4))
        for _ in 0..<list.count { result.append(try SchemaElement(&self)) }
        return result
    }

    fileprivate mutating func rowGroups(
        _ field: Field, footer: Bytes
    ) throws(DecodeFault) -> [RowGroupMetadata] {
        guard let list = try list(field, of: WireType.structure) else { return [] }
        var result: [RowGroupMetadata] = []
        for index in 0..<list.count {
            var rowGroup = try RowGroupMetadata(&self, footer: footer)
            rowGroup.index = index
            result.append(rowGroup)
        }
        return result
    }

    fileprivate mutating func columnOrders(_ field: Field) throws(DecodeFault) -> [ColumnOrder] {
        guard let list = try list(field, of: WireType.structure) else { return [] }
        var result: [ColumnOrder] = []
        for _ in 0..<list.count {
            result.append(ColumnOrder(rawValue: try unionMember()))
        }
        return result
    }
}
