public import ArrowLayout
public import ByteCore
public import Parquet

extension FileReader {
    /// Returns the leaf behind a field of the schema, which a path of child indices leads to, that of the column first;
    /// nil where the path leads to a field that has children, or to none.
    public func leaf(at path: [Int]) -> LeafColumn? {
        var fields = schema.fields
        var position = 0
        for (depth, index) in path.enumerated() {
            guard fields.indices.contains(index) else { return nil }
            position += fields[..<index].reduce(0) { $0 + Self.leafCount($1.type) }
            let type = fields[index].type
            if depth == path.count - 1 { return Self.isLeaf(type) ? mapping.leaves[position] : nil }
            fields = type.children
        }
        return nil
    }

    /// Returns the values of a leaf's dictionary page, in their order; nil where the chunk begins with a data page, or
    /// the leaf has values that no array of bytes holds.
    ///
    /// - Throws: what is wrong with the first pages, naming row group, column and page.
    public func dictionary(of leaf: LeafColumn, in chunk: Bytes, rowGroup: Int) throws(ParquetError) -> ArrayData? {
        guard let position = mapping.leaves.firstIndex(where: { $0.index == leaf.index }) else { return nil }
        let (type, conversion) = (mapping.mappings[position].type, mapping.mappings[position].conversion)
        var pages = ColumnChunkReader(
            chunk: chunk, leaf: leaf, metadata: metadata.rowGroups[rowGroup].columns[leaf.index], limits: limits)
        do throws(DecodeFault) {
            guard type != .null, try pages.nextPage() != nil, let stored = pages.dictionary else { return nil }
            switch try conversion.convert(stored) {
            case .fixedWidth(let values, let byteWidth):
                guard byteWidth > 0 else { return nil }
                return ArrayData(
                    type: type, count: values.count / byteWidth, nullCount: 0, buffers: [Bytes(), values])
            case .byteRuns(let runs):
                var offsets = ByteBuilder(capacity: (runs.count + 1) * 4)
                for index in 0...runs.count { offsets.append(Int32(runs.offset(index))) }
                return ArrayData(
                    type: type, count: runs.count, nullCount: 0, buffers: [Bytes(), offsets.freeze(), runs.data])
            }
        } catch {
            throw ParquetError(error, rowGroup: rowGroup, column: leaf.name, page: pages.pageIndex)
        }
    }

    private static func isLeaf(_ type: DataType) -> Bool {
        if case .structure = type { false } else { type.children.isEmpty }
    }

    private static func leafCount(_ type: DataType) -> Int {
        isLeaf(type) ? 1 : type.children.reduce(0) { $0 + leafCount($1.type) }
    }
}
