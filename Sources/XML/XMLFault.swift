/// Why bytes are not a document that this module reads, and where.
public struct XMLFault: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Kind: Hashable, Sendable {
        /// The bytes end inside the document.
        case truncated
        /// The bytes break a rule of XML.
        case malformed(Rule)
        /// The document is larger than any answer of AWS.
        case limit(Limit)
        /// The document has a type definition, from which entities could be made.
        case documentType
    }

    /// A rule of XML that the bytes break.
    public enum Rule: String, Hashable, Sendable {
        /// An end tag is not that of the element it ends.
        case endTag = "an end tag does not match its start tag"
        /// An entity is neither predefined nor a character.
        case entity = "an entity is neither predefined nor a character"
        /// Markup that is not understood.
        case markup = "markup is not understood"
        /// A name is missing.
        case name = "a name is missing"
        /// Text outside the root element.
        case textOutside = "there is text outside the root element"
        /// A second root element.
        case secondRoot = "there is more than one root element"
        /// An attribute without a quoted value.
        case attribute = "an attribute has no quoted value"
    }

    /// What there is too much of.
    public enum Limit: String, Hashable, Sendable {
        /// Bytes of the document.
        case byteCount = "bytes"
        /// Elements inside one another.
        case depth = "depth"
        /// Elements.
        case elementCount = "elements"
        /// Bytes of a name.
        case nameByteCount = "bytes of a name"
        /// Bytes of a text.
        case textByteCount = "bytes of a text"
    }

    /// What is wrong.
    public let kind: Kind
    /// Where in the bytes.
    public let offset: Int

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// One line for people.
    public var message: String {
        let reason =
            switch kind {
            case .truncated: "it ends too early"
            case .malformed(let rule): rule.rawValue
            case .limit(let limit): "too many \(limit.rawValue)"
            case .documentType: "a document type definition is not accepted"
            }
        return "\(reason), at byte \(offset)"
    }
}
