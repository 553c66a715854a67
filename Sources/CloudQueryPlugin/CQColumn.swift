public import ArrowLayout

/// Columns as CloudQuery wants them: every field carries the five `cq:extension:` keys.
///
/// NOT NULL is the field's own `isNullable`. Unknown Arrow extension names pass through as their storage type.
public enum CQColumn {
    /// Field metadata key of primary key columns.
    public static let primaryKeyKey = "cq:extension:primary_key"
    /// Field metadata key of columns without duplicates.
    public static let uniqueKey = "cq:extension:unique"
    /// Field metadata key of columns that order an incremental table.
    public static let incrementalKey = "cq:extension:incremental"
    /// Field metadata key of columns that `_cq_id` is made of.
    public static let primaryKeyComponentKey = "cq:extension:primary_key_component"
    /// Field metadata key of the description of a JSON column's inside.
    public static let typeSchemaKey = "cq:extension:type_schema"

    static let extensionNameKey = "ARROW:extension:name"
    static let extensionMetadataKey = "ARROW:extension:metadata"

    /// `_cq_id`: a UUID that names the row, not null and unique; the primary key, for tables that have no other.
    public static let id = id(isPrimaryKey: true)

    /// `_cq_parent_id`: the `_cq_id` of the parent table's row, null here.
    public static let parentID = column(uuid("_cq_parent_id"))

    /// `_cq_id`, as a primary key or beside another one.
    public static func id(isPrimaryKey: Bool) -> Field {
        column(uuid("_cq_id", isNullable: false), isPrimaryKey: isPrimaryKey, isUnique: true)
    }

    /// Returns the field with all five keys set; keys that it has are replaced.
    public static func column(
        _ field: Field, isPrimaryKey: Bool = false, isUnique: Bool = false, isIncrementalKey: Bool = false,
        isPrimaryKeyComponent: Bool = false, typeSchema: String = ""
    ) -> Field {
        var field = field
        field.metadata[primaryKeyKey] = String(isPrimaryKey)
        field.metadata[uniqueKey] = String(isUnique)
        field.metadata[incrementalKey] = String(isIncrementalKey)
        field.metadata[primaryKeyComponentKey] = String(isPrimaryKeyComponent)
        field.metadata[typeSchemaKey] = typeSchema
        return field
    }

    /// Returns the field with those of the five keys that it lacks set to false.
    static func completed(_ field: Field) -> Field {
        var field = field
        for key in [primaryKeyKey, uniqueKey, incrementalKey, primaryKeyComponentKey]
        where field.metadata[key] == nil {
            field.metadata[key] = "false"
        }
        if field.metadata[typeSchemaKey] == nil { field.metadata[typeSchemaKey] = "" }
        return field
    }

    /// A field of CloudQuery's UUID type, stored as 16 bytes.
    public static func uuid(_ name: String, isNullable: Bool = true) -> Field {
        extensionField(name, "uuid", storage: .fixedSizeBinary(byteWidth: 16), isNullable: isNullable)
    }

    /// A field of CloudQuery's JSON type, stored as binary UTF-8 text.
    public static func json(_ name: String, isNullable: Bool = true) -> Field {
        extensionField(name, "json", storage: .binary, isNullable: isNullable)
    }

    /// The name of the field's extension type, which says what its storage means; nil for a plain type.
    public static func extensionName(of field: Field) -> String? { field.metadata[extensionNameKey] }

    private static func extensionField(
        _ name: String, _ type: String, storage: DataType, isNullable: Bool
    ) -> Field {
        Field(
            name, storage, isNullable: isNullable,
            metadata: [extensionNameKey: type, extensionMetadataKey: "\(type)-serialized"])
    }
}
