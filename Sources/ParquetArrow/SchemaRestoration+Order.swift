public import ArrowLayout
import ByteCore

extension SchemaRestoration {
    /// The fields that the hint gives an ordered dictionary: paths of child indices, that of the column first.
    public var orderedDictionaries: [[Int]] {
        schema.fields.indices.flatMap { Self.orderedDictionaries(of: schema.fields[$0].type, at: [$0]) }
    }

    /// Tells what the file keeps of a dictionary's order: the values of one row group's dictionary page, in the reader's
    /// type. Returns false where they contradict those of another row group; then no dictionary of the field is ordered.
    ///
    /// A field that none was told of when `fit` sees its values is not ordered either.
    public mutating func order(_ path: [Int], by dictionary: ArrayData) -> Bool {
        guard let known = orders[path] else {
            orders[path] = ValueOrder(dictionary)
            return true
        }
        guard let merged = known.merged(with: dictionary) else {
            forgetOrder(path)
            return false
        }
        orders[path] = merged
        return true
    }

    mutating func forgetUnknownOrders(ofColumn index: Int) {
        for path in Self.orderedDictionaries(of: schema.fields[index].type, at: [index]) where orders[path] == nil {
            forgetOrder(path)
        }
    }

    mutating func forgetOrder(_ path: [Int]) {
        orders[path] = nil
        schema.fields[path[0]].type = Self.unordered(schema.fields[path[0]].type, at: path.dropFirst())
    }

    private static func orderedDictionaries(of type: DataType, at path: [Int]) -> [[Int]] {
        if case .dictionary(_, _, let isOrdered) = type { return isOrdered ? [path] : [] }
        return type.children.indices.flatMap { orderedDictionaries(of: type.children[$0].type, at: path + [$0]) }
    }

    private static func unordered(_ type: DataType, at path: ArraySlice<Int>) -> DataType {
        if case .dictionary(let index, let value, _) = type {
            return .dictionary(index: index, value: value, isOrdered: false)
        }
        guard let place = path.first else { return type }
        var children = type.children
        children[place].type = unordered(children[place].type, at: path.dropFirst())
        return type.with(children: children)
    }
}

/// The values of an ordered dictionary, and the place of each.
struct ValueOrder: Sendable {
    /// All values, of the reader's type.
    let values: ArrayData
    /// The first place of each value, by its bytes.
    let places: [Bytes: Int]

    init(_ values: ArrayData) {
        self.values = values
        let view = ArrayView(values)
        places = Dictionary(
            (0..<values.count).compactMap { index in view.bytes(at: index).map { ($0, index) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Returns the order of both dictionaries, of which one must begin with the other; else nil.
    func merged(with dictionary: ArrayData) -> ValueOrder? {
        let (mine, other) = (ArrayView(values), ArrayView(dictionary))
        for index in 0..<min(mine.count, other.count) where mine.bytes(at: index) != other.bytes(at: index) {
            return nil
        }
        return mine.count >= other.count ? self : ValueOrder(dictionary)
    }
}
