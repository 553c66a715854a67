import ByteCore

/// Which fields a FlatBuffers table has, and where they lie in it.
struct TableShape: Hashable {
    /// Byte offset of each field from the table's start; 0 for a field that is absent.
    let offsets: [UInt16]
    /// Bytes of the table, its reference to the vtable among them.
    let byteCount: Int
    /// 8 where a field has eight bytes, else 4.
    let alignment: Int

    /// Lays out fields of the given widths in bytes (0: absent), widest first so that none needs padding.
    init(_ widths: Int...) {
        var offsets = [UInt16](repeating: 0, count: widths.count)
        var end = 4
        for width in [8, 4, 2, 1] {
            for (field, fieldWidth) in widths.enumerated() where fieldWidth == width {
                offsets[field] = UInt16(end)
                end += width
            }
        }
        self.offsets = offsets
        byteCount = end
        alignment = widths.contains(8) ? 8 : 4
    }
}

/// Writes FlatBuffers front to back: a parent is written before its children, whose places are then filled in.
///
/// That order lets the metadata be written straight into the message that it is part of. It holds what Arrow needs:
/// tables, strings, vectors of tables and of structs.
/// Spec: FlatBuffers, "Internals".
struct FlatBufferBuilder: ~Copyable {
    /// Where a table begins.
    struct Table {
        let start: Int
        let shape: TableShape

        /// Returns the place of one of its fields.
        func field(_ index: Int) -> Int { start + Int(shape.offsets[index]) }
    }

    /// All that was written; the FlatBuffer may start after other bytes, at a multiple of 8.
    var bytes: ByteBuilder
    /// Places of the vtables written, which tables of the same shape share.
    private var vtables: [TableShape: Int] = [:]

    init(appendingTo bytes: consuming ByteBuilder) {
        self.bytes = bytes
    }

    /// Returns the bytes, those that came before the FlatBuffer among them.
    consuming func finish() -> ByteBuilder { bytes }

    /// Writes the place for the reference to the root table, and returns it.
    mutating func root() -> Int {
        bytes.append(UInt32(0))
        return bytes.count - 4
    }

    /// Writes a table of zeros and lets the reference at `place` point to it.
    mutating func table(_ shape: TableShape, referencedFrom place: Int) -> Table {
        let vtable = vtablePlace(of: shape)
        // The table starts with four bytes, after which its widest field comes.
        bytes.pad(to: 4)
        if shape.alignment == 8, bytes.count % 8 == 0 { bytes.append(UInt32(0)) }
        let start = bytes.count
        bytes.append(Int32(truncatingIfNeeded: start - vtable))
        bytes.append(repeating: UInt8(0), count: shape.byteCount - 4)
        refer(from: place, to: start)
        return Table(start: start, shape: shape)
    }

    /// Sets a field of a table to a number.
    mutating func set<Value: NativeValue>(_ table: Table, _ index: Int, _ value: Value) {
        bytes.replace(at: table.field(index), with: value)
    }

    /// Writes a string and lets the reference at `place` point to it.
    mutating func string(_ text: String, referencedFrom place: Int) {
        bytes.pad(to: 4)
        refer(from: place, to: bytes.count)
        bytes.append(UInt32(truncatingIfNeeded: text.utf8.count))
        bytes.append(utf8: text)
        bytes.append(UInt8(0))
    }

    /// Writes a vector of `count` references, lets `place` point to it, and returns the place of the first reference.
    mutating func references(count: Int, referencedFrom place: Int) -> Int {
        bytes.pad(to: 4)
        refer(from: place, to: bytes.count)
        bytes.append(UInt32(truncatingIfNeeded: count))
        bytes.append(repeating: UInt32(0), count: count)
        return bytes.count - 4 * count
    }

    /// Writes the length of a vector of `count` structs that need 8-byte alignment, and lets `place` point to it;
    /// the caller appends the structs to `bytes`.
    mutating func structs(count: Int, referencedFrom place: Int) {
        bytes.pad(to: 4)
        if bytes.count % 8 == 0 { bytes.append(UInt32(0)) }
        refer(from: place, to: bytes.count)
        bytes.append(UInt32(truncatingIfNeeded: count))
    }

    private mutating func refer(from place: Int, to target: Int) {
        bytes.replace(at: place, with: UInt32(truncatingIfNeeded: target - place))
    }

    private mutating func vtablePlace(of shape: TableShape) -> Int {
        if let place = vtables[shape] { return place }
        bytes.pad(to: 2)
        let place = bytes.count
        bytes.append(UInt16(4 + 2 * shape.offsets.count))
        bytes.append(UInt16(shape.byteCount))
        for offset in shape.offsets { bytes.append(offset) }
        vtables[shape] = place
        return place
    }
}
