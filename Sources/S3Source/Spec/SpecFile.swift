public import ByteCore
import FoundationEssentials
import JSON

/// A file that says what to sync: a CloudQuery configuration, of which one source is taken, or a plugin's spec alone; in
/// YAML or JSON.
public struct SpecFile: Sendable {
    /// JSON of the plugin's spec.
    public let spec: Bytes
    /// Patterns of tables to take.
    public let tables: [String]
    /// Patterns of tables to leave out.
    public let skipTables: [String]

    /// Reads a file, with variables of the process's environment.
    ///
    /// - Parameter source: name of the source to take; nil where there is only one.
    /// - Throws: `SpecError` for a file that cannot be read, or does not say what to sync.
    public init(path: String, source: String? = nil) throws(SpecError) {
        let content: Data
        do {
            content = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw SpecError("\(path): cannot be read: \(error)")
        }
        let variables = ConfigVariables(environment: ProcessInfo.processInfo.environment) { path in
            (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
        }
        do throws(SpecError) {
            try self.init(String(decoding: content, as: UTF8.self), source: source, variables: variables)
        } catch {
            throw SpecError("\(path): \(error)")
        }
    }

    init(_ text: String, source: String? = nil, variables: ConfigVariables) throws(SpecError) {
        let text = variables.expand(text.replacing("\r\n", with: "\n"))
        let documents: [JSONValue]
        do throws(SpecError) {
            let json = JSONValue(parsing: text.utf8)
            documents = if let json { [json] } else { try YAMLDocuments.parse(text) }
        } catch {
            // A variable without quotes is no YAML inside brackets.
            guard let variable = ConfigVariables.first(in: text) else { throw error }
            throw SpecError("\(error); ${\(variable)} was not replaced: there is no such variable or file")
        }
        let document = try Self.document(documents.filter { $0 != .null }, source: source)
        var spec = document
        var (tables, skipTables) = (["*"], [String]())
        if document["kind"] != nil {
            let source = document["spec"] ?? .object([:])
            spec = source["spec"] ?? .null
            tables = try Self.patterns(source, "tables") ?? tables
            skipTables = try Self.patterns(source, "skip_tables") ?? skipTables
        }
        try Self.check(spec, "spec")
        self.spec = Bytes(spec.bytes)
        (self.tables, self.skipTables) = (tables, skipTables)
    }

    /// Returns the document of a source, or the only one where it is a plugin's spec.
    private static func document(_ documents: [JSONValue], source name: String?) throws(SpecError) -> JSONValue {
        for document in documents {
            guard case .object = document else { throw SpecError("must be a mapping, found \(document.kind)") }
        }
        if documents.count == 1, documents[0]["kind"] == nil, name == nil { return documents[0] }
        let sources = documents.filter { $0["kind"]?.text == "source" }
        let names = sources.map { $0["spec"]?["name"]?.text ?? "" }
        guard let name else {
            switch sources.count {
            case 0: throw SpecError("must have a document of kind source, or be the plugin's spec")
            case 1: return sources[0]
            default: throw SpecError("has the sources \(names.joined(separator: ", ")): say which by --source")
            }
        }
        guard let index = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
            let known = names.isEmpty ? "none" : names.joined(separator: ", ")
            throw SpecError("has no source named \(name); the sources are: \(known)")
        }
        return sources[index]
    }

    /// Refuses what only the CLI could replace.
    private static func check(_ value: JSONValue, _ path: String) throws(SpecError) {
        switch value {
        case .string(let text):
            if let variable = ConfigVariables.first(in: text) {
                let reason =
                    variable.hasPrefix("time:")
                    ? "is not supported outside of CloudQuery" : "is not set, or no file that can be read"
                throw SpecError("\(path): ${\(variable)} \(reason)")
            }
            if text.contains("@@plugins.") {
                throw SpecError("\(path): \(text) is a plugin that only CloudQuery runs")
            }
        case .array(let items):
            for (index, item) in items.enumerated() { try check(item, "\(path)[\(index)]") }
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { try check(member, "\(path).\(name)") }
        default: break
        }
    }

    private static func patterns(_ source: JSONValue, _ name: String) throws(SpecError) -> [String]? {
        guard let value = source[name], value != .null else { return nil }
        guard case .array(let items) = value else { throw SpecError("\(name) must be a list of strings") }
        var patterns: [String] = []
        for item in items {
            guard case .string(let text) = item else { throw SpecError("\(name) must be a list of strings") }
            patterns.append(text)
        }
        return patterns
    }
}
