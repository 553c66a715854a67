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
        var dictionaryCount: Int64 = 0
        try builder.fields(schema.fields, &dictionaryCount, referencedFrom: table.field(1))
        if !metadata.isEmpty { builder.keyValues(metadata, referencedFrom: table.field(2)) }
        bytes = builder.finish()
        try frame.close(in: &bytes)
        return bytes
    }

    /// Reads the table Schema; as a hint it may have types that batches are not read of.
    static func read(
        _ table: FlatBufferTable, limits: StreamDecoder.Limits, asHint isHint: Bool = false
    ) throws(IPCError) -> Schema {
        guard try table.number(0, default: Int16(0)) == 0 else { throw IPCError(.unsupported(.bigEndian)) }
        var reader = SchemaReader(limits: limits, isHint: isHint)
        let fields = try reader.fields(table.tables(1), depth: 1)
        return Schema(fields, metadata: try reader.metadata(table.tables(2)))
    }
}

extension FlatBufferBuilder {
    /// Writes fields; dictionaries are numbered in the order of a depth-first walk.
    fileprivate mutating func fields(
        _ fields: [Field], _ dictionaryCount: inout Int64, referencedFrom place: Int
    ) throws(IPCError) {
        let first = references(count: fields.count, referencedFrom: place)
        for (index, field) in fields.enumerated() {
            do throws(IPCError) {
                try self.field(field, &dictionaryCount, referencedFrom: first + 4 * index)
            } catch {
                throw error.inside(field.name)
            }
        }
    }

    private mutating func field(
        _ field: Field, _ dictionaryCount: inout Int64, referencedFrom place: Int
    ) throws(IPCError) {
        let metadata = field.metadata
        var children = field.type.children
        let isDictionary = if case .dictionary = field.type { true } else { false }
        // Name, nullable, type's number, type, dictionary, children, metadata.
        let table = table(
            TableShape(4, 1, 1, 4, isDictionary ? 4 : 0, 4, metadata.isEmpty ? 0 : 4), referencedFrom: place)
        string(field.name, referencedFrom: table.field(0))
        set(table, 1, UInt8(field.isNullable ? 1 : 0))
        set(table, 2, field.type.code.rawValue)
        try field.type.write(to: &self, referencedFrom: table.field(3))
        if case .dictionary(let index, let value, let isOrdered) = field.type {
            children = value.children
            let encoding = self.table(TableShape(8, 4, 1), referencedFrom: table.field(4))
            set(encoding, 0, dictionaryCount)
            set(encoding, 2, UInt8(isOrdered ? 1 : 0))
            try index.write(to: &self, referencedFrom: encoding.field(1))
            dictionaryCount += 1
        }
        try fields(children, &dictionaryCount, referencedFrom: table.field(5))
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
    private let isHint: Bool
    /// Fields and metadata pairs that may still be read.
    private var elementsLeft: Int
    private var text: MetadataText

    init(limits: StreamDecoder.Limits, isHint: Bool) {
        nestingDepth = limits.nestingDepth
        self.isHint = isHint
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
            guard dictionary == nil || isHint else { throw IPCError(.unsupported(.dictionary)) }
            let children = try fields(try table.tables(5), depth: depth + 1)
            guard let type = try table.table(3) else { throw .malformed(.missingType) }
            let code = try table.number(2, default: UInt8(0))
            var decoded: DataType
            if let substitute = substitute(code, children) {
                decoded = substitute
            } else {
                decoded = try DataType(code: code, table: type, children: children, text: &text)
                guard decoded.children.count == children.count else { throw .malformed(.childCount) }
            }
            if let dictionary {
                let index = try dictionary.table(1).map { table throws(IPCError) in try DataType(int: table) } ?? .int32
                decoded = .dictionary(index: index, value: decoded, isOrdered: try dictionary.bool(2))
            }
            return Field(
                name, decoded,
                isNullable: try table.bool(1), metadata: try metadata(try table.tables(6)))
        } catch {
            throw error.inside(name)
        }
    }

    /// What a hint says instead of a type that is not known here: the nearest one that is, or null for none.
    private func substitute(_ code: UInt8, _ children: [Field]) -> DataType? {
        guard isHint else { return nil }
        switch (TypeCode(rawValue: code), children.count) {
        case (.runEndEncoded, 2): return children[1].type
        case (.union, _), (nil, _): return .null
        default: return nil
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
