/// The grammar of the shared config and credentials files: sections of keys, of which a key may hold keys in turn.
///
/// Spec: AWS SDKs reference guide, "Shared config and credentials files".
struct SharedConfigFile: Sendable {
    /// A value and where it is written.
    struct Value: Hashable, Sendable {
        /// The text after `=`, without white space around it.
        var text: String
        /// The indented `key = value` lines below a key without a text of its own.
        var nested: [String: Value] = [:]
        /// Where the key is.
        let location: CredentialError.Location
    }

    /// A section: its name as written between the brackets, and its keys in lower case.
    struct Section: Sendable {
        let name: String
        let location: CredentialError.Location
        var values: [String: Value] = [:]
    }

    /// The sections in the order in which they are first written; a repeated section continues the first.
    private(set) var sections: [Section] = []
    /// What was read past: lines that have no effect.
    private(set) var warnings: [CredentialError] = []

    private let path: String

    /// Parses a file.
    ///
    /// - Throws: `invalid` for text before the first section, a line without `=`, or a section without its bracket.
    init(parsing bytes: [UInt8], path: String) throws(CredentialError) {
        self.path = path
        var state = State()
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let location = CredentialError.Location(file: path, line: index + 1)
            guard let line = String(validating: line, as: UTF8.self) else {
                throw CredentialError(.invalid, "this line is not UTF-8", at: location)
            }
            try parse(line, at: location, &state)
        }
    }

    /// Where the next line belongs.
    private struct State {
        var section: Int?
        /// The last key and how far its line is indented: a line indented further belongs to it.
        var key: String?
        var indentation = 0
    }

    private mutating func parse(
        _ line: String, at location: CredentialError.Location, _ state: inout State
    ) throws(CredentialError) {
        let content = line.trimmingSpace()
        guard let first = content.unicodeScalars.first, first != "#", first != ";" else { return }
        let indentation = line.utf8.prefix { $0 == 0x20 || $0 == 0x09 }.count
        if let section = state.section, let key = state.key, indentation > state.indentation {
            try addNested(content, to: key, section: section, at: location)
        } else if first == "[" {
            state = State(section: try openSection(content, at: location))
        } else {
            guard let section = state.section else {
                throw CredentialError(.invalid, "this line comes before the first [section]", at: location)
            }
            guard let (name, text) = Self.split(content) else { throw Self.notPair(location) }
            set(Value(text: text, location: location), for: name, section: section)
            state.key = name
            state.indentation = indentation
        }
    }

    private mutating func openSection(
        _ content: String, at location: CredentialError.Location
    ) throws(CredentialError) -> Int {
        guard let close = content.firstIndex(of: "]") else {
            throw CredentialError(.invalid, "a section's name must end with `]`", at: location)
        }
        let name = String(content[content.index(after: content.startIndex)..<close]).trimmingSpace()
        guard !name.isEmpty else { throw CredentialError(.invalid, "a section must have a name", at: location) }
        if let index = sections.firstIndex(where: { $0.name == name }) {
            warn("section [\(name)] is written twice; both parts count", at: location)
            return index
        }
        sections.append(Section(name: name, location: location))
        return sections.count - 1
    }

    private mutating func set(_ value: Value, for name: String, section: Int) {
        if sections[section].values.updateValue(value, forKey: name) != nil {
            warn("\(name) is written twice in this section; this one counts", at: value.location)
        }
    }

    private mutating func addNested(
        _ content: String, to key: String, section: Int, at location: CredentialError.Location
    ) throws(CredentialError) {
        guard sections[section].values[key]?.text.isEmpty == true else {
            warn("this indented line has no effect", at: location)
            return
        }
        guard let (name, text) = Self.split(content) else { throw Self.notPair(location) }
        sections[section].values[key]?.nested[name] = Value(text: text, location: location)
    }

    private static func notPair(_ location: CredentialError.Location) -> CredentialError {
        CredentialError(.invalid, "a line must read `key = value`", at: location)
    }

    private mutating func warn(_ message: String, at location: CredentialError.Location) {
        warnings.append(CredentialError(.invalid, message, at: location))
    }

    /// Returns key and value of a line: parted by the first `=`, or by the first `:` where there is no `=`.
    private static func split(_ content: String) -> (name: String, text: String)? {
        guard let mark = content.firstIndex(of: "=") ?? content.firstIndex(of: ":") else { return nil }
        let name = String(content[..<mark]).trimmingSpace().lowercased()
        guard !name.isEmpty else { return nil }
        return (name, withoutComment(String(content[content.index(after: mark)...])).trimmingSpace())
    }

    /// Returns a value without a comment, which white space must part from it: a secret may hold `#`.
    private static func withoutComment(_ text: String) -> String {
        var previousIsSpace = false
        for index in text.indices {
            if previousIsSpace && (text[index] == "#" || text[index] == ";") { return String(text[..<index]) }
            previousIsSpace = text[index] == " " || text[index] == "\t"
        }
        return text
    }
}

extension String {
    /// Returns the text without spaces, tabs and carriage returns at its ends.
    func trimmingSpace() -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\u{0B}" || scalar == "\u{0C}"
        }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
