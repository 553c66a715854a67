public import ArrowLayout
import ByteCore

extension Schema {
    /// The schema as JSON, names and texts in hexadecimal.
    public var json: String {
        "{\"fields\":[\(fields.map(\.json).joined(separator: ","))],\"metadata\":\(metadata.json)}"
    }
}

/// Returns a schema and its batches as JSON, keys in alphabetical order.
public func streamJSON(_ schema: Schema, _ batches: [RecordBatch]) -> String {
    let batchTexts = batches.map { batch in
        "[" + batch.columns.map { ArrayView($0).json }.joined(separator: ",") + "]"
    }
    let rowCounts = batches.map { "\($0.rowCount)" }
    return "{\"batches\":[\(batchTexts.joined(separator: ","))],"
        + "\"rowCounts\":[\(rowCounts.joined(separator: ","))],\"schema\":\(schema.json)}"
}

extension Field {
    fileprivate var json: String {
        let children = if case .dictionary = type { [Field]() } else { type.children }
        return "{\"children\":[\(children.map(\.json).joined(separator: ","))],\"metadata\":\(metadata.json),"
            + "\"name\":\"\(name.hex)\",\"nullable\":\(isNullable),\"type\":\"\(type.name)\"}"
    }
}

extension Metadata {
    fileprivate var json: String {
        "[" + entries.map { "[\"\($0.key.hex)\",\"\($0.value.hex)\"]" }.joined(separator: ",") + "]"
    }
}

extension String {
    fileprivate var hex: String { Bytes(Array(utf8)).hex }
}

extension DataType {
    /// The type without its children.
    fileprivate var name: String {
        switch self {
        case .list: "list"
        case .largeList: "large_list"
        case .listView: "list_view"
        case .largeListView: "large_list_view"
        case .fixedSizeList(_, let count): "fixed_size_list[\(count)]"
        case .structure: "struct"
        case .map(_, let keysSorted): keysSorted ? "map, keys_sorted" : "map"
        default: description
        }
    }
}
