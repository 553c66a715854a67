import ArrowLayout
import ByteCore
import Parquet
import ParquetArrow
import TestSupport
import Testing

@Suite("Reading some columns")
struct ProjectionTests {
    private static let fields: [ParquetField] = [
        .leaf("id", .required),
        .group(
            "place", .optional, nil,
            [
                .leaf("x", .required), .group("name", .optional, nil, [.leaf("long", .optional, text: true)]),
                .leaf("y", .optional),
            ]),
        .group(
            "tags", .optional, ParquetField.list,
            [
                .group(
                    "list", .repeated, nil,
                    [.group("element", .optional, nil, [.leaf("k", .required), .leaf("v", .optional)])])
            ]),
        .group(
            "scores", .optional, ParquetField.map,
            [.group("key_value", .repeated, nil, [.leaf("key", .required, text: true), .leaf("value", .optional)])]),
    ]

    /// Two rows: the second one's groups are null.
    private static func file() -> Bytes {
        var columns: [ShreddedColumn] = []
        columns.append(ShreddedColumn(entries: [.init(0, 0, .number(1)), .init(0, 0, .number(2))]))
        columns.append(ShreddedColumn(entries: [.init(0, 1, .number(10)), .init(0, 0)]))
        columns.append(ShreddedColumn(entries: [.init(0, 3, .text("here")), .init(0, 0)]))
        columns.append(ShreddedColumn(entries: [.init(0, 1), .init(0, 0)]))
        columns.append(ShreddedColumn(entries: [.init(0, 3, .number(7)), .init(1, 2), .init(0, 0)]))
        columns.append(ShreddedColumn(entries: [.init(0, 4, .number(70)), .init(1, 2), .init(0, 0)]))
        columns.append(ShreddedColumn(entries: [.init(0, 2, .text("a")), .init(1, 2, .text("b")), .init(0, 0)]))
        columns.append(ShreddedColumn(entries: [.init(0, 3, .number(5)), .init(1, 2), .init(0, 0)]))
        return NestedFile.bytes(fields, columns, rowCount: 2)
    }

    private static let whole: [NestedValue] = [
        .group([.number(10), .group([.text("here")]), .null]),
        .list([.group([.number(7), .number(70)]), .null]),
        .list([.group([.text("a"), .number(5)]), .group([.text("b"), .null])]),
    ]

    @Test("a path through the schema leads to the leaf that a field is read from")
    func paths() async throws {
        let reader = try FileReader(metadata: try await readFooter(of: Self.file()))
        let paths = [[0], [1, 0], [1, 1, 0], [1, 2], [2, 0, 0], [2, 0, 1], [3, 0, 0], [3, 0, 1]]
        #expect(paths.map { reader.leaf(at: $0)?.index } == Array(0..<8))
        for path in [[], [1], [1, 1], [2, 0], [3, 0], [4], [-1], [0, 0], [1, 3]] {
            #expect(reader.leaf(at: path) == nil, "\(path)")
        }
        let part = try FileReader(metadata: reader.metadata) { ["y", "v"].contains($0.path.last) }
        #expect(part.leaf(at: [0, 0])?.index == 3 && part.leaf(at: [1, 0, 0])?.index == 5)
    }

    struct Example: Sendable, CustomTestStringConvertible {
        let paths: [[String]]
        let names: [String]
        /// The first row.
        let row: [NestedValue]
        var testDescription: String { paths.map { $0.joined(separator: ".") }.joined(separator: ", ") }
    }

    @Test(
        "a leaf comes with the groups that it is in, and nothing else",
        arguments: [
            Example(paths: [["id"]], names: ["id"], row: [.number(1)]),
            Example(paths: [], names: [], row: []),
            Example(paths: [["place"]], names: ["place"], row: [whole[0]]),
            Example(paths: [["place", "name"]], names: ["place"], row: [.group([.group([.text("here")])])]),
            Example(paths: [["place", "y"], ["id"]], names: ["id", "place"], row: [.number(1), .group([.null])]),
            Example(
                paths: [["place", "x"], ["place", "y"]], names: ["place"], row: [.group([.number(10), .null])]),
            Example(
                paths: [["tags", "list", "element", "v"]], names: ["tags"],
                row: [.list([.group([.number(70)]), .null])]),
            Example(paths: [["scores"]], names: ["scores"], row: [whole[2]]),
            Example(
                paths: [["scores", "key_value", "key"]], names: ["scores"], row: [.list([.text("a"), .text("b")])]),
            Example(
                paths: [["scores", "key_value", "value"]], names: ["scores"], row: [.list([.number(5), .null])]),
            Example(paths: [["id"], ["tags"]], names: ["id", "tags"], row: [.number(1), whole[1]]),
        ])
    func projected(example: Example) async throws {
        let table = try await NestedTable(Self.file(), rows: 10) { leaf in
            example.paths.contains { leaf.path.starts(with: $0) }
        }
        #expect(table.schema.fields.map(\.name) == example.names)
        #expect(table.batchRowCounts == [2])
        #expect(table.columns.map { $0[0] } == example.row)
        #expect(table.columns.allSatisfy { $0[1] == ($0[0] == .number(1) ? .number(2) : .null) })
    }

    @Test("only the chunks of wanted leaves are planned")
    func plan() async throws {
        let file = Self.file()
        let metadata = try await readFooter(of: file)
        let wanted = Set(["place.y", "scores.key_value.key"])
        let reader = try FileReader(metadata: metadata) { wanted.contains($0.name) }
        let plan = try reader.plan(rowGroup: 0, fileByteCount: file.byteCount)
        let chunks = metadata.rowGroups[0].columns
        #expect(plan.chunks.map(\.leafIndex) == [3, 6])
        for (chunk, leaf) in zip(plan.chunks, [3, 6]) {
            #expect(chunk.range.offset == chunks[leaf].dataPageOffset)
        }
        let none = try FileReader(metadata: metadata) { _ in false }.plan(rowGroup: 0, fileByteCount: file.byteCount)
        #expect(none.chunks.isEmpty && none.rowCount == 2)
    }

    @Test("a leaf that cannot be read does no harm where it is not wanted")
    func unreadable() async throws {
        // An integer of 16 bits cannot be text of any length.
        let broken = ParquetField(name: "broken", repetition: .required, logicalType: 16, physicalType: 6)
        let columns = [
            ShreddedColumn(entries: [.init(0, 0, .number(1))]), ShreddedColumn(entries: [.init(0, 0, .text("?"))]),
        ]
        let file = NestedFile.bytes([.leaf("id", .required), broken], columns, rowCount: 1)
        await #expect(throws: ParquetError.self) { _ = try await NestedTable(file, rows: 1) }
        let table = try await NestedTable(file, rows: 1) { $0.name == "id" }
        #expect(table.columns == [[.number(1)]])
    }
}
