/// Why bytes are not a document that this module reads, and where.
struct XMLFault: Error, Hashable {
    enum Kind: Hashable {
        /// The bytes end inside the document.
        case truncated
        /// The bytes break a rule of XML.
        case malformed(Rule)
        /// The document is larger than any answer of S3.
        case limit(Limit)
        /// The document has a type definition, from which entities could be made.
        case documentType
    }

    enum Rule: String, Hashable {
        case endTag = "an end tag does not match its start tag"
        case entity = "an entity is neither predefined nor a character"
        case markup = "markup is not understood"
        case name = "a name is missing"
        case textOutside = "there is text outside the root element"
        case secondRoot = "there is more than one root element"
        case attribute = "an attribute has no quoted value"
    }

    enum Limit: String, Hashable {
        case byteCount = "bytes"
        case depth = "depth"
        case elementCount = "elements"
        case nameByteCount = "bytes of a name"
        case textByteCount = "bytes of a text"
    }

    let kind: Kind
    let offset: Int

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// One line for people.
    var message: String {
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
