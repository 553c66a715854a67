import ArrowIPC
import ArrowLayout
import ArrowTesting
import ByteCore
import FixtureKit
import Foundation
import Parquet
import Testing

@testable import ParquetArrow

@Suite("Values under the types that were restored")
struct RestoredValuesTests {
    /// Returns lists of integers, nil for a null.
    private func lists(_ lengths: [Int?]) throws -> ArrayData {
        var builder = ListBuilder<Int32>()
        var items = PrimitiveBuilder<Int32>()
        for length in lengths {
            try builder.append(elementCount: length)
            for index in 0..<(length ?? 0) { items.append(index % 3 == 2 ? nil : Int32(items.count)) }
        }
        return builder.freeze(.list(Field("element", .int32)), child: items.freeze(.int32))
    }

    private func text(_ values: [String?]) throws -> ArrayData {
        var builder = VariableBuilder<Int32>()
        for value in values { try builder.append(utf8: value) }
        return builder.freeze(.utf8)
    }

    private func json(_ array: ArrayData?) throws -> String? {
        try array?.validate()
        return array.map { ArrayView($0).json }
    }

    @Test("lists of one size become fixed-size lists, with room for null ones")
    func fixedSize() throws {
        let type = DataType.fixedSizeList(Field("element", .int32), count: 3)
        for lengths in [[3, 3], [nil, 3, nil, nil, 3], [], [nil]] as [[Int?]] {
            let read = try lists(lengths)
            let restored = read.restored(as: type)
            #expect(try json(restored) == ArrayView(read).json)
            #expect(restored?.children[0].count == lengths.count * 3)
        }
        for lengths in [[3, 2], [nil, 4], [0], [3, nil, 0]] as [[Int?]] {
            #expect(try lists(lengths).restored(as: type) == nil)
        }
        let empty = DataType.fixedSizeList(Field("element", .int32), count: 0)
        #expect(try json(try lists([0, nil, 0]).restored(as: empty)) == "[[],null,[]]")
    }

    @Test("a size that would take any amount of memory for nulls is not restored")
    func hugeSize() throws {
        let item = DataType.fixedSizeList(Field("element", .int32), count: Int(Int32.max))
        #expect(try lists([nil, nil]).restored(as: item) == nil)
        let deep = DataType.fixedSizeList(Field("element", item), count: Int(Int32.max))
        let outer = ArrayData(
            type: .list(Field("element", .list(Field("element", .int32)))), count: 1, nullCount: 1,
            buffers: [Bytes([0 as UInt8]), Bytes([UInt8](repeating: 0, count: 8))], children: [try lists([])])
        #expect(outer.restored(as: deep) == nil)
    }

