import ArrowLayout
import ByteCore

/// The field nodes and buffers of a batch, in the order of one depth-first walk over its columns.
struct BatchBody {
    /// Length and null count of every array.
    private(set) var nodes: [(count: Int, nullCount: Int)] = []
    /// All buffers, cut to the bytes that their array needs.
    private(set) var buffers: [Bytes] = []
    /// Number of data buffers of every view array.
    private(set) var variadicBufferCounts: [Int] = []
    /// Bytes of all buffers, each padded to 8.
    private(set) var byteCount = 0
    /// The values of all dictionaries, in the order in which the schema numbers them.
    private(set) var dictionaries: [ArrayData] = []

    /// The only offset of an array of no values, whose buffer may have been left out.
    private static let zeroOffset = Bytes([UInt8](repeating: 0, count: 8))

    init(_ batch: RecordBatch) {
        nodes.reserveCapacity(batch.columns.count)
        buffers.reserveCapacity(batch.columns.count * 3)
        for (column, field) in zip(batch.columns, batch.schema.fields) { add(column, field) }
    }

    /// The body of a dictionary's values.
    init(dictionary values: ArrayData) {
        add(values, Field("", values.type))
    }

    private mutating func add(_ array: ArrayData, _ field: Field) {
        precondition(array.type == field.type, "StreamEncoder: an array has another type than its field")
        nodes.append((array.count, array.nullCount))
        let layout = array.type.layout
        if layout != .none {
            add(array.nullCount == 0 ? Bytes() : array.buffers[0][0..<Bitmap.byteCount(of: array.count)])
        }
        switch layout {
        case .none, .validityOnly: break
        case .bits: add(array.buffers[1][0..<Bitmap.byteCount(of: array.count)])
        case .fixedWidth(let byteWidth): add(array.buffers[1][0..<array.count * byteWidth])
        case .list(let offsetWidth): add(offsets(array, offsetWidth))
        case .listView(let offsetWidth):
            add(array.buffers[1][0..<array.count * offsetWidth])
            add(array.buffers[2][0..<array.count * offsetWidth])
        case .variable(let offsetWidth):
            add(offsets(array, offsetWidth))
            add(array.buffers[2])
        case .view:
            variadicBufferCounts.append(array.buffers.count - 2)
            add(array.buffers[1][0..<array.count * 16])
            for data in array.buffers.dropFirst(2) { add(data) }
        }
        if case .dictionary = array.type {
            dictionaries += array.children
        } else {
            for (child, field) in zip(array.children, array.type.children) { add(child, field) }
        }
    }

    private func offsets(_ array: ArrayData, _ width: Int) -> Bytes {
        array.count == 0 ? Self.zeroOffset[0..<width] : array.buffers[1][0..<(array.count + 1) * width]
    }

    private mutating func add(_ buffer: Bytes) {
        buffers.append(buffer)
        byteCount += padded(buffer.count)
    }
}

/// Returns a number of bytes rounded up to a multiple of 8.
private func padded(_ byteCount: Int) -> Int { (byteCount + 7) & ~7 }

/// The table RecordBatch of Message.fbs, and the body that it describes.
enum RecordBatchMessage {
    private static let shape = TableShape(8, 4, 4)
    private static let shapeWithViews = TableShape(8, 4, 4, 0, 4)

    /// Returns the number of bytes that `write` appends.
    static func byteCount(of body: BatchBody) -> Int {
        let fixed = body.variadicBufferCounts.isEmpty ? fixedByteCount : fixedByteCountWithViews
        return fixed + 16 * body.nodes.count + 16 * body.buffers.count + 8 * body.variadicBufferCounts.count
            + body.byteCount
    }

    /// Bytes of the framed metadata of a batch without any nodes or buffers.
    ///
    /// Marker and length 8, root reference 4, message vtable 12, padding 4, message table 20 (19 and one of padding),
    /// batch vtable 10, padding 6, batch table 20, length of the nodes 8 with its padding, length of the buffers 8.
    private static let fixedByteCount = 96
    /// The same with a vtable of two more entries, another reference, and the length of the variadic counts.
    private static let fixedByteCountWithViews = 112

    /// Appends the framed message and the body of a batch, or of the values of the dictionary with a number.
    static func write(
        _ body: BatchBody, rowCount: Int, dictionary: Int? = nil, to bytes: consuming ByteBuilder
    ) throws(IPCError) -> ByteBuilder {
        let frame = MessageFrame(openedIn: &bytes)
        var builder = FlatBufferBuilder(appendingTo: bytes)
        let kind: MessageKind = dictionary == nil ? .recordBatch : .dictionaryBatch
        var header = builder.messageTable(kind, bodyByteCount: body.byteCount)
        if let dictionary {
            let table = builder.table(TableShape(8, 4), referencedFrom: header)
            builder.set(table, 0, Int64(dictionary))
            header = table.field(1)
        }
        let hasViews = !body.variadicBufferCounts.isEmpty
        let table = builder.table(hasViews ? shapeWithViews : shape, referencedFrom: header)
        builder.set(table, 0, Int64(rowCount))
        builder.structs(count: body.nodes.count, referencedFrom: table.field(1))
        for node in body.nodes {
            builder.bytes.append(Int64(node.count))
            builder.bytes.append(Int64(node.nullCount))
        }
        builder.structs(count: body.buffers.count, referencedFrom: table.field(2))
        var offset = 0
        for buffer in body.buffers {
            builder.bytes.append(Int64(offset))
            builder.bytes.append(Int64(buffer.count))
            offset += padded(buffer.count)
        }
        if hasViews {
            builder.structs(count: body.variadicBufferCounts.count, referencedFrom: table.field(4))
            for count in body.variadicBufferCounts { builder.bytes.append(Int64(count)) }
        }
        bytes = builder.finish()
        try frame.close(in: &bytes)
        for buffer in body.buffers {
            bytes.append(contentsOf: buffer)
            bytes.pad(to: 8)
        }
        return bytes
    }

