import ByteCore

/// What a footer says about the encryption of one column chunk.
///
/// Spec: Encryption.md, 5.2 and 5.3; parquet.thrift, `ColumnCryptoMetaData`.
struct ColumnCryptoMetadata: Sendable {
    enum Key: Sendable {
        case footer
        case column(path: [String], metadata: [UInt8]?)
        /// A member of the union that this reader does not know.
        case other(Int32)
    }

    let key: Key
    /// The chunk's `ColumnMetaData` as an encrypted module, where it is one.
    var sealedMetadata: Bytes?

    init(_ reader: inout CompactReader) throws(DecodeFault) {
        var key = Key.other(0)
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1:
                key = .footer
                try reader.skip(field.type)
            case 2: if try reader.structure(field) { key = try Self.columnKey(&reader) }
            default:
                key = .other(field.id)
                try reader.skip(field.type)
            }
        }
        self.key = key
    }

    private static func columnKey(_ reader: inout CompactReader) throws(DecodeFault) -> Key {
        var path: [String] = []
        var metadata: [UInt8]?
        var field = CompactReader.Field()
        while try reader.next(&field) {
            switch field.id {
            case 1:
                guard let list = try reader.list(field, of: CompactReader.WireType.binary) else { continue }
                path.removeAll()
                for _ in 0..<list.count { path.append(try reader.stringElement()) }
            case 2: metadata = try reader.bytes(field)
            default: try reader.skip(field.type)
            }
        }
        return .column(path: path, metadata: metadata)
    }
}

/// What can be done about an encrypted chunk. Indirect: the chunks of most files have none, and it then costs a word.
indirect enum ColumnEncryption: Sendable {
    /// As the footer has it, before keys were looked for.
    case stored(ColumnCryptoMetadata)
    /// It cannot be read, for this reason.
    case locked(DecodeFault.Kind)
    /// Its modules can be opened.
    case open(ModuleDecryptor)
}
