import ArrowLayout
import ByteCore

/// The tables Schema, Field and KeyValue of Schema.fbs.
enum SchemaMessage {
    /// Appends the framed message that carries a schema.
    static func write(_ schema: Schema, to bytes: consuming ByteBuilder) throws(IPCError) -> ByteBuilder {
        let frame = MessageFrame(openedIn: &bytes)
        var builder = FlatBufferBuilder(appendingTo: bytes)
        let header = builder.messageTable(.schema, bodyByteCount: 0)
        let metadata = schema.metadata
        let table = builder.table(TableShape(2, 4, metadata.isEmpty ? 0 : 4), referencedFrom: header)
        try builder.fields(schema.fields, referencedFrom: table.field(1))
        if !metadata.isEmpty { builder.keyValues(metadata, referencedFrom: table.field(2)) }
        bytes = builder.finish()
        try frame.close(in: &bytes)
        return bytes
    }

    /// Reads the table Schema; with `allowsDictionaries`, fields have the type of their dictionary's values.
    static func read(
        _ table: FlatBufferTable, limits: StreamDecoder.Limits, allowsDictionaries: Bool = false
    ) throws(IPCError) -> Schema {
        guard try table.number(0, default: Int16(0)) == 0 else { throw IPCError(.unsupported(.bigEndian)) }
        var reader = SchemaReader(limits: limits, allowsDictionaries: allowsDictionaries)
        let fields = try reader.fields(table.tables(1), depth: 1)
        return Schema(fields, metadata: try reader.metadata(table.tables(2)))
    }
}

extension FlatBufferBuilder {
    fileprivate mutating func fields(_ fields: [Field], referencedFrom place: Int) throws(IPCError) {
        let first = references(count: fields.count, referencedFrom: place)
        for (index, field) in fields.enumerated() {
            do throws(IPCError) {
                try self.field(field, referencedFrom: first + 4 * index)
            } catch {
                throw error.inside(field.name)
            }
        }
    }

    private mutating func field(_ field: Field, referencedFrom place: Int) throws(IPCError) {
        let metadata = field.metadata
        // Name, nullable, type's number, type, dictionary, children, metadata.
        let table = table(TableShape(4, 1, 1, 4, 0, 4, metadata.isEmpty ? 0 : 4), referencedFrom: place)
        string(field.name, referencedFrom: table.field(0))
        set(table, 1, UInt8(field.isNullable ? 1 : 0))
        set(table, 2, field.type.code.rawValue)
        try field.type.write(to: &self, referencedFrom: table.field(3))
        try fields(field.type.children, referencedFrom: table.field(5))
        if !metadata.isEmpty { keyValues(metadata, referencedFrom: table.field(6)) }
    }

    fileprivate mutating func keyValues(_ metadata: Metadata, referencedFrom place: Int) {
        let first = references(count: metadata.entries.count, referencedFrom: place)
        for (index, entry) in metadata.entries.enumerated() {
            let table = table(TableShape(4, 4), referencedFrom: first + 4 * index)
            string(entry.key, referencedFrom: table.field(0))
            string(entry.value, referencedFrom: table.field(1))
        }
    }
}

/// Reads strings and counts their bytes: references may make a small message name one long string many times.
struct MetadataText {
    private var bytesLeft: Int

    init(limits: StreamDecoder.Limits) {
        bytesLeft = limits.metadataByteCount
    }

    mutating func read(_ bytes: Bytes?) throws(IPCError) -> String {
        guard let bytes else { return "" }
        bytesLeft -= bytes.count
        guard bytesLeft >= 0 else { throw IPCError(.limit(.metadataByteCount)) }
        guard let string = String(validating: bytes) else { throw .malformed(.utf8) }
        return string
    }
}

private struct SchemaReader {
    private let nestingDepth: Int
    private let allowsDictionaries: Bool
    /// Fields and metadata pairs that may still be read.
    private var elementsLeft: Int
    private var text: MetadataText

    init(limits: StreamDecoder.Limits, allowsDictionaries: Bool) {
        nestingDepth = limits.nestingDepth
        self.allowsDictionaries = allowsDictionaries
        elementsLeft = limits.fieldCount
        text = MetadataText(limits: limits)
    }

    mutating func fields(_ tables: FlatBufferTable.Tables, depth: Int) throws(IPCError) -> [Field] {
        guard tables.count > 0 else { return [] }
        guard depth <= nestingDepth else { throw IPCError(.limit(.nestingDepth)) }
        try take(tables.count)
        var fields: [Field] = []
        fields.reserveCapacity(tables.count)
        for index in 0..<tables.count {
            fields.append(try field(try tables.table(at: index), depth: depth))
        }
        return fields
    }

    private mutating func field(_ table: FlatBufferTable, depth: Int) throws(IPCError) -> Field {
        let name = try text.read(try table.string(0))
        do throws(IPCError) {
            let dictionary = try table.table(4)
            guard dictionary == nil || allowsDictionaries else { throw IPCError(.unsupported(.dictionary)) }
            let children = try fields(try table.tables(5), depth: depth + 1)
            guard let type = try table.table(3) else { throw .malformed(.missingType) }
            let code = try table.number(2, default: UInt8(0))
            let decoded = try DataType(code: code, table: type, children: children, text: &text)
            guard decoded.children.count == children.count else { throw .malformed(.childCount) }
            return Field(
                name, decoded,
                isNullable: try table.bool(1), metadata: try metadata(try table.tables(6)))
        } catch {
            throw error.inside(name)
        }
    }

    mutating func metadata(_ tables: FlatBufferTable.Tables) throws(IPCError) -> Metadata {
        guard tables.count > 0 else { return [:] }
        try take(tables.count)
        var pairs: [(String, String)] = []
        pairs.reserveCapacity(tables.count)
        for index in 0..<tables.count {
            let table = try tables.table(at: index)
            pairs.append((try text.read(try table.string(0)), try text.read(try table.string(1))))
        }
        return Metadata(pairs)
    }

    private mutating func take(_ count: Int) throws(IPCError) {
        elementsLeft -= count
        guard elementsLeft >= 0 else { throw IPCError(.limit(.fieldCount)) }
    }
}
