import ByteCore

/// Writes values of variants to the end of an array of bytes.
///
/// Spec: VariantEncoding.md, "Value encoding".
enum VariantWriting {
    /// A field of an object, whose value was written.
    struct Element {
        /// The name's number in the metadata.
        let id: Int
        /// Where the name is in the metadata.
        let name: Range<Int>
        /// Where the value begins, from the first value of the object.
        let offset: Int
    }

    /// Writes a primitive value of a type without length.
    static func primitive(_ type: UInt8, to bytes: inout [UInt8]) { bytes.append(type << 2) }

    /// Writes a primitive value of fixed width.
    static func primitive(_ type: UInt8, _ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        bytes.append(type << 2)
        append(value, to: &bytes)
    }

    /// Writes an unscaled number in at least the type that its precision asks for.
    static func decimal(_ value: Int128, precision: Int, scale: Int, to bytes: inout [UInt8]) {
        if precision <= 9, let small = Int32(exactly: value) {
            bytes += [8 << 2, UInt8(scale)]
            append(small, to: &bytes)
        } else if precision <= 18, let medium = Int64(exactly: value) {
            bytes += [9 << 2, UInt8(scale)]
            append(medium, to: &bytes)
        } else {
            bytes += [10 << 2, UInt8(scale)]
            append(value, to: &bytes)
        }
    }

    /// Writes text, whose length is in the first byte where it fits there.
    static func string(_ text: Bytes, to bytes: inout [UInt8]) {
        if text.count < 64 {
            bytes.append(UInt8(text.count) << 2 | 1)
        } else {
            bytes.append(16 << 2)
            append(UInt32(truncatingIfNeeded: text.count), to: &bytes)
        }
        bytes += [UInt8](text)
    }

    /// Writes bytes of any length.
    static func binary(_ value: Bytes, to bytes: inout [UInt8]) {
        bytes.append(15 << 2)
        append(UInt32(truncatingIfNeeded: value.count), to: &bytes)
        bytes += [UInt8](value)
    }

    /// Makes an array of the values from `start` to the end, which begin at `offsets` from there.
    static func closeArray(_ offsets: [Int], from start: Int, in bytes: inout [UInt8]) {
        let byteCount = bytes.count - start
        let offsetWidth = width(byteCount)
        let isLarge = offsets.count > 255
        var head: [UInt8] = [UInt8(offsetWidth - 1) << 2 | (isLarge ? 0x10 : 0) | 3]
        append(offsets.count, byteWidth: isLarge ? 4 : 1, to: &head)
        for offset in offsets { append(offset, byteWidth: offsetWidth, to: &head) }
        append(byteCount, byteWidth: offsetWidth, to: &head)
        bytes.insert(contentsOf: head, at: start)
    }

    /// Makes an object of the values from `start` to the end; the fields are in the order of their names.
    static func closeObject(_ fields: [Element], from start: Int, in bytes: inout [UInt8]) {
        let byteCount = bytes.count - start
        let offsetWidth = width(byteCount)
        let idWidth = width(fields.reduce(0) { max($0, $1.id) })
        let isLarge = fields.count > 255
        var head: [UInt8] = [
            UInt8(offsetWidth - 1) << 2 | UInt8(idWidth - 1) << 4 | (isLarge ? 0x40 : 0) | 2
        ]
        append(fields.count, byteWidth: isLarge ? 4 : 1, to: &head)
        for field in fields { append(field.id, byteWidth: idWidth, to: &head) }
        for field in fields { append(field.offset, byteWidth: offsetWidth, to: &head) }
        append(byteCount, byteWidth: offsetWidth, to: &head)
        bytes.insert(contentsOf: head, at: start)
    }

    /// Bytes that hold a number below 2³².
    private static func width(_ number: Int) -> Int {
        number < 1 << 8 ? 1 : number < 1 << 16 ? 2 : number < 1 << 24 ? 3 : 4
    }

    private static func append(_ number: Int, byteWidth: Int, to bytes: inout [UInt8]) {
        for index in 0..<byteWidth { bytes.append(UInt8(truncatingIfNeeded: number >> (index * 8))) }
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for index in 0..<value.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (index * 8))) }
    }
}
