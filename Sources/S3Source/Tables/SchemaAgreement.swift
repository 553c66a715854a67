import ArrowLayout
import CloudQueryPlugin
import S3

/// What becomes of files of one table whose columns differ.
enum SchemaMismatchRule: String, CaseIterable {
    /// The sync fails.
    case fail
    /// The table has the columns of all files, by name, each of a type that holds the values of all.
    case union
}

/// Makes one schema of the objects of a table.
///
/// Under the rule `fail` they must agree in names, order and types. A column is nullable when it is in any file:
/// whether a writer marks a column as required is its habit, and says nothing about the values.
struct SchemaAgreement {
    private let table: String
    private let rule: SchemaMismatchRule
    private var first: (schema: Schema, key: ObjectKey)?
    private var union = SchemaUnion()

    init(table: String, rule: SchemaMismatchRule) {
        self.table = table
        self.rule = rule
    }

    /// The common schema; nil before the first object.
    var schema: Schema? { rule == .union ? union.schema : first?.schema }

    /// What differs between the files and was united, in words.
    var unitedDifferences: [String] { union.differences }

    /// Takes in the schema of an object.
    ///
    /// - Throws: `SchemaMismatch` naming both objects, the columns and both types.
    mutating func add(_ schema: Schema, of key: ObjectKey) throws(SchemaMismatch) {
        if rule == .union {
            do throws(SchemaUnion.Conflict) {
                try union.add(schema, of: key)
            } catch {
                throw SchemaMismatch(table: table, keys: [error.key, key], differences: [error.difference])
            }
            return
        }
        guard var common = first else {
            first = (Schema(schema.fields), key)
            return
        }
        guard let fields = Field.merged(common.schema.fields, schema.fields) else {
            throw SchemaMismatch(
                table: table, keys: [common.key, key],
                differences: Self.differences(common.schema.fields, schema.fields), isUniteable: true)
        }
        common.schema.fields = fields
        first = common
    }

    /// Checks that the rows of an object can be rows of a table that was discovered, perhaps with another version of
    /// the object.
    static func check(_ schema: Schema, of key: ObjectKey, fits table: DiscoveredTable) throws(SchemaMismatch) {
        var agreement = SchemaAgreement(table: table.table.name, rule: table.rule)
        let fits: Bool
        do throws(SchemaMismatch) {
            try agreement.add(table.fileSchema, of: key)
            try agreement.add(schema, of: key)
            fits = agreement.schema?.fields == table.fileSchema.fields
        } catch {
            fits = false
        }
        if fits { return }
        throw SchemaMismatch(
            table: table.table.name, keys: [key], differences: differences(table.fileSchema.fields, schema.fields))
    }

    private static func differences(_ left: [Field], _ right: [Field]) -> [String] {
        var differences: [String] = []
        for index in 0..<max(left.count, right.count) {
            switch (index < left.count ? left[index] : nil, index < right.count ? right[index] : nil) {
            case (let mine?, let other?) where !mine.name.utf8.elementsEqual(other.name.utf8):
                differences.append("column \(index + 1) is \"\(mine.name)\" against \"\(other.name)\"")
            case (let mine?, let other?) where mine.merged(with: other) == nil:
                let types = [mine, other].map { CQColumn.extensionName(of: $0) ?? "\($0.type)" }
                differences.append("column \"\(mine.name)\" is \(types[0]) against \(types[1])")
            case (let mine?, nil): differences.append("column \"\(mine.name)\" (\(mine.type)) is only in the first")
            case (nil, let other?): differences.append("column \"\(other.name)\" (\(other.type)) is only in the second")
            default: break
            }
        }
        return differences
    }
}
/// Two files of one table whose columns differ.
struct SchemaMismatch: Error, CustomStringConvertible {
    let table: String
    let keys: [ObjectKey]
    let differences: [String]
    /// Whether the rule `union` might help.
    var isUniteable = false

    var description: String {
        let shown = differences.prefix(8).joined(separator: "; ")
        let more = differences.count > 8 ? "; and \(differences.count - 8) more" : ""
        let advice = isUniteable ? "; with schema_mismatch \"union\" a table has the columns of all its files" : ""
        let files = keys.map { "\"\($0)\"" }.joined(separator: " and ")
        let subject = keys.count > 1 ? "files \(files) differ" : "file \(files) has changed and differs from the table"
        return "schema mismatch in table \(table): \(subject): \(shown)\(more)\(advice)"
    }
}

extension DataType {
    /// Returns the type that holds the values of both, which differ at most in the nullability of children; else nil.
    fileprivate func merged(with other: DataType) -> DataType? {
        switch (self, other) {
        case (.list(let mine), .list(let others)): mine.merged(with: others).map(DataType.list)
        case (.largeList(let mine), .largeList(let others)): mine.merged(with: others).map(DataType.largeList)
        case (.fixedSizeList(let mine, let count), .fixedSizeList(let others, let otherCount)) where count == otherCount:
            mine.merged(with: others).map { .fixedSizeList($0, count: count) }
        case (.map(let mine, let isSorted), .map(let others, let isOtherSorted)):
            mine.merged(with: others).map { .map(entries: $0, keysSorted: isSorted && isOtherSorted) }
        case (.structure(let mine), .structure(let others)):
            Field.merged(mine, others).map(DataType.structure)
        default: self == other ? self : nil
        }
    }
}

extension Field {
    /// Returns the field with the merged type, nullable when either is; nil when names or types differ.
    fileprivate func merged(with other: Field) -> Field? {
        guard name.utf8.elementsEqual(other.name.utf8),
            CQColumn.extensionName(of: self) == CQColumn.extensionName(of: other),
            let type = type.merged(with: other.type)
        else { return nil }
        return Field(name, type, isNullable: isNullable || other.isNullable, metadata: metadata)
    }

    fileprivate static func merged(_ left: [Field], _ right: [Field]) -> [Field]? {
        guard left.count == right.count else { return nil }
        var merged: [Field] = []
        for (mine, other) in zip(left, right) {
            guard let field = mine.merged(with: other) else { return nil }
            merged.append(field)
        }
        return merged
    }
}
