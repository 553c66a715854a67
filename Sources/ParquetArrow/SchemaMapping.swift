import ArrowLayout
import ByteCore
import Parquet

/// The Arrow schema of a file, with what is behind each field.
struct SchemaMapping: Sendable {
    /// How a field is made of its leaves.
    enum Column: Sendable {
        /// One value for each row, of one leaf.
        case flat
        /// A struct, list or map, of any number of leaves.
        case nested(NestedShape)
    }

    /// The Arrow schema: one field for each field below the root that has leaves.
    let schema: Schema
    /// How each field is made; the fields share out the leaves in order.
    let columns: [Column]
    /// The wanted leaves, which are those of all fields.
    let leaves: [LeafColumn]
    /// The mapping of each leaf.
    let mappings: [ColumnMapping]

    /// Maps what is wanted of a schema tree; nothing else of it is looked at.
    ///
    /// - Throws: what is wrong with the type of a leaf, naming it.
    init(
        _ tree: SchemaTree, forms: ChosenForms = ChosenForms(),
        columns isWanted: (LeafColumn) -> Bool = { _ in true }
    ) throws(ParquetError) {
        let wanted = WantedLeaves(tree, isWanted)
        var fields: [Field] = []
        var columns: [Column] = []
        var mappings: [ColumnMapping] = []
        for node in tree.root.children {
            if let leafIndex = node.leafIndex, node.repetition != .repeated {
                guard wanted[leafIndex] else { continue }
                let mapping = try ColumnMapping.mapped(tree.leaves[leafIndex], forms)
                fields.append(mapping.field(node))
                columns.append(.flat)
                mappings.append(mapping)
            } else {
                var builder = NestedShapeBuilder(tree, wanted, forms: forms)
                guard let field = try builder.field(node, in: .rows) else { continue }
                fields.append(field)
                columns.append(.nested(builder.shape))
                mappings += builder.mappings
            }
        }
        schema = Schema(fields)
        self.columns = columns
        leaves = tree.leaves.filter { wanted[$0.index] }
        self.mappings = mappings
    }
}

/// Which leaves of a schema are read.
struct WantedLeaves: Sendable {
    private var isWanted: [Bool]

    /// Asks for each leaf. Those of one VARIANT are all wanted if one of them is: parts of it mean nothing.
    init(_ tree: SchemaTree, _ choice: (LeafColumn) -> Bool) {
        isWanted = tree.leaves.map(choice)
        var groups = tree.root.children
        while let group = groups.popLast() {
            guard group.isVariant else {
                groups += group.children
                continue
            }
            let leaves = group.leafIndices
            guard leaves.contains(where: { isWanted[$0] }) else { continue }
            for index in leaves { isWanted[index] = true }
        }
    }

    subscript(leafIndex: Int) -> Bool { isWanted[leafIndex] }
}

extension SchemaNode {
    /// Whether the node is a VARIANT.
    var isVariant: Bool {
        if case .variant? = logicalType { isGroup } else { false }
    }

    /// The leaves at or below a node.
    fileprivate var leafIndices: [Int] { leafIndex.map { [$0] } ?? children.flatMap(\.leafIndices) }
}

extension ColumnMapping {
    /// Maps the type of a leaf; the error names it.
    static func mapped(_ leaf: LeafColumn, _ forms: ChosenForms) throws(ParquetError) -> ColumnMapping {
        do throws(DecodeFault) {
            return try ColumnMapping(leaf, forms: forms)
        } catch {
            throw ParquetError(kind: error.kind, column: leaf.name)
        }
    }

    /// Returns the field of a leaf. Nulls of the null type need no level.
    func field(_ node: SchemaNode) -> Field {
        let isNullable = node.repetition == .optional || type == .null
        return Field(node.name, type, isNullable: isNullable, metadata: FieldMetadata.of(node, type))
    }
}
