import ByteCore

/// A reader of Thrift's compact protocol over borrowed bytes, going straight into the caller's structs.
///
/// Spec: Apache Thrift, "Thrift Compact protocol encoding". A field whose wire type is not the expected one is skipped
/// and reads as nil, so a file from a later version of the format stays readable.
struct CompactReader: ~Escapable {
    /// What follows a field or element header; a number of the protocol.
    enum WireType {
        static let stop: UInt8 = 0
        static let booleanTrue: UInt8 = 1
        static let booleanFalse: UInt8 = 2
        static let byte: UInt8 = 3
        static let int16: UInt8 = 4
        static let int32: UInt8 = 5
        static let int64: UInt8 = 6
        static let double: UInt8 = 7
        static let binary: UInt8 = 8
        static let list: UInt8 = 9
        static let set: UInt8 = 10
        static let map: UInt8 = 11
        static let structure: UInt8 = 12
        static let uuid: UInt8 = 13
    }

    /// Number and wire type of a field of the struct being read.
    struct Field {
        var id: Int32 = 0
        var type: UInt8 = WireType.stop
    }

    /// Element type and number of elements of a list or set.
    struct List {
        let elementType: UInt8
        let count: Int
    }

    var cursor: ByteCursor
    /// Depth up to which unknown values are skipped.
    let depthLimit: Int

    @_lifetime(copy span)
    init(_ span: RawSpan, depthLimit: Int) {
        cursor = ByteCursor(span)
        self.depthLimit = depthLimit
    }

    /// Offset of the next byte.
    var offset: Int { cursor.offset }

    /// Moves to the next field of the current struct; false at its end. Starts with a fresh `Field`.
    mutating func next(_ field: inout Field) throws(DecodeFault) -> Bool {
        let header = try cursor.read(UInt8.self)
        // The lower half decides: writers have ended structs with other upper halves than zero.
        field.type = header & 0x0F
        if field.type == WireType.stop { return false }
        let delta = header >> 4
        if delta != 0 {
            field.id &+= Int32(delta)
        } else {
            field.id = Int32(truncatingIfNeeded: try cursor.readZigzag())
        }
        return true
    }

    // MARK: Values of fields

    mutating func boolean(_ field: Field) throws(DecodeFault) -> Bool? {
        switch field.type {
        case WireType.booleanTrue: return true
        case WireType.booleanFalse: return false
        default:
            try skip(field.type)
            return nil
        }
    }

    mutating func int64(_ field: Field) throws(DecodeFault) -> Int64? {
        switch field.type {
        case WireType.int16, WireType.int32, WireType.int64: return try cursor.readZigzag()
        case WireType.byte: return Int64(try cursor.read(Int8.self))
        default:
            try skip(field.type)
            return nil
        }
    }

    mutating func int32(_ field: Field) throws(DecodeFault) -> Int32? {
        let start = offset
        guard let value = try int64(field) else { return nil }
        guard let narrow = Int32(exactly: value) else { throw .malformed(.integerRange, at: start) }
        return narrow
    }

    /// Reads the extent of a binary field.
    mutating func binary(_ field: Field) throws(DecodeFault) -> Range<Int>? {
        guard field.type == WireType.binary else {
            try skip(field.type)
            return nil
        }
        return try binaryElement()
    }

    /// Reads a text field; bytes that are not UTF-8 are replaced, since names and values only have to be shown.
    mutating func string(_ field: Field) throws(DecodeFault) -> String? {
        guard let range = try binary(field) else { return nil }
        return text(range)
    }

    /// Reads the header of a list or set field; the caller then reads `count` elements.
    mutating func list(_ field: Field) throws(DecodeFault) -> List? {
        guard field.type == WireType.list || field.type == WireType.set else {
            try skip(field.type)
            return nil
        }
        return try listHeader()
    }

    /// Reads the header of a list field whose elements must have the given wire type.
    mutating func list(_ field: Field, of elementType: UInt8) throws(DecodeFault) -> List? {
        let start = offset
        guard let list = try list(field) else { return nil }
        if list.count > 0, list.elementType != elementType { throw .malformed(.thriftType, at: start) }
        return list
    }

    /// Returns whether a field is a struct, which the caller then reads; skips it otherwise.
    mutating func structure(_ field: Field) throws(DecodeFault) -> Bool {
        if field.type == WireType.structure { return true }
        try skip(field.type)
        return false
    }

    /// Skips a field and returns the bytes of its value.
    mutating func window(_ field: Field) throws(DecodeFault) -> Range<Int> {
        let start = offset
        try skip(field.type)
        return start..<offset
    }

    // MARK: Elements of lists

