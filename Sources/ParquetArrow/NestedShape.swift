import ArrowLayout
import ByteCore
import Parquet

/// How the arrays of one struct, list or map are made of levels and values.
struct NestedShape: Sendable {
    /// One array.
    struct Node: Sendable {
        /// Its type.
        let type: DataType
        /// The leaf whose levels show it, by its index in the column: the first one below it.
        let leaf: Int
        /// Where its values are.
        let place: Place
        /// Where the elements of a list begin.
        let elements: LevelSlots?
        /// Whether its values are keys of a map.
        var isKey = false
    }

    /// How the values of an array show in the levels.
    struct Place: Sendable {
        /// Where values begin.
        let slots: LevelSlots
        /// Definition level of a value that is not null.
        let present: UInt8
        /// Whether values may be null.
        let isNullable: Bool
    }

    /// The arrays, children before their parents.
    fileprivate(set) var nodes: [Node] = []
    /// The innermost group that a leaf shares with the leaf before it, for each leaf; nil for the first.
    fileprivate(set) var joins: [LevelSlots?] = []
    /// The levels of the repeated fields above each leaf, outermost first.
    fileprivate(set) var repeated: [[LevelSlots]] = []
}

/// Maps one field below the root to Arrow, by the rules of LogicalTypes.md for nested types.
///
/// A group without a wanted leaf is left out, with the lists and maps of such.
/// Depth is bounded by `Limits.nestingDepth`, at most 255, so that descending by calls is safe.
struct NestedShapeBuilder {
    private typealias Place = NestedShape.Place

    private(set) var shape = NestedShape()
    private(set) var mappings: [ColumnMapping] = []
    private let leaves: [LeafColumn]
    private let wanted: WantedLeaves
    private let forms: ChosenForms
    /// The repeated fields above.
    private var repeated: [LevelSlots] = []

    init(_ tree: SchemaTree, _ wanted: WantedLeaves, forms: ChosenForms) {
        leaves = tree.leaves
        self.wanted = wanted
        self.forms = forms
    }

    /// Maps a field and everything below it, adding its arrays to the shape.
    ///
    /// Returns nil for a field without wanted leaves.
    /// - Throws: what is wrong with a leaf, naming it.
    mutating func field(_ node: SchemaNode, in slots: LevelSlots) throws(ParquetError) -> Field? {
        guard node.repetition == .repeated else { return try value(node, in: slots) }
        // Repeated without LIST: a required list of required values.
        let place = Place(slots: slots, present: slots.definition, isNullable: false)
        return try list(ListForm(bare: node), in: place).map {
            Field(node.name, $0, isNullable: false, metadata: FieldMetadata.of(node, $0))
        }
    }

    /// Maps the values of a field, of which a repeated one has none that are null.
    private mutating func value(_ node: SchemaNode, in slots: LevelSlots) throws(ParquetError) -> Field? {
        let isOptional = node.repetition == .optional
        let present = isOptional ? node.level.definition : slots.definition
        if let index = node.leafIndex {
            guard wanted[index] else { return nil }
            let mapping = try ColumnMapping.mapped(leaves[index], forms)
            let field = mapping.field(node)
            let place = Place(slots: slots, present: present, isNullable: field.isNullable)
            add(field.type, leaf: shape.joins.count, place)
            shape.joins.append(nil)
            shape.repeated.append(repeated)
            mappings.append(mapping)
            return field
        }
        let place = Place(slots: slots, present: present, isNullable: isOptional)
        let type =
            if let map = MapForm(node) {
                try self.map(map, in: place)
            } else if let form = ListForm(node) {
                try list(form, in: place)
            } else {
                try structure(node, in: place)
            }
        return type.map { Field(node.name, $0, isNullable: isOptional, metadata: FieldMetadata.of(node, $0)) }
    }

    private mutating func list(_ form: ListForm, in place: Place) throws(ParquetError) -> DataType? {
        let first = shape.joins.count
        let elements = form.repeated.level
        repeated.append(elements)
        let item = try value(form.isElement ? form.repeated : form.repeated.children[0], in: elements)
        repeated.removeLast()
        guard let item else { return nil }
        add(.list(item), leaf: first, place, elements: elements)
        return .list(item)
    }

