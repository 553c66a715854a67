import ByteCore

/// A table in untrusted FlatBuffers bytes; every read is checked, so that a wrong offset is an error.
///
/// Spec: FlatBuffers, "Internals".
struct FlatBufferTable {
    private let bytes: Bytes
    private let start: Int
    private let vtable: Int
    private let vtableByteCount: Int

    /// Reads the root table.
    init(rootOf bytes: Bytes) throws(IPCError) {
        try self.init(bytes, referencedFrom: 0)
    }

    /// Reads the table that the reference at `place` points to.
    private init(_ bytes: Bytes, referencedFrom place: Int) throws(IPCError) {
        self.bytes = bytes
        start = try bytes.target(of: place)
        vtable = start - Int(try bytes.value(at: start, as: Int32.self))
        vtableByteCount = Int(try bytes.value(at: vtable, as: UInt16.self))
        guard vtableByteCount >= 4, vtable + vtableByteCount <= bytes.count else {
            throw .malformed(.flatBufferOffset)
        }
    }

    /// Returns the place of a field; nil where it is absent.
    private func place(of field: Int) throws(IPCError) -> Int? {
        let entry = 4 + 2 * field
        guard entry + 2 <= vtableByteCount else { return nil }
        let offset = try bytes.value(at: vtable + entry, as: UInt16.self)
        return offset == 0 ? nil : start + Int(offset)
    }

    /// Returns the number in a field, or the default of the format where the field is absent.
    func number<Value: NativeValue>(_ field: Int, default defaultValue: Value) throws(IPCError) -> Value {
        guard let place = try place(of: field) else { return defaultValue }
        return try bytes.value(at: place, as: Value.self)
    }

    /// Returns the boolean in a field; false where it is absent.
    func bool(_ field: Int) throws(IPCError) -> Bool {
        try number(field, default: UInt8(0)) != 0
    }

    /// Returns the table in a field; nil where it is absent.
    func table(_ field: Int) throws(IPCError) -> FlatBufferTable? {
        guard let place = try place(of: field) else { return nil }
        return try FlatBufferTable(bytes, referencedFrom: place)
    }

    /// Returns the bytes of the string in a field; nil where it is absent.
    func string(_ field: Int) throws(IPCError) -> Bytes? {
        guard let place = try place(of: field) else { return nil }
        return try vector(at: place, byteWidth: 1)
    }

    /// Returns the bytes of a vector of numbers or structs of `byteWidth` bytes; none where it is absent.
    func structs(_ field: Int, byteWidth: Int) throws(IPCError) -> Bytes {
        guard let place = try place(of: field) else { return Bytes() }
        return try vector(at: place, byteWidth: byteWidth)
    }

    /// Returns the vector of tables in a field; an empty one where it is absent.
    func tables(_ field: Int) throws(IPCError) -> Tables {
        guard let place = try place(of: field) else { return Tables(bytes: bytes, start: 0, count: 0) }
        let elements = try vector(at: place, byteWidth: 4)
        return Tables(bytes: bytes, start: try bytes.target(of: place) + 4, count: elements.count / 4)
    }

    private func vector(at place: Int, byteWidth: Int) throws(IPCError) -> Bytes {
        let start = try bytes.target(of: place)
        let count = Int(try bytes.value(at: start, as: UInt32.self))
        guard count * byteWidth <= bytes.count - start - 4 else { throw .malformed(.flatBufferOffset) }
        return bytes[start + 4..<start + 4 + count * byteWidth]
    }

    /// A vector of tables, each of which is read when it is asked for.
    struct Tables {
        fileprivate let bytes: Bytes
        fileprivate let start: Int
        let count: Int

        /// Returns the table at an index of our own.
        func table(at index: Int) throws(IPCError) -> FlatBufferTable {
            try FlatBufferTable(bytes, referencedFrom: start + 4 * index)
        }
    }
}

extension Bytes {
    /// Returns the number at an offset.
    fileprivate func value<Value: NativeValue>(at offset: Int, as type: Value.Type) throws(IPCError) -> Value {
        guard offset >= 0, offset <= count - MemoryLayout<Value>.size else { throw .malformed(.flatBufferOffset) }
        return span.load(at: offset, as: type)
    }

    /// Returns where the reference at an offset points to, at least four bytes before the end.
    fileprivate func target(of offset: Int) throws(IPCError) -> Int {
        let target = offset + Int(try value(at: offset, as: UInt32.self))
        guard target <= count - 4 else { throw .malformed(.flatBufferOffset) }
        return target
    }
}