    mutating func int32Element() throws(DecodeFault) -> Int32 {
        let start = offset
        guard let value = Int32(exactly: try cursor.readZigzag()) else {
            throw .malformed(.integerRange, at: start)
        }
        return value
    }

    mutating func int64Element() throws(DecodeFault) -> Int64 { try cursor.readZigzag() }

    mutating func binaryElement() throws(DecodeFault) -> Range<Int> {
        let count = try size()
        let start = offset
        try cursor.skip(count)
        return start..<start &+ count
    }

    mutating func stringElement() throws(DecodeFault) -> String { text(try binaryElement()) }

    private func text(_ range: Range<Int>) -> String { String(repairing: cursor.span.extracting(range)) }

    /// Reads a length or count, which the protocol holds in 32 bits.
    private mutating func size() throws(DecodeFault) -> Int {
        let start = offset
        let value = try cursor.readVarint()
        // A negative 32-bit size is written with its upper bit set.
        guard value <= UInt64(Int32.max) else {
            throw .malformed(value <= UInt64(UInt32.max) ? .negativeSize : .integerRange, at: start)
        }
        return Int(value)
    }

    private mutating func listHeader() throws(DecodeFault) -> List {
        let start = offset
        let header = try cursor.read(UInt8.self)
        var count = Int(header >> 4)
        if count == 15 { count = try size() }
        // Every element has at least one byte: nothing is looped over or reserved by a count alone.
        guard count <= cursor.remaining else { throw .malformed(.listCount, at: start) }
        return List(elementType: header & 0x0F, count: count)
    }
}

extension CompactReader {
    /// Elements left of a container that is being skipped.
    private struct Container {
        /// Wire type of the elements, and of the values where a map alternates; `stop` marks a struct.
        var type: UInt8
        var alternateType: UInt8
        var remaining: Int
    }

    /// Moves over a value of any type without recursion; its depth is bounded.
    ///
    /// The innermost container is kept out of the stack, so a flat struct is skipped without an allocation.
    mutating func skip(_ type: UInt8) throws(DecodeFault) {
        guard var current = try skipHead(type, inContainer: false) else { return }
        var outer: [Container] = []
        while true {
            let start = offset
            let next: UInt8
            if current.type == WireType.stop {
                next = try skipFieldHeader()
            } else if current.remaining == 0 {
                next = WireType.stop
            } else {
                next = current.type
                current.remaining &-= 1
                swap(&current.type, &current.alternateType)
            }
            if next == WireType.stop {
                guard let last = outer.popLast() else { return }
                current = last
            } else if let inner = try skipHead(next, inContainer: current.type != WireType.stop) {
                guard outer.count < depthLimit else { throw DecodeFault(.limit(.nestingDepth), at: start) }
                outer.append(current)
                current = inner
            }
        }
    }

    private mutating func skipFieldHeader() throws(DecodeFault) -> UInt8 {
        let header = try cursor.read(UInt8.self)
        let type = header & 0x0F
        if type != WireType.stop, header >> 4 == 0 { _ = try cursor.readVarint() }
        return type
    }

    /// Moves over a simple value, or into a container, which it returns.
    private mutating func skipHead(_ type: UInt8, inContainer: Bool) throws(DecodeFault) -> Container? {
        switch type {
        case WireType.booleanTrue, WireType.booleanFalse:
            // As a field the type is the value; as an element the value has a byte.
            if inContainer { try cursor.skip(1) }
        case WireType.byte: try cursor.skip(1)
        case WireType.int16, WireType.int32, WireType.int64: _ = try cursor.readVarint()
        case WireType.double: try cursor.skip(8)
        case WireType.uuid: try cursor.skip(16)
        case WireType.binary: _ = try binaryElement()
        case WireType.list, WireType.set:
            let list = try listHeader()
            guard list.count > 0 else { return nil }
            guard list.elementType != WireType.stop else { throw .malformed(.thriftType, at: offset) }
            return Container(type: list.elementType, alternateType: list.elementType, remaining: list.count)
        case WireType.map:
            let start = offset
            let count = try size()
            guard count > 0 else { return nil }
            let types = try cursor.read(UInt8.self)
            guard count <= cursor.remaining / 2 else { throw .malformed(.listCount, at: start) }
            guard types >> 4 != WireType.stop, types & 0x0F != WireType.stop else {
                throw .malformed(.thriftType, at: start)
            }
            return Container(type: types >> 4, alternateType: types & 0x0F, remaining: count * 2)
        case WireType.structure:
            return Container(type: WireType.stop, alternateType: WireType.stop, remaining: 0)
        default: throw .malformed(.thriftType, at: offset)
        }
        return nil
    }
}