    private mutating func map(_ form: MapForm, in place: Place) throws(ParquetError) -> DataType? {
        let first = shape.joins.count
        let elements = form.entries.level
        repeated.append(elements)
        let key = try value(form.key, in: elements)
        let keyNode = shape.nodes.count - 1
        let valueLeaf = shape.joins.count
        let item = try field(form.value, in: elements)
        repeated.removeLast()
        join(valueLeaf, after: first, in: elements)
        guard var key, let item else {
            // Without a wanted leaf on one side it is like a map without values: a list of what is there.
            guard let only = key ?? item else { return nil }
            add(.list(only), leaf: first, place, elements: elements)
            return .list(only)
        }
        shape.nodes[keyNode].isKey = true
        key.isNullable = false
        let entries = DataType.structure([key, item])
        add(entries, leaf: first, Place(slots: elements, present: elements.definition, isNullable: false))
        let type = DataType.map(entries: Field("key_value", entries, isNullable: false), keysSorted: false)
        add(type, leaf: first, place, elements: elements)
        return type
    }

    private mutating func structure(_ node: SchemaNode, in place: Place) throws(ParquetError) -> DataType? {
        let first = shape.joins.count
        var fields: [Field] = []
        for child in node.children {
            let leaf = shape.joins.count
            guard let field = try field(child, in: place.slots) else { continue }
            fields.append(field)
            join(leaf, after: first, in: node.level)
        }
        guard !fields.isEmpty else { return nil }
        add(.structure(fields), leaf: first, place)
        return .structure(fields)
    }

    /// Notes which group the leaf at an index shares with the one before it, if both are in that group.
    private mutating func join(_ leaf: Int, after first: Int, in group: LevelSlots) {
        if leaf > first, leaf < shape.joins.count { shape.joins[leaf] = group }
    }

    private mutating func add(_ type: DataType, leaf: Int, _ place: Place, elements: LevelSlots? = nil) {
        shape.nodes.append(NestedShape.Node(type: type, leaf: leaf, place: place, elements: elements))
    }
}

/// The fields of a group annotated as LIST.
///
/// Spec: LogicalTypes.md, "Lists" and its backward-compatibility rules. A group that is no list is a struct.
private struct ListForm {
    let repeated: SchemaNode
    /// Whether the repeated field is the element itself, rather than a group around it.
    let isElement: Bool

    /// A field that is repeated without any annotation.
    init(bare node: SchemaNode) {
        repeated = node
        isElement = true
    }

    init?(_ group: SchemaNode) {
        guard [.list, .map, .mapKeyValue].contains(group.logicalType), group.children.count == 1,
            group.children[0].repetition == .repeated
        else { return nil }
        repeated = group.children[0]
        isElement =
            !repeated.isGroup  // Rule 1.
            || repeated.children.count != 1  // Rule 2.
            || repeated.children[0].repetition == .repeated  // Rule 3.
            || repeated.name == "array" || repeated.name == group.name + "_tuple"  // Rule 4.
    }
}

/// The fields of a group annotated as MAP, or as MAP_KEY_VALUE, which older writers put there.
///
/// Spec: LogicalTypes.md, "Maps". A map without values is a list of its keys.
private struct MapForm {
    let entries: SchemaNode
    let key: SchemaNode
    let value: SchemaNode

    init?(_ group: SchemaNode) {
        guard group.logicalType == .map || group.logicalType == .mapKeyValue, group.children.count == 1 else {
            return nil
        }
        entries = group.children[0]
        guard entries.repetition == .repeated, entries.children.count == 2,
            entries.children[0].repetition != .repeated
        else { return nil }
        key = entries.children[0]
        value = entries.children[1]
    }
}

extension SchemaNode {
    /// The levels of the node's own values.
    fileprivate var level: LevelSlots {
        LevelSlots(repetition: UInt8(maxRepetitionLevel), definition: UInt8(maxDefinitionLevel))
    }
}
