import ArrowLayout
import ByteCore
import Parquet

/// Cuts rows of a struct, list or map: the leaves' values and levels in, one array with its children out.
///
/// Every array above the leaves is made of the levels of the first leaf below it, in one pass each; then the leaves of
/// every group are compared, so that no array is longer than another one that it is a sibling of.
struct NestedAssembler: Sendable {
    private let shape: NestedShape
    private let rowGroup: Int
    private(set) var leaves: [FlatAssembler]
    /// The values of the leaves whose rows were taken, while others wait for their bytes.
    private var values: [ArrayData] = []

    /// Creates an assembler; `leaves` are those of the shape, in order.
    init(_ shape: NestedShape, leaves: [FlatAssembler], rowGroup: Int) {
        precondition(leaves.count == shape.joins.count, "NestedAssembler: leaves of another shape")
        self.shape = shape
        self.leaves = leaves
        self.rowGroup = rowGroup
    }

    /// Takes the next `rowCount` rows; nil where more bytes of a leaf have to be in memory first, and then the same rows
    /// must be asked for again.
    ///
    /// - Throws: what is wrong with a page, that a leaf has fewer rows, or that leaves disagree about their groups.
    mutating func take(_ rowCount: Int) throws(ParquetError) -> ArrayData? {
        values.reserveCapacity(leaves.count)
        while values.count < leaves.count {
            guard let array = try leaves[values.count].take(rowCount) else { return nil }
            values.append(array)
        }
        defer { values = [] }
        // Copies of the levels would be made if a leaf went on while these are in use.
        let levels = leaves.compactMap(\.levels)
        try requireAgreement(levels)
        // Children come before their parents, so the arrays that a parent takes are the last ones.
        var arrays: [ArrayData] = []
        for node in shape.nodes {
            let levels = levels[node.leaf]
            switch node.type {
            case .list, .map:
                guard let elements = node.elements, let child = arrays.popLast() else {
                    preconditionFailure("a list without elements")
                }
                arrays.append(list(node, elements, levels, child))
            case .structure(let fields):
                let children = Array(arrays.suffix(fields.count))
                arrays.removeLast(fields.count)
                arrays.append(structure(node, levels, children))
            default:
                arrays.append(node.place.isNullable ? values[node.leaf] : values[node.leaf].withoutNulls)
            }
            if node.isKey { try requirePresence(node, levels) }
        }
        return arrays[0]
    }

    /// Calls `body` with the assembler of a leaf.
    mutating func withLeaf<Result>(_ index: Int, _ body: (inout FlatAssembler) -> Result) -> Result {
        body(&leaves[index])
    }

    /// Checks that no rows are left.
    mutating func finish() throws(ParquetError) {
        for index in leaves.indices { try leaves[index].finish() }
    }

    private func list(
        _ node: NestedShape.Node, _ elements: LevelSlots, _ levels: RowLevels, _ child: ArrayData
    ) -> ArrayData {
        let (count, nullCount, validity) = self.validity(node, levels)
        let offsets = levels.offsets(of: node.place.slots, slotCount: count, elements: elements)
        return ArrayData(
            type: node.type, count: count, nullCount: nullCount, buffers: [validity, offsets], children: [child])
    }

    private func structure(_ node: NestedShape.Node, _ levels: RowLevels, _ children: [ArrayData]) -> ArrayData {
        guard node.place.isNullable else {
            return ArrayData(
                type: node.type, count: children[0].count, nullCount: 0, buffers: [Bytes()], children: children)
        }
        let (count, nullCount, bits) = validity(node, levels)
        return ArrayData(type: node.type, count: count, nullCount: nullCount, buffers: [bits], children: children)
    }

    private func validity(
        _ node: NestedShape.Node, _ levels: RowLevels
    ) -> (count: Int, nullCount: Int, bits: Bytes) {
        var validity = RowValidity(capacity: levels.count)
        let present = node.place.isNullable ? node.place.present : 0
        levels.appendValidity(of: node.place.slots, presentFrom: present, in: 0..<levels.count, to: &validity)
        let (count, nullCount) = (validity.count, validity.nullCount)
        return (count, nullCount, validity.freeze())
    }

    private func requireAgreement(_ levels: [RowLevels]) throws(ParquetError) {
        for index in levels.indices.dropFirst() {
            guard let group = shape.joins[index], !levels[index].agrees(with: levels[index - 1], inside: group) else {
                continue
            }
            let names = "\(leaves[index - 1].leaf.name) and \(leaves[index].leaf.name)"
            throw ParquetError(kind: .malformed(.siblingStructure), rowGroup: rowGroup, column: names)
        }
    }

    /// Checks that no key is null, also where the file's schema allows it.
    private func requirePresence(_ node: NestedShape.Node, _ levels: RowLevels) throws(ParquetError) {
        // Keys of the null type are all null, whatever their levels say.
        let present = node.type == .null ? UInt8.max : node.place.present
        var validity = RowValidity(capacity: 0)
        levels.appendValidity(of: node.place.slots, presentFrom: present, in: 0..<levels.count, to: &validity)
        guard validity.nullCount == 0 else {
            throw ParquetError(
                kind: .malformed(.mapKeyNull), rowGroup: rowGroup, column: leaves[node.leaf].leaf.name)
        }
    }
}

extension ArrayData {
    /// The same values without a bitmap: what is null only because its parent is needs none.
    fileprivate var withoutNulls: ArrayData {
        if nullCount == 0 || buffers.isEmpty { return self }
        return ArrayData(
            type: type, count: count, nullCount: 0, buffers: [Bytes()] + buffers.dropFirst(), children: children)
    }
}
