/// An element of a document in memory.
public struct XMLElement: Equatable, Sendable {
    /// The element's name, without the prefix of its namespace.
    public let name: String
    /// The element's own text, its pieces joined.
    public private(set) var text: [UInt8] = []
    /// The elements inside, in order.
    public private(set) var children: [XMLElement] = []

    /// More elements than this are not in any answer: a page of 1,000 keys has some 12,000.
    static let maximumElementCount = 200_000

    /// Parses a whole document.
    public init(parsing bytes: [UInt8]) throws(XMLFault) {
        var parser = XMLPullParser(bytes)
        var open: [XMLElement] = []
        var root: XMLElement?
        var elementCount = 0
        while let event = try parser.next() {
            switch event {
            case .start(let name):
                elementCount += 1
                guard elementCount <= Self.maximumElementCount else { throw XMLFault(.limit(.elementCount), at: 0) }
                open.append(XMLElement(name: name))
            case .text(let piece):
                open[open.count - 1].text += piece
            case .end:
                let closed = open.removeLast()
                if open.isEmpty { root = closed } else { open[open.count - 1].children.append(closed) }
            }
        }
        guard let root else { throw XMLFault(.truncated, at: bytes.count) }
        self = root
    }

    private init(name: String) { self.name = name }

    /// Returns the first child of a name.
    public subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The element's text without white space at its ends; nil where it is not UTF-8.
    public var string: String? {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(validating: text[first...last], as: UTF8.self)
    }
}
