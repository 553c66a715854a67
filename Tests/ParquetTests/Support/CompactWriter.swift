/// Writes Thrift's compact protocol, for footers and page headers that no writer makes.
struct CompactWriter {
    var bytes: [UInt8] = []
    private var lastID: Int = 0

    static func structure(_ body: (inout CompactWriter) -> Void) -> [UInt8] {
        var writer = CompactWriter()
        body(&writer)
        writer.bytes.append(0)
        return writer.bytes
    }

    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    mutating func header(_ id: Int, type: UInt8) {
        if id > lastID, id - lastID <= 15 {
            bytes.append(UInt8(id - lastID) << 4 | type)
        } else {
            bytes.append(type)
            zigzag(Int64(id))
        }
        lastID = id
    }

    mutating func bool(_ id: Int, _ value: Bool) { header(id, type: value ? 1 : 2) }

    mutating func int32(_ id: Int, _ value: Int) {
        header(id, type: 5)
        zigzag(Int64(value))
    }

    mutating func int64(_ id: Int, _ value: Int64) {
        header(id, type: 6)
        zigzag(value)
    }

    mutating func binary(_ id: Int, _ value: [UInt8]) {
        header(id, type: 8)
        element(value)
    }

    mutating func string(_ id: Int, _ value: String) { binary(id, Array(value.utf8)) }

    mutating func element(_ value: [UInt8]) {
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func structure(_ id: Int, _ body: (inout CompactWriter) -> Void) {
        header(id, type: 12)
        bytes += Self.structure(body)
    }

    mutating func listHeader(_ id: Int, type: UInt8, count: Int) {
        header(id, type: 9)
        if count < 15 {
            bytes.append(UInt8(count) << 4 | type)
        } else {
            bytes.append(0xF0 | type)
            varint(UInt64(count))
        }
    }

    mutating func structures(_ id: Int, _ elements: [[UInt8]]) {
        listHeader(id, type: 12, count: elements.count)
        for element in elements { bytes += element }
    }

    mutating func int32s(_ id: Int, _ values: [Int]) {
        listHeader(id, type: 5, count: values.count)
        for value in values { zigzag(Int64(value)) }
    }

    mutating func strings(_ id: Int, _ values: [String]) {
        listHeader(id, type: 8, count: values.count)
        for value in values { element(Array(value.utf8)) }
    }
}
