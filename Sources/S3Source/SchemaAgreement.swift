import ArrowLayout
import CloudQueryPlugin
import S3

/// Makes one schema of the files of a table, which must agree in names, order and types.
///
/// A column is nullable when it is in any file: whether a writer marks a column as required is its habit, and says
/// nothing about the values.
struct SchemaAgreement {
    private let table: String
    private var first: (schema: Schema, key: ObjectKey)?

    init(table: String) {
        self.table = table
    }

    /// The common schema; nil before the first file.
    var schema: Schema? { first?.schema }

    /// Takes in the schema of a file.
    ///
    /// - Throws: `SchemaMismatch` naming both files, the columns and both types.
    mutating func add(_ schema: Schema, of key: ObjectKey) throws(SchemaMismatch) {
        guard var common = first else {
            first = (Schema(schema.fields), key)
            return
        }
        guard let fields = Field.merged(common.schema.fields, schema.fields) else {
            throw SchemaMismatch(
                table: table, keys: [common.key, key],
                differences: Self.differences(common.schema.fields, schema.fields))
        }
        common.schema.fields = fields
        first = common
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

    var description: String {
        let shown = differences.prefix(8).joined(separator: "; ")
        let more = differences.count > 8 ? "; and \(differences.count - 8) more" : ""
        let files = keys.map { "\"\($0)\"" }.joined(separator: " and ")
        return "schema mismatch in table \(table): files \(files) differ: \(shown)\(more)"
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