    @Test("a dictionary has each value once, in order of appearance, as long as its indices count them")
    func dictionaries() throws {
        let read = try text(["b", nil, "a", "b", "", "a"])
        for index in [DataType.int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64] {
            let restored = try #require(
                read.restored(as: .dictionary(index: index, value: .utf8View, isOrdered: false)))
            #expect(try json(restored) == ArrayView(read).json)
            #expect(ArrayView(restored.children[0]).json == ArrayView(try text(["b", "a", ""])).json)
        }
        for (index, count) in [(DataType.int8, 128), (.uint8, 256), (.int16, 32_768)] {
            let type = DataType.dictionary(index: index, value: .utf8, isOrdered: false)
            let most = try text((0..<count).map { "\($0)" })
            #expect(try json(most.restored(as: type)) == ArrayView(most).json)
            #expect(try text((0...count).map { "\($0)" }).restored(as: type) == nil)
        }
    }

    @Test("an ordered dictionary has the values of the file's dictionaries, in their order")
    func orderedDictionaries() throws {
        let type = DataType.dictionary(index: .int8, value: .utf8View, isOrdered: true)
        let unordered = DataType.dictionary(index: .int8, value: .utf8View, isOrdered: false)
        let read = try text(["b", nil, "a", "b"])
        let batch = RecordBatch(schema: Schema([Field("x", .utf8)]), rowCount: 4, columns: [read])
        let stored = Data([UInt8](try StreamWriter(schema: Schema([Field("x", type)])).start)).base64EncodedString()
        let cases: [([[String?]], DataType, [String])] = [
            ([["a", "b", "c"]], type, ["a", "b", "c"]), ([["a"], ["a", "b"], []], type, ["a", "b"]),
            ([["a", "a", "b", "b"]], type, ["a", "a", "b", "b"]),
            // No dictionary, a value that none has, two that contradict each other.
            ([], unordered, ["b", "a"]), ([["a", "c"]], unordered, ["b", "a"]),
            ([["a", "b"], ["b", "a"]], unordered, ["b", "a"]),
        ]
        for (dictionaries, expected, values) in cases {
            var restoration = SchemaRestoration(batch.schema, stored: stored)
            #expect(restoration.orderedDictionaries == [[0]] && restoration.dependsOnValues)
            for dictionary in dictionaries {
                guard restoration.order([0], by: try text(dictionary)) else { break }
            }
            restoration.fit(batch)
            let column = restoration.restore(batch).columns[0]
            #expect(column.type == expected, "\(dictionaries)")
            #expect(try json(column) == ArrayView(read).json)
            #expect(ArrayView(column.children[0]).json == ArrayView(try text(values)).json)
        }
    }

    @Test("of a column with two ordered dictionaries, neither is ordered where one lacks a value")
    func orderedPair() throws {
        let fields = [Field("a", .utf8), Field("b", .list(Field("element", .utf8)))]
        let dictionary = DataType.dictionary(index: .int8, value: .utf8, isOrdered: true)
        let hint = Field("x", .structure([Field("a", dictionary), Field("b", .list(Field("element", dictionary)))]))
        let words = try text(["v", "w"])
        var lists = ListBuilder<Int32>()
        try lists.append(elementCount: 2)
        try lists.append(elementCount: 0)
        let column = ArrayData(
            type: .structure(fields), count: 2, nullCount: 0, buffers: [Bytes()],
            children: [words, lists.freeze(fields[1].type, child: words)])
        let batch = RecordBatch(schema: Schema([Field("x", column.type)]), rowCount: 2, columns: [column])
        let stored = Data([UInt8](try StreamWriter(schema: Schema([hint])).start)).base64EncodedString()
        var restoration = SchemaRestoration(batch.schema, stored: stored)
        #expect(restoration.orderedDictionaries == [[0, 0], [0, 1, 0]])
        #expect(restoration.order([0, 0], by: try text(["w", "v"])))
        #expect(restoration.order([0, 1, 0], by: try text(["w"])))
        restoration.fit(batch)
        #expect(restoration.orderedDictionaries.isEmpty)
        #expect(try json(restoration.restore(batch).columns[0]) == ArrayView(column).json)
    }

    @Test("decimals become narrower where all have so few digits, and wider always")
    func decimals() throws {
        func decimals(_ values: [Int128?]) -> ArrayData {
            var builder = PrimitiveBuilder<Int128>()
            for value in values { builder.append(value) }
            return builder.freeze(.decimal128(precision: 9, scale: 2))
        }
        let read = decimals([1, nil, -999_999_999])
        let text = ArrayView(read).json
        #expect(try json(read.restored(as: .decimal32(precision: 9, scale: 2))) == text)
        #expect(try json(read.restored(as: .decimal64(precision: 9, scale: 2))) == text)
        let wide = try #require(read.restored(as: .decimal256(precision: 9, scale: 2)))
        try wide.validate()
        let bytes = (0..<3).map { ArrayView(wide).bytes(at: $0).map { [UInt8]($0) } }
        #expect(bytes[0] == [1] + [UInt8](repeating: 0, count: 31) && bytes[1] == nil)
        #expect(bytes[2]?.suffix(28) == [UInt8](repeating: 255, count: 28)[...])
        #expect(decimals([1 << 31]).restored(as: .decimal32(precision: 9, scale: 2)) == nil)
        #expect(decimals([-1 << 63 - 1]).restored(as: .decimal64(precision: 9, scale: 2)) == nil)
    }

    @Test("days become milliseconds of days")
    func dates() throws {
        var builder = PrimitiveBuilder<Int32>()
        for value in [0, nil, -1, .max, .min] as [Int32?] { builder.append(value) }
        let restored = builder.freeze(.date32).restored(as: .date64)
        #expect(try json(restored) == "[0,null,-86400000,185542587100800000,-185542587187200000]")
    }

    @Test("a column whose values do not fit keeps the type that was read, others are restored")
    func fitting() throws {
        let columns = [try lists([2, 2]), try lists([2, 3])]
        let read = Schema([Field("a", columns[0].type), Field("b", columns[1].type)])
        let pair = DataType.fixedSizeList(Field("element", .int32), count: 2)
        let stored = try StreamWriter(schema: Schema([Field("a", pair), Field("b", pair)])).start
        var restoration = SchemaRestoration(read, stored: Data([UInt8](stored)).base64EncodedString())
        #expect(restoration.dependsOnValues && restoration.schema.fields.map(\.type) == [pair, pair])
        let batch = RecordBatch(schema: read, rowCount: 2, columns: columns)
        restoration.fit(batch)
        #expect(restoration.schema.fields.map(\.type) == [pair, columns[1].type])
        #expect(restoration.restore(batch).columns.map(\.type) == [pair, columns[1].type])
        #expect(!SchemaRestoration(read, stored: nil).dependsOnValues)
    }

    private static let written = Fixtures.all.filter { $0.keys == nil && $0.features.contains("ARROW:schema") }

    @Test("files get the types that pyarrow gives them, and keep their values", arguments: written)
    func files(file: Manifest.File) async throws {
        let contents = try file.contents()
        let reader = try FileReader(metadata: try await readFooter(of: contents), int96: file.int96)
        var batches: [RecordBatch] = []
        for index in reader.metadata.rowGroups.indices {
            let plan = try reader.plan(rowGroup: index, fileByteCount: contents.byteCount)
            var cutter = try reader.batches(of: try await load(plan, from: contents), rowGroup: index)
            while let batch = try cutter.take(rows: 100) { batches.append(batch) }
        }
        var restoration = SchemaRestoration(reader.schema, metadata: reader.metadata)
        for path in restoration.orderedDictionaries {
            let leaf = try #require(reader.leaf(at: path))
            for group in reader.metadata.rowGroups {
                let chunk = try await load(
                    try RowGroupPlan(rowGroup: group, leaves: [leaf], fileByteCount: contents.byteCount), from: contents
                ).chunks[0]
                let dictionary = try reader.dictionary(of: leaf, in: chunk, rowGroup: group.index)
                #expect(restoration.order(path, by: try #require(dictionary)))
            }
        }
        for batch in batches { restoration.fit(batch) }
        for (index, (field, column)) in zip(restoration.schema.fields, file.columns).enumerated() {
            guard let type = column.arrowType else {
                #expect(field.type == reader.schema.fields[index].type, "\(field.name)")
                continue
            }
            // The text of a dictionary pyarrow gives with small offsets always; the name of a map's column is none of
            // its type.
            let expected = type.replacing(#/ \('[^']*'\)/#, with: "")
            let found = Self.pyarrowName(field).replacing("<values=large_", with: "<values=")
            #expect(found == expected, "\(field.name)")
        }
        for batch in batches {
            let restored = restoration.restore(batch)
            #expect(restored.schema == restoration.schema)
            for (column, plain) in zip(restored.columns, batch.columns) {
                try column.validate()
                if case .decimal256 = column.type { continue }
                #expect(ArrayView(column).json == ArrayView(plain).json)
            }
        }
    }

    private static func pyarrowName(_ field: Field) -> String {
        if let name = field.metadata["ARROW:extension:name"] { return "extension<\(name)>" }
        return pyarrowName(field.type)
    }

    private static func pyarrowName(_ type: DataType) -> String {
        func child(_ field: Field) -> String {
            "\(field.name): \(pyarrowName(field))\(field.isNullable ? "" : " not null")"
        }
        switch type {
        case .largeUtf8: return "large_string"
        case .utf8View: return "string_view"
        case .float16: return "halffloat"
        case .list(let item): return "list<\(child(item))>"
        case .largeList(let item): return "large_list<\(child(item))>"
        case .listView(let item): return "list_view<\(child(item))>"
        case .largeListView(let item): return "large_list_view<\(child(item))>"
        case .fixedSizeList(let item, let count): return "fixed_size_list<\(child(item))>[\(count)]"
        case .structure(let fields): return "struct<\(fields.map(child).joined(separator: ", "))>"
        case .map(let entries, let keysSorted):
            let types = entries.type.children.map { pyarrowName($0) }.joined(separator: ", ")
            return "map<\(types)\(keysSorted ? ", keys_sorted" : "")>"
        case .dictionary(let index, let value, let isOrdered):
            return "dictionary<values=\(pyarrowName(value)), indices=\(index), ordered=\(isOrdered ? 1 : 0)>"
        default: return type.manifestName
        }
    }
}