    /// Reads the table RecordBatch, as a batch of a schema.
    static func read(
        _ table: FlatBufferTable, schema: Schema, body: Bytes, limits: StreamDecoder.Limits
    ) throws(IPCError) -> RecordBatch {
        guard try table.table(3) == nil else { throw IPCError(.unsupported(.compression)) }
        var reader = BatchReader(
            nodes: try table.structs(1, byteWidth: 16), buffers: try table.structs(2, byteWidth: 16),
            variadicBufferCounts: try table.structs(4, byteWidth: 8), body: body, limits: limits)
        let rowCount = try reader.valueCount(try table.number(0, default: Int64(0)))
        var columns: [ArrayData] = []
        columns.reserveCapacity(schema.fields.count)
        for field in schema.fields {
            do throws(IPCError) {
                let column = try reader.array(field)
                guard column.count == rowCount else { throw .malformed(.rowCount) }
                try column.checked()
                columns.append(column)
            } catch {
                throw error.inside(field.name)
            }
        }
        try reader.finish()
        return RecordBatch(schema: schema, rowCount: rowCount, columns: columns)
    }
}

extension ArrayData {
    fileprivate func checked() throws(IPCError) {
        do throws(ArrayFault) {
            try validate()
        } catch {
            throw IPCError(.malformedArray(error.rule), path: error.path)
        }
    }
}

/// Takes nodes and buffers one after another for the arrays that a schema asks for.
private struct BatchReader {
    private let nodes: Bytes
    private let buffers: Bytes
    private let variadicBufferCounts: Bytes
    private let body: Bytes
    private let valueLimit: Int
    private var nodeOffset = 0
    private var bufferOffset = 0
    private var variadicOffset = 0
    private var bodyBytesLeft: Int

    init(nodes: Bytes, buffers: Bytes, variadicBufferCounts: Bytes, body: Bytes, limits: StreamDecoder.Limits) {
        self.nodes = nodes
        self.buffers = buffers
        self.variadicBufferCounts = variadicBufferCounts
        self.body = body
        valueLimit = limits.valueCount
        bodyBytesLeft = body.count
    }

    func valueCount(_ wireCount: Int64) throws(IPCError) -> Int {
        guard wireCount >= 0 else { throw IPCError(.malformedArray(.negativeCount)) }
        guard wireCount <= valueLimit else { throw IPCError(.limit(.valueCount)) }
        return Int(wireCount)
    }

    mutating func array(_ field: Field) throws(IPCError) -> ArrayData {
        guard nodeOffset < nodes.count else { throw .malformed(.nodeCount) }
        let count = try valueCount(nodes.span.load(at: nodeOffset, as: Int64.self))
        let nullCount = try valueCount(nodes.span.load(at: nodeOffset + 8, as: Int64.self))
        nodeOffset += 16
        var buffers: [Bytes] = []
        switch field.type.layout {
        case .none:
            return ArrayData(type: field.type, count: count, nullCount: count, buffers: [])
        case .validityOnly:
            buffers = [try buffer()]
        case .bits, .fixedWidth, .list:
            buffers = [try buffer(), try buffer()]
        case .variable, .listView:
            buffers = [try buffer(), try buffer(), try buffer()]
        case .view:
            buffers = [try buffer(), try buffer()]
            for _ in 0..<(try variadicBufferCount()) { buffers.append(try buffer()) }
        }
        // The null count decides: writers may send a bitmap of ones beside a count of zero.
        if nullCount == 0 { buffers[0] = Bytes() }
        var children: [ArrayData] = []
        for child in field.type.children {
            do throws(IPCError) {
                children.append(try array(child))
            } catch {
                throw error.inside(child.name)
            }
        }
        return ArrayData(type: field.type, count: count, nullCount: nullCount, buffers: buffers, children: children)
    }

    private mutating func buffer() throws(IPCError) -> Bytes {
        guard bufferOffset < buffers.count else { throw .malformed(.bufferCount) }
        let offset = buffers.span.load(at: bufferOffset, as: Int64.self)
        let length = buffers.span.load(at: bufferOffset + 8, as: Int64.self)
        bufferOffset += 16
        guard offset >= 0, length >= 0, offset <= body.count, length <= body.count - Int(offset) else {
            throw .malformed(.bufferOutsideBody)
        }
        // Else a small message could have the same bytes checked for each of many columns.
        bodyBytesLeft -= Int(length)
        guard bodyBytesLeft >= 0 else { throw .malformed(.buffersOverlap) }
        return body[Int(offset)..<Int(offset + length)]
    }

    private mutating func variadicBufferCount() throws(IPCError) -> Int {
        guard variadicOffset < variadicBufferCounts.count else { throw .malformed(.variadicBufferCount) }
        let count = variadicBufferCounts.span.load(at: variadicOffset, as: Int64.self)
        variadicOffset += 8
        guard count >= 0, count <= (buffers.count - bufferOffset) / 16 else { throw .malformed(.variadicBufferCount) }
        return Int(count)
    }

    /// Checks that nothing is left over.
    func finish() throws(IPCError) {
        guard nodeOffset == nodes.count else { throw .malformed(.nodeCount) }
        guard bufferOffset == buffers.count else { throw .malformed(.bufferCount) }
        guard variadicOffset == variadicBufferCounts.count else { throw .malformed(.variadicBufferCount) }
    }
}
