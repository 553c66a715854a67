import ByteCore

extension ColumnChunkMetadata {
    /// Reads a `ColumnChunk`; `footer` is the bytes that the reader is over.
    init(_ reader: inout CompactReader, footer: Bytes) throws(DecodeFault) {
        let start = reader.offset
        var hasMetadata = false
        var crypto: ColumnCryptoMetadata?
        var sealedMetadata: Bytes?
        var offsetIndex: (offset: Int64?, count: Int32?)
        var columnIndex: (offset: Int64?, count: Int32?)
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1:
                // No name means the same file.
                if let path = try reader.string(field), !path.isEmpty { filePath = path }
            case 3:
                if try reader.structure(field) {
                    try readMetadata(&reader, footer: footer)
                    hasMetadata = true
                }
            case 4: offsetIndex.offset = try reader.int64(field)
            case 5: offsetIndex.count = try reader.int32(field)
            case 6: columnIndex.offset = try reader.int64(field)
            case 7: columnIndex.count = try reader.int32(field)
            case 8: if try reader.structure(field) { crypto = try ColumnCryptoMetadata(&reader) }
            case 9: if let range = try reader.binary(field) { sealedMetadata = footer[range] }
            default: try reader.skip(field.type)
            }
        }
        if var crypto {
            crypto.sealedMetadata = sealedMetadata
            encryption = .stored(crypto)
        }
        guard hasMetadata || isEncrypted && sealedMetadata != nil else { throw .malformed(.missingField, at: start) }
        offsetIndexRange = Self.range(offsetIndex)
        columnIndexRange = Self.range(columnIndex)
    }

    private static func range(_ index: (offset: Int64?, count: Int32?)) -> ByteRange? {
        guard let offset = index.offset, let count = index.count, offset > 0, count > 0 else { return nil }
        return offset > Int64.max - Int64(count) ? nil : ByteRange(offset: offset, count: Int64(count))
    }

    /// Reads a `ColumnMetaData`.
    mutating func readMetadata(_ reader: inout CompactReader, footer: Bytes) throws(DecodeFault) {
        let start = reader.offset
        // One bit for each required field.
        var seen: UInt32 = 0
        var field = CompactReader.Field()
        while try reader.next(&field) {
            seen |= 1 &<< UInt32(truncatingIfNeeded: field.id & 31)
            switch field.id {
            case 1: physicalType = PhysicalType(rawValue: try reader.int32(field) ?? -1)
            case 2: encodings = try reader.encodings(field)
            case 3: pathBytes = footer[try reader.window(field)]
            case 4: codec = CompressionCodec(rawValue: try reader.int32(field) ?? -1)
            case 5: valueCount = try reader.int64(field) ?? 0
            case 6: totalUncompressedByteCount = try reader.int64(field) ?? 0
            case 7: totalCompressedByteCount = try reader.int64(field) ?? 0
            case 8: keyValueMetadata = try reader.keyValues(field)
            case 9: dataPageOffset = try reader.int64(field) ?? 0
            case 10: indexPageOffset = try reader.int64(field)
            case 11: dictionaryPageOffset = try reader.int64(field)
            case 12: statisticsBytes = footer[try reader.window(field)]
            case 14: bloomFilterOffset = try reader.int64(field)
            case 15: bloomFilterByteCount = try reader.int32(field)
            default: try reader.skip(field.type)
            }
        }
        let required: UInt32 = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 9
        guard seen & required == required else { throw .malformed(.missingField, at: start) }
    }
}

extension CompactReader {
    /// Reads the strings of a list whose header is next.
    mutating func strings() throws(DecodeFault) -> [String] {
        guard let list = try list(Field(id: 0, type: WireType.list), of: WireType.binary) else { return [] }
        var result: [String] = []
        for _ in 0..<list.count { result.append(try stringElement()) }
        return result
    }

    mutating func keyValues(_ field: Field) throws(DecodeFault) -> [KeyValue] {
        guard let list = try list(field, of: WireType.structure) else { return [] }
        var result: [KeyValue] = []
        for _ in 0..<list.count { result.append(try KeyValue(&self)) }
        return result
    }

    mutating func encodings(_ field: Field) throws(DecodeFault) -> [Encoding] {
        guard let list = try list(field, of: WireType.int32) else { return [] }
        var result: [Encoding] = []
        result.reserveCapacity(min(list.count, 8))
        for _ in 0..<list.count { result.append(Encoding(rawValue: try int32Element())) }
        return result
    }
}
