import JSON

/// How keys and files become tables: the part of the spec that says so.
public struct TableOptions: Equatable, Sendable {
    /// What becomes of different directories whose tables have one name.
    enum CollisionRule: String, CaseIterable {
        /// The sync fails.
        case fail
        /// They are one table.
        case merge
    }

    /// What becomes of the rows of objects that are gone.
    enum DeletionRule: String, CaseIterable {
        /// They stay.
        case keep
        /// They are deleted, by their lineage.
        case deleteRows = "delete_rows"
    }

    /// Which keys are objects of which table; empty means that directories are tables.
    var rules: [TableRule] = []
    /// What becomes of different directories whose tables have one name.
    var collisions = CollisionRule.fail
    /// Whether `key=value` directories are columns.
    var hivePartitioning = false
    /// What becomes of files of one table whose columns differ.
    var schemaMismatch = SchemaMismatchRule.fail
    /// Whether rows say which object they come from.
    var hasLineage = false
    /// What becomes of the rows of objects that are gone.
    var deletedObjects = DeletionRule.keep
    /// Which columns are read.
    var columns = ColumnSelection()
}

extension SourceSpec {
    /// Takes the fields about tables.
    mutating func takeTableFields(from fields: inout SpecFields) throws(SpecError) {
        tables.rules = try Self.rules(fields.objects("tables_from") ?? [])
        tables.collisions =
            try fields.choice("table_name_collisions", of: TableOptions.CollisionRule.allCases, \.rawValue) ?? .fail
        tables.hivePartitioning = try fields.bool("hive_partitioning") ?? false
        tables.schemaMismatch =
            try fields.choice("schema_mismatch", of: SchemaMismatchRule.allCases, \.rawValue) ?? .fail
        tables.hasLineage = try fields.bool("lineage") ?? false
        tables.deletedObjects =
            try fields.choice("deleted_objects", of: TableOptions.DeletionRule.allCases, \.rawValue) ?? .keep
        guard tables.hasLineage || tables.deletedObjects == .keep else {
            throw SpecError(
                "spec: deleted_objects \"delete_rows\" needs lineage: rows are found by the object they are of")
        }
        tables.columns = ColumnSelection(
            columns: try fields.strings("columns") ?? [], skipColumns: try fields.strings("skip_columns") ?? [])
    }

    private static func rules(_ items: [SpecFields]) throws(SpecError) -> [TableRule] {
        var rules: [TableRule] = []
        for var item in items {
            let field = String(item.path.dropLast())
            guard let pattern = try item.string("pattern") else {
                throw SpecError("spec: \(field).pattern is required: which keys are objects of the table")
            }
            rules.append(try TableRule(pattern: pattern, table: try item.string("table"), field: field))
            try item.finish()
        }
        return rules
    }
}

extension SpecFields {
    fileprivate mutating func list(_ name: String, of items: String) throws(SpecError) -> [JSONValue]? {
        guard let value = take(name) else { return nil }
        guard case .array(let values) = value else {
            throw SpecError("spec: \(path)\(name) must be a list of \(items), found \(value.kind)")
        }
        return values
    }

    fileprivate mutating func strings(_ name: String) throws(SpecError) -> [String]? {
        var texts: [String] = []
        guard let values = try list(name, of: "strings") else { return nil }
        for (index, value) in values.enumerated() {
            guard case .string(let text) = value else {
                throw SpecError("spec: \(path)\(name)[\(index)] must be a string, found \(value.kind)")
            }
            texts.append(text)
        }
        return texts
    }

    fileprivate mutating func objects(_ name: String) throws(SpecError) -> [SpecFields]? {
        var objects: [SpecFields] = []
        guard let values = try list(name, of: "objects") else { return nil }
        for (index, value) in values.enumerated() {
            guard case .object(let fields) = value else {
                throw SpecError("spec: \(path)\(name)[\(index)] must be an object, found \(value.kind)")
            }
            objects.append(SpecFields(fields, path: "\(path)\(name)[\(index)]."))
        }
        return objects
    }
}
