extension KeyPattern {
    /// What is wrong with a pattern or template, to be read after its name.
    struct Fault: Error {
        let description: String
    }

    /// Parses a pattern.
    init(parsing text: String) throws(Fault) {
        guard !text.isEmpty else { throw Fault(description: "must not be empty") }
        var elements: [Element] = []
        for part in try Self.parts(of: text) {
            switch part {
            case .text(let bytes): Self.append(bytes, to: &elements)
            case .braces(let word):
                guard let placeholder = Self.placeholder(word) else {
                    throw Fault(description: "has {\(word)}, which is no placeholder; \(Self.allowed)")
                }
                elements.append(.placeholder(placeholder))
            }
        }
        self.init(elements)
    }

    private static let allowed =
        "there are {NAME}, {NAME:int}, {NAME:date}, {YYYY}, {MM}, {DD}, {HH} and the placeholders of CloudQuery's S3 "
        + "destination, such as {{TABLE}}"

    /// Returns the placeholder that the text between braces names.
    static func placeholder(_ word: String) -> KeyPlaceholder? {
        guard word.hasPrefix("{") else { return KeyPlaceholder(text: word) }
        guard word.hasSuffix("}") else { return nil }
        return KeyPlaceholder(cloudQuery: String(word.dropFirst().dropLast()))
    }

    /// Text, or what stands between braces: with two braces, the inner ones belong to it.
    enum Part {
        case text([UInt8])
        case braces(String)
    }

    /// Splits a text at its braces.
    static func parts(of text: String) throws(Fault) -> [Part] {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while let open = rest.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) {
            guard rest[open] == UInt8(ascii: "{") else { throw Fault(description: "has a } without a {") }
            if open > rest.startIndex { parts.append(.text(Array(rest[..<open]))) }
            let isDouble = rest[open...].starts(with: Array("{{".utf8))
            let inner = rest[(open + (isDouble ? 2 : 1))...]
            guard let close = inner.firstIndex(of: UInt8(ascii: "}")),
                !isDouble || inner[close...].starts(with: Array("}}".utf8))
            else { throw Fault(description: "has a { that is not closed") }
            let word = String(decoding: inner[..<close], as: UTF8.self)
            parts.append(.braces(isDouble ? "{\(word)}" : word))
            rest = inner[(close + (isDouble ? 2 : 1))...]
        }
        if !rest.isEmpty { parts.append(.text(Array(rest))) }
        return parts
    }

    /// Appends literal text and the wildcards in it.
    private static func append(_ bytes: [UInt8], to elements: inout [Element]) {
        var rest = bytes[...]
        while let star = rest.firstIndex(of: UInt8(ascii: "*")) {
            if star > rest.startIndex { elements.append(.text(Array(rest[..<star]))) }
            let startsSegment =
                star > bytes.startIndex ? bytes[star - 1] == UInt8(ascii: "/") : elements.isEmpty
            rest = rest[star...]
            if startsSegment, rest.starts(with: Array("**/".utf8)) {
                elements.append(.anySegments)
                rest = rest.dropFirst(3)
            } else if rest.starts(with: Array("**".utf8)) {
                elements.append(.any)
                rest = rest.dropFirst(2)
            } else {
                elements.append(.anyInSegment)
                rest = rest.dropFirst()
            }
        }
        if !rest.isEmpty { elements.append(.text(Array(rest))) }
    }
}
