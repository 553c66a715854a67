import ByteCore

/// Writes values of variants as JSON text.
///
/// Numbers keep all their digits. What JSON has no form for is text: dates and times as ISO 8601, bytes as base64,
/// UUIDs, and the floating-point numbers that are none (`NaN`, `Infinity`, `-Infinity`). A timestamp that is an instant
/// ends in `Z`.
struct VariantText {
    private let names: VariantNames
    private let value: Bytes
    /// Most objects and arrays in each other.
    private static let depthLimit = 255
    private let byteLimit: Int

    /// Prepares the text of a value, of at most `byteLimit` bytes: a name is encoded once and may be in the text
    /// thousands of times. No database takes JSON of more than the default.
    init(_ names: VariantNames, _ value: Bytes, byteLimit: Int = 1 << 28) {
        self.names = names
        self.value = value
        self.byteLimit = byteLimit
    }

    /// Appends the text of the whole value.
    ///
    /// - Throws: malformed where a value is not inside its bytes or text is not UTF-8, unsupported for unknown types,
    ///   limit where it is too deep.
    func append(to text: inout [UInt8]) throws(DecodeFault) {
        let root = try VariantValue.read(value.span, at: 0, end: value.count).value
        try append(root, depth: 0, to: &text)
    }

    private func append(_ node: VariantValue, depth: Int, to text: inout [UInt8]) throws(DecodeFault) {
        switch node {
        case .null: text += "null".utf8
        case .bool(let flag): text += (flag ? "true" : "false").utf8
        case .integer(let number): text += "\(number)".utf8
        case .float(let number): JSONText.append(number, to: &text)
        case .double(let number): JSONText.append(number, to: &text)
        case .decimal(let number, let scale): JSONText.append(number, scale: scale, to: &text)
        case .date(let days): JSONText.quote(CivilText.date(Int64(days)), to: &text)
        case .time(let time): JSONText.quote(CivilText.timeOfDay(time, perSecond: 1_000_000), to: &text)
        case .timestamp(let time, let isNanoseconds, let isUTC):
            let instant = CivilText.timestamp(time, perSecond: isNanoseconds ? 1_000_000_000 : 1_000_000)
            JSONText.quote(instant + (isUTC ? "Z" : ""), to: &text)
        case .binary(let range): JSONText.quoteBase64(value[range], to: &text)
        case .string(let range): try quote(value[range], to: &text)
        case .uuid(let range): JSONText.quoteUUID(value[range], to: &text)
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            try appendElements(elements, depth: depth + 1, to: &text) { _, _ in }
            text.append(UInt8(ascii: "]"))
        case .object(let elements):
            text.append(UInt8(ascii: "{"))
            try appendElements(elements, depth: depth + 1, to: &text) { index, text throws(DecodeFault) in
                try quote(names.bytes[names.range(elements.id(index, value.span))], to: &text)
                text.append(UInt8(ascii: ":"))
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private func appendElements(
        _ elements: VariantElements, depth: Int, to text: inout [UInt8],
        _ appendName: (Int, inout [UInt8]) throws(DecodeFault) -> Void
    ) throws(DecodeFault) {
        guard depth <= Self.depthLimit else { throw DecodeFault(.limit(.nestingDepth)) }
        // Elements may not share bytes: few of them would make endless text.
        var left = elements.end - elements.start
        for index in 0..<elements.count {
            let start = elements.offset(index, value.span)
            let (node, end) = try VariantValue.read(value.span, at: start, end: elements.end)
            left -= end - start
            guard left >= 0 else { throw .malformed(.variantValue, at: start) }
            if index > 0 { text.append(UInt8(ascii: ",")) }
            try appendName(index, &text)
            try append(node, depth: depth, to: &text)
            guard text.count <= byteLimit else { throw DecodeFault(.limit(.batchByteCount)) }
        }
    }

    private func quote(_ bytes: Bytes, to text: inout [UInt8]) throws(DecodeFault) {
        if case .invalid = UTF8Form(of: bytes.span) { throw .malformed(.invalidUTF8) }
        JSONText.quote(bytes, to: &text)
    }
}
