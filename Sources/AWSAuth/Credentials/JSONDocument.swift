internal import FoundationEssentials

/// A JSON document as a tree, so that members this program does not know can be written back.
enum JSONDocument: Codable, Hashable, Sendable, Redacted {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONDocument])
    case object([String: JSONDocument])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONDocument].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONDocument].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }

    /// Parses a document; nil for bytes that are not JSON.
    init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONDecoder().decode(JSONDocument.self, from: Data(bytes)) else { return nil }
        self = document
    }

    /// The document as bytes, members in order of their names.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that is none could fail, and none comes from a document.
        return (try? encoder.encode(self)).map { Array($0) } ?? []
    }

    /// The text of a string that is not empty.
    var text: String? { if case .string(let text) = self, !text.isEmpty { text } else { nil } }

    /// The value of a whole number.
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// A member of an object; nothing of anything else can be set.
    subscript(name: String) -> JSONDocument? {
        get { if case .object(let members) = self { members[name] } else { nil } }
        set {
            guard case .object(var members) = self else { return }
            members[name] = newValue
            self = .object(members)
        }
    }
}
