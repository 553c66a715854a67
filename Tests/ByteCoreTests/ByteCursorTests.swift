import ByteCore
import Testing

@Suite("Byte cursor")
struct ByteCursorTests {
    // A cursor cannot leave its scope, so the macros see only what was read.

    private func varint(_ bytes: [UInt8]) throws -> UInt64 {
        let bytes = Bytes(bytes)
        var cursor = ByteCursor(bytes.span)
        let value = try cursor.readVarint()
        let remaining = cursor.remaining
        #expect(remaining == 0)
        return value
    }

    private func zigzag(_ bytes: [UInt8]) throws -> Int64 {
        let bytes = Bytes(bytes)
        var cursor = ByteCursor(bytes.span)
        return try cursor.readZigzag()
    }

    @Test("values of fixed size, at any alignment")
    func fixed() throws {
        let bytes = Bytes([0xFF, 1, 0, 0, 0, 0, 0, 0, 0xC0, 0x3F])
        var cursor = ByteCursor(bytes.span)
        let byte = try cursor.read(Int8.self)
        let word = try cursor.read(UInt32.self)
        try cursor.skip(1)
        let offset = cursor.offset
        let number = try cursor.read(Float.self)
        let isAtEnd = cursor.isAtEnd
        #expect(byte == -1)
        #expect(word == 1)
        #expect(offset == 6)
        #expect(number == 1.5)
        #expect(isAtEnd)
    }

    @Test("a part is a span of its own")
    func parts() throws {
        let bytes = Bytes([1, 2, 3])
        var cursor = ByteCursor(bytes.span)
        let part = try cursor.read(count: 2)
        let sum = part.load(at: 0, as: UInt16.self)
        let remaining = cursor.remaining
        #expect(sum == 0x0201)
        #expect(remaining == 1)
    }

    /// The fault of a step over three bytes; the position must not have moved.
    private func fault(_ step: (inout ByteCursor) throws(DecodeFault) -> Void) -> DecodeFault? {
        let bytes = Bytes([1, 2, 3])
        var cursor = ByteCursor(bytes.span)
        do throws(DecodeFault) {
            try step(&cursor)
            return nil
        } catch {
            let offset = cursor.offset
            #expect(offset == 0)
            return error
        }
    }

    @Test("reading past the end is truncated and does not move")
    func truncated() {
        let end = DecodeFault(.truncated, at: 3)
        #expect(fault { cursor throws(DecodeFault) in _ = try cursor.read(UInt32.self) } == end)
        #expect(fault { cursor throws(DecodeFault) in _ = try cursor.read(count: 4) } == end)
        #expect(fault { cursor throws(DecodeFault) in try cursor.skip(4) } == end)
        #expect(fault { cursor throws(DecodeFault) in try cursor.skip(.max) } == end)
        let negative = DecodeFault.malformed(.negativeSize)
        #expect(fault { cursor throws(DecodeFault) in try cursor.skip(-1) } == negative)
        #expect(fault { cursor throws(DecodeFault) in try cursor.skip(3) } == nil)
    }

    @Test(
        "unsigned integers of variable length",
        arguments: [
            ([0], 0), ([0x7F], 127), ([0x80, 1], 128), ([0xAC, 2], 300), ([0x80, 0], 0),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], UInt64(UInt32.max)),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .max),
        ] as [([UInt8], UInt64)])
    func varints(bytes: [UInt8], value: UInt64) throws {
        #expect(try varint(bytes) == value)
    }

    @Test("integers of variable length that do not end, or not in 64 bits")
    func badVarints() {
        #expect(throws: DecodeFault(.truncated, at: 0)) { try varint([]) }
        #expect(throws: DecodeFault(.truncated, at: 2)) { try varint([0x80, 0x80]) }
        let nine = [UInt8](repeating: 0xFF, count: 9)
        #expect(throws: DecodeFault.malformed(.varintTooLong)) { try varint(nine + [2]) }
        #expect(throws: DecodeFault.malformed(.varintTooLong)) { try varint(nine + [0x81, 0]) }
        #expect(throws: DecodeFault.malformed(.varintTooLong)) { try varint([UInt8](repeating: 0x80, count: 11)) }
    }

    @Test(
        "signed integers",
        arguments: [
            ([0], 0), ([1], -1), ([2], 1), ([3], -2), ([0xD8, 4], 300),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .min),
            ([0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .max),
        ] as [([UInt8], Int64)])
    func zigzags(bytes: [UInt8], value: Int64) throws {
        #expect(try zigzag(bytes) == value)
    }
}

@Suite("Checked arithmetic and faults")
struct CheckedArithmeticTests {
    @Test("sums, products and sizes throw where operators trap")
    func checked() throws {
        #expect(try Checked.sum(2, 3) == 5)
        #expect(try Checked.product(4, 5) == 20)
        #expect(try Checked.size(Int32(7)) == 7)
        #expect(throws: DecodeFault.malformed(.sizeOverflow)) { try Checked.sum(.max, 1) }
        #expect(throws: DecodeFault.malformed(.sizeOverflow)) { try Checked.sum(.min, -1) }
        #expect(throws: DecodeFault.malformed(.sizeOverflow)) { try Checked.product(.max / 2, 3) }
        #expect(throws: DecodeFault.malformed(.negativeSize)) { try Checked.size(-1) }
        #expect(throws: DecodeFault.malformed(.negativeSize)) { try Checked.size(UInt64.max) }
    }

    @Test("a fault seen from earlier bytes moves on")
    func shifting() {
        #expect(DecodeFault(.truncated, at: 3).shifted(by: 10) == DecodeFault(.truncated, at: 13))
    }

    @Test("every kind of fault says what it is")
    func descriptions() {
        #expect("\(DecodeFault(.truncated, at: 3))" == "byte 3: the bytes end too early")
        #expect("\(DecodeFault.Kind.unsupported(.codec(3)))" == "not supported: compression codec LZO (3)")
        #expect("\(DecodeFault.Kind.unsupported(.codec(99)))" == "not supported: compression codec 99")
        #expect("\(DecodeFault.Kind.unsupported(.encoding(10)))" == "not supported: encoding ALP (10)")
        #expect("\(DecodeFault.Kind.limit(.pageSize))" == "over the configured limit: page size")
        #expect("\(DecodeFault.Kind.checksum)" == "the bytes do not match their checksum")
        let missing = DecodeFault.Kind.keyMissing(.columnKey)
        #expect("\(missing)" == "encrypted: the key of the column is needed and was not given")
        #expect("\(DecodeFault.Kind.authentication)".hasPrefix("decryption failed"))
        let texts = DecodeFault.Rule.allCases.map { "\(DecodeFault.Kind.malformed($0))" }
        #expect(Set(texts).count == DecodeFault.Rule.allCases.count)
    }
}
