import JSON
import Yams

/// The documents of a YAML text as JSON, as the CLI makes JSON of its configuration.
enum YAMLDocuments {
    /// Parses all documents of a text.
    ///
    /// - Throws: `SpecError` with the line for a text that is not YAML, or says what JSON cannot.
    static func parse(_ text: String) throws(SpecError) -> [JSONValue] {
        var documents: [Node] = []
        do {
            var parsed = try compose_all(yaml: text)
            while let document = parsed.next() { documents.append(document) }
            if let error = parsed.error { throw error }
        } catch {
            throw SpecError("not valid YAML: \(error)")
        }
        var values: [JSONValue] = []
        for document in documents { values.append(try value(of: document)) }
        return values
    }

    private static func value(of node: Node) throws(SpecError) -> JSONValue {
        switch node {
        case .scalar(let scalar): return value(of: scalar, tag: Tag.Name(rawValue: node.tag.rawValue))
        case .alias(let alias): throw SpecError("not valid YAML: there is no anchor \(alias.anchor)")
        case .sequence(let sequence):
            var items: [JSONValue] = []
            for item in sequence { items.append(try value(of: item)) }
            return .array(items)
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            var merged: [String: JSONValue] = [:]
            for (key, item) in mapping {
                guard case .scalar(let name) = key else {
                    throw SpecError("line \(key.mark?.line ?? 0): the name of a field must be a text")
                }
                guard key.tag.rawValue == Tag.Name.merge.rawValue else {
                    members[name.string] = try value(of: item)
                    continue
                }
                // Of several mappings that are merged in, the first counts.
                for source in item.sequence.map(Array.init) ?? [item] {
                    guard case .object(let others) = try value(of: source) else {
                        throw SpecError("line \(key.mark?.line ?? 0): << takes in mappings only")
                    }
                    merged.merge(others) { first, _ in first }
                }
            }
            return .object(merged.merging(members) { _, own in own })
        }
    }

    private static func value(of scalar: Node.Scalar, tag: Tag.Name) -> JSONValue {
        switch tag {
        case .null: return .null
        case .bool: if let value = Bool.construct(from: scalar) { return .bool(value) }
        case .int: if let value = Int64.construct(from: scalar) { return .integer(value) }
        case .float: if let value = Double.construct(from: scalar), value.isFinite { return .number(value) }
        default: break
        }
        return .string(scalar.string)
    }
}
