import ArgumentParser
import ArrowLayout
import FixtureKit
import Parquet
import ParquetArrow

/// Prints the schema as Parquet stores it and as Arrow sees it.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the Parquet and the Arrow schema.")

    @Argument(help: "File to read.")
    var file: String

    @OptionGroup var keys: KeyOptions

    func run() async throws {
        try await reporting(file) {
            let file = try await ParquetFile(path: file, keys: keys.keys)
            let tree = try SchemaTree(file.metadata.schema)
            var lines = ["Parquet"]
            Self.describe(tree.root.children, tree.leaves, indent: "  ", into: &lines)
            try FileOutput.standardOutput.write(lines.joined(separator: "\n") + "\nArrow\n")
            let read = try await file.reader().schema
            for field in SchemaRestoration(read, metadata: file.metadata).schema.fields {
                try FileOutput.standardOutput.write("  \(field)\n")
            }
        }
    }

    private static func describe(
        _ nodes: [SchemaNode], _ leaves: [LeafColumn], indent: String, into lines: inout [String]
    ) {
        for node in nodes {
            let logical = node.logicalType.map { " (\($0))" } ?? ""
            if let index = node.leafIndex {
                let leaf = leaves[index]
                let length = leaf.typeLength > 0 ? "(\(leaf.typeLength))" : ""
                lines.append("\(indent)\(node.repetition) \(leaf.physicalType.name)\(length) \(node.name)\(logical)")
            } else {
                lines.append("\(indent)\(node.repetition) group \(node.name)\(logical)")
                describe(node.children, leaves, indent: indent + "  ", into: &lines)
            }
        }
    }
}

/// Prints what the footer says.
struct MetaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meta", abstract: "Print row groups and column chunks.")

    @Argument(help: "File to read.")
    var file: String

    @OptionGroup var keys: KeyOptions

    func run() async throws {
        try await reporting(file) {
            let file = try await ParquetFile(path: file, keys: keys.keys)
            let metadata = file.metadata
            let output = FileOutput.standardOutput
            try output.write(
                "rows \(metadata.rowCount), row groups \(metadata.rowGroups.count), "
                    + "created by \(metadata.createdBy ?? "nobody"), footer \(metadata.byteCount) bytes\n")
            for entry in metadata.keyValueMetadata {
                try output.write("key \(JSONRow.quoted(entry.key)): \(entry.value?.utf8.count ?? 0) bytes\n")
            }
            let leaves = try SchemaTree(metadata.schema).leaves
            for group in metadata.rowGroups {
                try output.write("row group \(group.index): rows \(group.rowCount), bytes \(group.totalByteCount)\n")
                for (leaf, chunk) in zip(leaves, group.columns) {
                    try output.write("  \(JSONRow.quoted(leaf.name)) \(Self.words(chunk))\n")
                }
            }
        }
    }

    private static func words(_ chunk: ColumnChunkMetadata) -> String {
        var words = "\(chunk.physicalType.name) \(chunk.codec.name) "
        words += chunk.encodings.map(\.name).joined(separator: "+")
        words += " values \(chunk.valueCount), bytes \(chunk.totalCompressedByteCount)"
        words += " of \(chunk.totalUncompressedByteCount), at \(chunk.dictionaryPageOffset ?? chunk.dataPageOffset)"
        guard let statistics = chunk.statistics else { return words }
        if let count = statistics.nullCount { words += ", nulls \(count)" }
        if let minimum = statistics.minimum { words += ", minimum \(Hexadecimal.text(minimum.value.prefix(32)))" }
        if let maximum = statistics.maximum { words += ", maximum \(Hexadecimal.text(maximum.value.prefix(32)))" }
        return words
    }
}

/// Prints the pages of every column chunk.
struct PagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pages", abstract: "Print the pages of every chunk.")

    @Argument(help: "File to read.")
    var file: String

    @OptionGroup var keys: KeyOptions

    func run() async throws {
        try await reporting(file) {
            let file = try await ParquetFile(path: file, keys: keys.keys)
            let output = FileOutput.standardOutput
            for group in file.metadata.rowGroups.indices {
                for leaf in try SchemaTree(file.metadata.schema).leaves {
                    try output.write("row group \(group), column \(JSONRow.quoted(leaf.name))\n")
                    for page in try await file.pages(of: leaf, rowGroup: group) {
                        try output.write("  page \(page.index): \(Self.words(page.header))\n")
                    }
                }
            }
        }
    }

    private static func words(_ header: PageHeader) -> String {
        let bytes = "bytes \(header.compressedByteCount) of \(header.uncompressedByteCount)"
        switch header.content {
        case .dictionary(let count, let encoding): return "dictionary \(encoding.name), values \(count), \(bytes)"
        case .data(let count, let encoding, _, _): return "data v1 \(encoding.name), values \(count), \(bytes)"
        case .dataV2(let page):
            return "data v2 \(page.encoding.name), values \(page.valueCount), nulls \(page.nullCount), "
                + "rows \(page.rowCount), \(bytes)"
        case .other(let kind): return "kind \(kind.rawValue), \(bytes)"
        }
    }
}
