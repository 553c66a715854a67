import ByteCore

/// A field of the schema with everything below it.
public struct SchemaNode: Hashable, Sendable {
    /// Name of the field.
    public let name: String
    /// How often the field occurs in its parent; the root is required.
    public let repetition: Repetition
    /// What the values mean.
    public let logicalType: LogicalType?
    /// Identity of the field over renames.
    public let fieldID: Int32?
    /// Number of optional and repeated fields from below the root to here.
    public let maxDefinitionLevel: Int
    /// Number of repeated fields from below the root to here.
    public let maxRepetitionLevel: Int
    /// Position in the tree's leaves; nil for a group.
    public let leafIndex: Int?
    /// The fields of a group, which may be none.
    public let children: [SchemaNode]

    /// Whether the field has fields of its own rather than values.
    public var isGroup: Bool { leafIndex == nil }
}

/// The schema of a file as a tree, and its leaves with their levels.
///
/// Spec: README, "Nested Encoding"; parquet.thrift, `SchemaElement`.
public struct SchemaTree: Hashable, Sendable {
    /// The message itself; its children are the top-level fields.
    public let root: SchemaNode
    /// The columns in storage order.
    public let leaves: [LeafColumn]

    /// Builds the tree of a flat, depth-first list, without recursion.
    ///
    /// - Throws: `malformed` where the elements do not make a tree or a leaf has no usable type, `limit` where it is
    ///   too deep.
    public init(_ elements: [SchemaElement], limits: Limits = .default) throws(ParquetError) {
        var walk = SchemaWalk(limits: limits)
        try walk.visit(elements)
        root = SchemaWalk.assemble(elements, walk.levels)
        leaves = walk.leaves
    }
}

/// The state of the two passes over the list: forwards for levels and paths, backwards to put children into parents.
private struct SchemaWalk {
    struct Levels {
        var definition: Int
        var repetition: Int
        var leafIndex: Int?
        var repetitionKind: Repetition
    }

    /// A group whose children are being read.
    private struct OpenGroup {
        var remainingChildCount: Int
        var definition: Int
        var repetition: Int
    }

    let limits: Limits
    var levels: [Levels] = []
    var leaves: [LeafColumn] = []
    private var open: [OpenGroup] = []
    private var path: [String] = []

    init(limits: Limits) { self.limits = limits }

    mutating func visit(_ elements: [SchemaElement]) throws(ParquetError) {
        guard let root = elements.first else { throw ParquetError(kind: .malformed(.missingField)) }
        levels.reserveCapacity(elements.count)
        leaves.reserveCapacity(elements.count)
        levels.append(Levels(definition: 0, repetition: 0, leafIndex: nil, repetitionKind: .required))
        // A root of no children makes a table of no columns.
        try enter(root, definition: 0, repetition: 0, elementCount: elements.count)
        for element in elements.dropFirst() {
            guard let parent = open.last else { throw ParquetError(kind: .malformed(.schemaChildCount)) }
            open[open.count - 1].remainingChildCount -= 1
            try visit(element, definition: parent.definition, repetition: parent.repetition, elements.count)
        }
        guard open.isEmpty else { throw ParquetError(kind: .malformed(.schemaChildCount), column: dotted()) }
    }

    private mutating func visit(
        _ element: SchemaElement, definition: Int, repetition: Int, _ elementCount: Int
    ) throws(ParquetError) {
        // Levels are kept in one byte each, whatever the limits say.
        guard open.count <= min(limits.nestingDepth, Int(UInt8.max)) else {
            throw ParquetError(kind: .limit(.nestingDepth))
        }
        guard let kind = element.repetition else {
            throw ParquetError(kind: .malformed(.schemaRepetition), column: dotted(element.name))
        }
        let definition = definition + (kind == .required ? 0 : 1)
        let repetition = repetition + (kind == .repeated ? 1 : 0)
        var levels = Levels(definition: definition, repetition: repetition, leafIndex: nil, repetitionKind: kind)
        guard element.isLeaf else {
            self.levels.append(levels)
            path.append(element.name)
            return try enter(element, definition: definition, repetition: repetition, elementCount: elementCount)
        }
        levels.leafIndex = leaves.count
        self.levels.append(levels)
        leaves.append(
            LeafColumn(
                index: leaves.count, path: path + [element.name],
                physicalType: element.physicalType ?? PhysicalType(rawValue: -1),
                typeLength: try typeLength(element), logicalType: element.logicalType, repetition: kind,
                fieldID: element.fieldID, maxDefinitionLevel: definition, maxRepetitionLevel: repetition))
        leaveFinishedGroups()
    }

    private mutating func enter(
        _ group: SchemaElement, definition: Int, repetition: Int, elementCount: Int
    ) throws(ParquetError) {
        let count = Int(group.childCount ?? 0)
        guard count >= 0, count < elementCount else {
            throw ParquetError(kind: .malformed(.schemaChildCount), column: dotted())
        }
        open.append(OpenGroup(remainingChildCount: count, definition: definition, repetition: repetition))
        leaveFinishedGroups()
    }

    private mutating func leaveFinishedGroups() {
        while let last = open.last, last.remainingChildCount == 0 {
            open.removeLast()
            _ = path.popLast()
        }
    }

    private func typeLength(_ element: SchemaElement) throws(ParquetError) -> Int {
        guard element.physicalType == .fixedLengthByteArray else { return 0 }
        guard let length = element.typeLength, length >= 0 else {
            throw ParquetError(kind: .malformed(.schemaTypeLength), column: dotted(element.name))
        }
        return Int(length)
    }

    private func dotted(_ name: String? = nil) -> String? {
        let names = path + (name.map { [$0] } ?? [])
        return names.isEmpty ? nil : names.joined(separator: ".")
    }

    /// Puts every element's children, which come right after it, into it; going backwards they are complete.
    static func assemble(_ elements: [SchemaElement], _ levels: [Levels]) -> SchemaNode {
        var done: [SchemaNode] = []
        for (element, levels) in zip(elements, levels).reversed() {
            let childCount = levels.leafIndex == nil ? Int(element.childCount ?? 0) : 0
            let children = Array(done.suffix(childCount).reversed())
            done.removeLast(childCount)
            done.append(
                SchemaNode(
                    name: element.name, repetition: levels.repetitionKind, logicalType: element.logicalType,
                    fieldID: element.fieldID, maxDefinitionLevel: levels.definition,
                    maxRepetitionLevel: levels.repetition, leafIndex: levels.leafIndex, children: children))
        }
        return done[0]
    }
}
