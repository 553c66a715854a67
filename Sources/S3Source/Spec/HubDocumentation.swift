import CloudQueryPlugin
import JSON

/// The pages that CloudQuery's hub shows of the plugin, made of the spec's schema.
public enum HubDocumentation {
    /// Returns the pages as Markdown, by file name.
    public static func files(version: String) -> [(name: String, text: String)] {
        [("overview.md", overview(version: version)), ("configuration.md", configuration)]
    }

    private static func overview(version: String) -> String {
        let identity = S3SourcePlugin.identity
        return """
            ---
            name: S3
            stage: GA
            title: S3 Source Plugin
            description: Parquet objects of an S3 bucket as tables
            ---
            # S3 Source Plugin

            Reads the Parquet objects of an S3 bucket, or of any server with S3's API, into the tables of any destination.

            ## Example

            ```yaml
            kind: source
            spec:
              name: \(identity.name)
              path: \(identity.team)/\(identity.name)
              registry: cloudquery
              version: \(version)
              tables: ["*"]
              destinations: ["postgresql"]
              # Optional: only what is new since the last sync.
              backend_options:
                table_name: cq_state_s3
                connection: "@@plugins.postgresql.connection"
              spec:
                bucket: my-bucket
                region: us-east-1
            ```

            All fields are on the page Configuration.

            ## Tables

            The objects of one directory are one table, named after the directory; `tables_from` and `hive_partitioning` say
            otherwise. Every row has a `_cq_id` that is the same in every sync.

            ## Incremental syncs

            With `backend_options` a sync reads only the objects that are new or were replaced; without, it reads all. All
            tables are incremental.

            ## Authentication

            Credentials are found as the AWS SDKs find them: environment, web identity, the profile (keys, roles, IAM
            Identity Center, `aws login`, `credential_process`), the container, the instance. They must allow
            `s3:ListBucket` and `s3:GetObject`. Public buckets need none with `no_sign_request`.

            """
    }

    private static var configuration: String {
        var lines = ["# Configuration", "", "| field | type | default | |", "|---|---|---|---|"]
        for field in SpecField.all {
            let standard = field.isRequired ? "required" : field.standard.map { "`\($0)`" } ?? ""
            lines.append(
                "| `\(field.name)` | \(field.type) | \(standard) | \(field.text) Example: `\(field.example)` |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A field of the spec as its schema describes it.
struct SpecField: Equatable {
    let name: String
    let type: String
    let isRequired: Bool
    /// JSON of the default; nil for none.
    let standard: String?
    let text: String
    /// JSON of an example.
    let example: String

    /// All fields, those of objects in the spec after the object.
    static let all: [SpecField] = {
        guard case .object(let schema)? = JSONValue(parsing: SourceSpec.jsonSchema.utf8) else { return [] }
        return fields(of: schema, path: "")
    }()

    /// The fields of an object: the required ones, then by name.
    private static func fields(of object: [String: JSONValue], path: String) -> [SpecField] {
        guard case .object(let properties)? = object["properties"] else { return [] }
        var required: [JSONValue] = []
        if case .array(let names)? = object["required"] { required = names }
        let names = properties.keys.sorted {
            (required.contains(.string($0)) ? 0 : 1, $0) < (required.contains(.string($1)) ? 0 : 1, $1)
        }
        return names.flatMap { name -> [SpecField] in
            guard case .object(let property)? = properties[name], case .string(let text)? = property["description"],
                case .array(let examples)? = property["examples"], let example = examples.first
            else { return [] }
            let field = SpecField(
                name: path + name, type: type(of: property), isRequired: required.contains(.string(name)),
                standard: property["default"].map(json), text: text, example: json(example))
            if case .object(let item)? = property["items"] {
                return [field] + fields(of: item, path: "\(path)\(name)[].")
            }
            return [field] + fields(of: property, path: "\(path)\(name).")
        }
    }

    /// The value as JSON on one line.
    private static func json(_ value: JSONValue) -> String { String(decoding: value.bytes, as: UTF8.self) }

    private static func type(of property: [String: JSONValue]) -> String {
        switch property["type"] {
        case .string(let type)?: return type
        case .array(let types)?:
            return types.map { if case .string(let type) = $0 { type } else { "" } }.joined(separator: " or ")
        default:
            guard case .array(let values)? = property["enum"] else { return "" }
            return values.filter { $0 != .string("") }.map { "`\(json($0))`" }.joined(separator: " or ")
        }
    }
}
