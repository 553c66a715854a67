/// A parser of the XML that AWS writes: elements, text, the five predefined entities and character references.
///
/// Spec: XML 1.0, without document types; what could expand or refer to something outside is a fault, so the work is
/// linear in the bytes. Namespaces and attributes are read past. A character reference may stand for a control
/// character, because S3 writes keys that way.
struct XMLPullParser {
    /// A part of the document.
    enum Event: Equatable {
        case start(String)
        case end(String)
        /// A piece of text, entities resolved; one text may come in several pieces.
        case text([UInt8])
    }

    static let maximumDepth = 16
    static let maximumNameByteCount = 256
    /// A key has at most 1,024 bytes, each at most six characters long (`&quot;`) or nine (`%26amp;`).
    static let maximumTextByteCount = 64 << 10

    private let bytes: [UInt8]
    private var offset: Int
    private var open: [String] = []
    private var hasRoot = false
    /// The end of an element written as `<name/>`.
    private var pendingEnd: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Returns the next part; nil after the end of the root element and what may follow it.
    mutating func next() throws(XMLFault) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while offset < bytes.count {
            guard bytes[offset] == UInt8(ascii: "<") else {
                if let text = try readText() { return .text(text) }
                continue
            }
            if let event = try readMarkup() { return event }
        }
        guard open.isEmpty, hasRoot else { throw XMLFault(.truncated, at: bytes.count) }
        return nil
    }

    // MARK: - Markup

    private mutating func readMarkup() throws(XMLFault) -> Event? {
        let start = offset
        guard offset + 1 < bytes.count else { throw XMLFault(.truncated, at: bytes.count) }
        switch bytes[offset + 1] {
        case UInt8(ascii: "/"):
            offset += 2
            return .end(try readEndTag(from: start))
        case UInt8(ascii: "?"):
            offset += 2
            try skip(past: "?>")
            return nil
        case UInt8(ascii: "!"): return try readDeclaration(from: start)
        default:
            offset += 1
            return .start(try readStartTag(from: start))
        }
    }

    /// Reads what starts with `<!`: a comment or text in `CDATA`.
    private mutating func readDeclaration(from start: Int) throws(XMLFault) -> Event? {
        if skip("<!--") {
            try skip(past: "-->")
            return nil
        }
        if skip("<![CDATA[") {
            let first = offset
            try skip(past: "]]>")
            guard !open.isEmpty else { throw XMLFault(.malformed(.textOutside), at: start) }
            let text = Array(bytes[first..<offset - 3])
            guard text.count <= Self.maximumTextByteCount else { throw XMLFault(.limit(.textByteCount), at: start) }
            return .text(text)
        }
        if skip("<!DOCTYPE") || skip("<!doctype") { throw XMLFault(.documentType, at: start) }
        // A mark that is cut off is told from one that is wrong: more bytes could have mended the first.
        let rest = bytes.count - start
        let marks = ["<!--", "<![CDATA[", "<!DOCTYPE"]
        let isCut = marks.contains { rest < $0.utf8.count && bytes[start...].elementsEqual($0.utf8.prefix(rest)) }
        throw XMLFault(isCut ? .truncated : .malformed(.markup), at: start)
    }

    private mutating func readStartTag(from start: Int) throws(XMLFault) -> String {
        guard !open.isEmpty || !hasRoot else { throw XMLFault(.malformed(.secondRoot), at: start) }
        guard open.count < Self.maximumDepth else { throw XMLFault(.limit(.depth), at: start) }
        let name = try readName()
        hasRoot = true
        while true {
            skipSpace()
            let byte = try peek()
            offset += 1
            if byte == UInt8(ascii: ">") {
                open.append(name)
                return Self.localName(name)
            } else if byte == UInt8(ascii: "/") {
                try expect(">", .markup)
                pendingEnd = Self.localName(name)
                return Self.localName(name)
            }
            offset -= 1
            try skipAttribute()
        }
    }

    private mutating func readEndTag(from start: Int) throws(XMLFault) -> String {
        let name = try readName()
        skipSpace()
        try expect(">", .endTag)
        guard let last = open.popLast(), last.utf8.elementsEqual(name.utf8) else {
            throw XMLFault(.malformed(.endTag), at: start)
        }
        return Self.localName(name)
    }

    private mutating func skipAttribute() throws(XMLFault) {
        let start = offset
        _ = try readName()
        skipSpace()
        try expect("=", .attribute)
        skipSpace()
        let quote = try peek()
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw XMLFault(.malformed(.attribute), at: start)
        }
        guard let end = bytes[(offset + 1)...].firstIndex(of: quote) else {
            throw XMLFault(.truncated, at: bytes.count)
        }
        guard !bytes[offset..<end].contains(UInt8(ascii: "<")) else {
            throw XMLFault(.malformed(.attribute), at: start)
        }
        offset = end + 1
    }

    private mutating func readName() throws(XMLFault) -> String {
        let start = offset
        while offset < bytes.count, Self.isNamePart(bytes[offset]) { offset += 1 }
        guard offset < bytes.count else { throw XMLFault(.truncated, at: offset) }
        guard offset > start else { throw XMLFault(.malformed(.name), at: start) }
        guard offset - start <= Self.maximumNameByteCount else { throw XMLFault(.limit(.nameByteCount), at: start) }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"), 0x80...0xFF:
            true
        default: false
        }
    }

    /// Returns a name without the prefix that stands for its namespace.
    private static func localName(_ name: String) -> String {
        guard let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) else { return name }
        return String(name[name.utf8.index(after: colon)...])
    }

    // MARK: - Text

    /// Reads text up to the next markup; nil for white space outside the root.
    private mutating func readText() throws(XMLFault) -> [UInt8]? {
        let start = offset
        var text = [UInt8]()
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") {
            if bytes[offset] == UInt8(ascii: "&") {
                try readEntity(into: &text)
            } else {
                let first = offset
                while offset < bytes.count, bytes[offset] != UInt8(ascii: "<"), bytes[offset] != UInt8(ascii: "&") {
                    offset += 1
                }
                text.append(contentsOf: bytes[first..<offset])
            }
            guard text.count <= Self.maximumTextByteCount else { throw XMLFault(.limit(.textByteCount), at: start) }
        }
        if open.isEmpty {
            guard text.allSatisfy(Self.isSpace) else { throw XMLFault(.malformed(.textOutside), at: start) }
            return nil
        }
        return text
    }

    private mutating func readEntity(into text: inout [UInt8]) throws(XMLFault) {
        let start = offset
        // The longest that can stand for a character is `&#x10FFFF;`; zeros before the number are not written.
        let window = bytes[offset..<min(bytes.count, offset + 12)]
        guard let end = window.firstIndex(of: UInt8(ascii: ";")) else {
            let isCut = window.endIndex == bytes.count && window.count < 12
            throw XMLFault(isCut ? .truncated : .malformed(.entity), at: start)
        }
        let name = String(decoding: bytes[start + 1..<end], as: UTF8.self)
        switch name {
        case "amp": text.append(UInt8(ascii: "&"))
        case "lt": text.append(UInt8(ascii: "<"))
        case "gt": text.append(UInt8(ascii: ">"))
        case "quot": text.append(UInt8(ascii: "\""))
        case "apos": text.append(UInt8(ascii: "'"))
        default:
            guard let scalar = Self.character(name) else { throw XMLFault(.malformed(.entity), at: start) }
            text.append(contentsOf: String(Character(scalar)).utf8)
        }
        offset = end + 1
    }

    /// Returns the character that `#10` or `#xA` stands for.
    private static func character(_ name: String) -> Unicode.Scalar? {
        guard name.utf8.first == UInt8(ascii: "#") else { return nil }
        let isHexadecimal = name.utf8.dropFirst().first == UInt8(ascii: "x")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        // `UInt32` takes a sign, which a reference must not have.
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value > 0
        else { return nil }
        return Unicode.Scalar(value)
    }

    // MARK: - Bytes

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private mutating func skipSpace() {
        while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
    }

    private func peek() throws(XMLFault) -> UInt8 {
        guard offset < bytes.count else { throw XMLFault(.truncated, at: offset) }
        return bytes[offset]
    }

    private mutating func expect(_ character: Unicode.Scalar, _ rule: XMLFault.Rule) throws(XMLFault) {
        guard try peek() == UInt8(ascii: character) else { throw XMLFault(.malformed(rule), at: offset) }
        offset += 1
    }

    private mutating func skip(_ mark: StaticString) -> Bool {
        let mark = mark.description.utf8
        guard bytes[offset...].starts(with: mark) else { return false }
        offset += mark.count
        return true
    }

    /// Moves past the next occurrence of a mark.
    private mutating func skip(past mark: StaticString) throws(XMLFault) {
        let last = offset
        while offset < bytes.count {
            if skip(mark) { return }
            offset += 1
        }
        throw XMLFault(.truncated, at: last)
    }
}
