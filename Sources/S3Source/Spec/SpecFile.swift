public import ByteCore
import FoundationEssentials
import JSON

/// A file that says what to sync: a plugin's spec alone, or the source's document of a CloudQuery configuration, in JSON.
public struct SpecFile: Sendable {
    /// JSON of the plugin's spec.
    public let spec: Bytes
    /// Patterns of tables to take.
    public let tables: [String]
    /// Patterns of tables to leave out.
    public let skipTables: [String]

    /// Reads a file.
    ///
    /// - Throws: `SpecError` for a file that cannot be read or is neither of the two.
    public init(path: String) throws(SpecError) {
        let content: Data
        do {
            content = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw SpecError("\(path): cannot be read: \(error)")
        }
        try self.init(content, path: path)
    }

    init(_ content: some Sequence<UInt8>, path: String) throws(SpecError) {
        guard case .object(let document)? = JSONValue(parsing: content) else {
            throw SpecError("\(path): must be a JSON object: the plugin's spec, or a document of kind source")
        }
        if case .string(let kind)? = document["kind"], kind != "source" {
            throw SpecError("\(path): is a document of kind \(kind): must be of kind source, or the plugin's spec")
        }
        var spec = JSONValue.object(document)
        var (tables, skipTables) = (["*"], [String]())
        if document["kind"] == .string("source"), case .object(let source)? = document["spec"] {
            spec = source["spec"] ?? .null
            tables = try Self.patterns(source, "tables", path) ?? tables
            skipTables = try Self.patterns(source, "skip_tables", path) ?? skipTables
        }
        self.spec = Bytes(spec.bytes)
        (self.tables, self.skipTables) = (tables, skipTables)
    }

    private static func patterns(
        _ source: [String: JSONValue], _ name: String, _ path: String
    ) throws(SpecError) -> [String]? {
        guard let value = source[name], value != .null else { return nil }
        guard case .array(let items) = value else { throw SpecError("\(path): \(name) must be a list of strings") }
        var patterns: [String] = []
        for item in items {
            guard case .string(let text) = item else { throw SpecError("\(path): \(name) must be a list of strings") }
            patterns.append(text)
        }
        return patterns
    }
}
